"""A real Chromium for journeys: a phone with its own profile that can be closed and opened again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.browser_setup import chromium_path

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE_SIZE = {"width": 360, "height": 740}
DESK_SIZE = {"width": 1280, "height": 800}
AT_THE_DYKE = {"latitude": 36.5672, "longitude": 116.7581, "accuracy": 8}


@contextmanager
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


class Profile:
    """One browser profile on disk: `open` starts a browser on it, `close` ends that browser.

    `camera`: a film (.y4m) that its camera sees.
    """

    def __init__(
        self,
        driver: Playwright,
        folder: Path,
        *,
        page_mode: bool = False,
        is_phone: bool = True,
        camera: Path | None = None,
    ) -> None:
        self.driver = driver
        self.folder = folder
        self.page_mode = page_mode
        self.is_phone = is_phone
        self.camera = camera
        self.context: BrowserContext | None = None
        self.problems: list[str] = []

    def open(self) -> Page:
        """Start the browser and return its one page."""
        self.context = self.driver.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=chromium_path(),
            headless=True,
            args=[*FLAGS, *self._camera_flags()],
            viewport=PHONE_SIZE if self.is_phone else DESK_SIZE,
            has_touch=self.is_phone,
            geolocation=AT_THE_DYKE,
            permissions=["geolocation", *(["camera"] if self.camera else [])],
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            service_workers="block" if self.page_mode else "allow",
        )
        self.context.set_default_timeout(20_000)
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.context.on("console", self._on_console)
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def _camera_flags(self) -> tuple[str, ...]:
        if self.camera is None:
            return ()
        return ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={self.camera}")

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None

    def forget(self) -> None:
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _on_console(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "Content Security Policy" in text or "Trusted" in text:
            self.problems.append(text)

"""Looks at a loaded page in every size and theme: axe, sideways overflow, cut words, targets for a thumb."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
TAP_PX = 44
PHONE_WIDTHS = (320, 360)
DESK_WIDTHS = (360, 768, 1280)
# A theme changes colours and nothing else.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
# A width moves and hides things, and changes neither names nor roles nor order.
WIDTH_RULES = (*COLOUR_RULES, "scrollable-region-focusable", "meta-viewport", "frame-focusable-content")
LARGE = "is => { document.documentElement.toggleAttribute('data-large', is); }"


class Eye:
    """Remembers everything that annoyed it, so that one run tells all."""

    def __init__(self, page: Page, *, is_phone: bool) -> None:
        self.page = page
        self.is_phone = is_phone
        self.found: list[str] = []
        self.looks = 0
        # A theme that fades in would be measured half way.
        page.emulate_media(reduced_motion="reduce")

    def look(self, name: str) -> None:
        """Look at the page that is open, in all sizes and both themes; it is not loaded anew."""
        self.page.evaluate(_scripts())
        first, *others = PHONE_WIDTHS if self.is_phone else DESK_WIDTHS
        self._in_themes(f"{name}, {first} px", first, None)
        for width in others:
            self._in_themes(f"{name}, {width} px", width, WIDTH_RULES)
        if self.is_phone:
            self.page.set_viewport_size({"width": PHONE_WIDTHS[0], "height": 740})
            was_large = self.page.evaluate("document.documentElement.hasAttribute('data-large')")
            self.page.evaluate(LARGE, True)
            self._note(f"{name}, large text", axe=False, tapPx=TAP_PX)
            self._keep_picture(f"{name}, large text")
            self.page.evaluate(LARGE, was_large)

    def _in_themes(self, where: str, width: int, rules: Sequence[str] | None) -> None:
        self.page.set_viewport_size({"width": width, "height": 740 if self.is_phone else 800})
        tap = {"tapPx": TAP_PX} if self.is_phone else {}
        self._note(f"{where}, light", rules=rules, **tap)
        self._keep_picture(f"{where}, light")
        self.page.emulate_media(color_scheme="dark")
        self._note(f"{where}, dark", rules=COLOUR_RULES)
        self._keep_picture(f"{where}, dark")
        self.page.emulate_media(color_scheme="light")

    def _note(self, where: str, **options: object) -> None:
        self.looks += 1
        said = self.page.evaluate("options => eye.problems(options)", options)
        self.found += [f"{where}: {problem}" for problem in said]

    def _keep_picture(self, where: str) -> None:
        """For whoever wants to see what was looked at: LOOKS names a folder."""
        if folder := os.environ.get("LOOKS"):
            language = self.page.evaluate("document.documentElement.lang")
            name = f"{'phone' if self.is_phone else 'console'} {language} {where}.png".replace("/", " ")
            keep_picture(self.page, Path(folder) / name, is_whole=True)

    def expect_nothing(self) -> None:
        assert self.looks > 0
        assert not self.found, f"{len(self.found)} in {self.looks} looks\n" + "\n".join(self.found)


def keep_picture(page: Page, path: Path, *, is_whole: bool = False) -> None:
    """Save what is on the screen; Playwright's own way adds a style, which the policy forbids and counts."""
    inspector = page.context.new_cdp_session(page)
    options: dict[str, object] = {"format": "png"}
    if is_whole:
        size = inspector.send("Page.getLayoutMetrics")["cssContentSize"]
        options |= {"captureBeyondViewport": True, "clip": {**size, "scale": 1}}
    path.write_bytes(base64.b64decode(inspector.send("Page.captureScreenshot", options)["data"]))
    inspector.detach()


@cache
def _scripts() -> str:
    """One expression: the page's policy has no say in what its inspector evaluates."""
    own = (Path(__file__).parent / "eye.js").read_text("utf-8")
    return f"() => {{ if (globalThis.eye) return; {AXE.read_text('utf-8')};\n{own} }}"

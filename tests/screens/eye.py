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
TABLET_WIDTHS = (800, 1280)
DESK_WIDTHS = (360, 768, 1280)
# A theme changes colours and nothing else.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
# A width moves and hides things; names, roles and order stay as they are.
LAYOUT_RULES = ("scrollable-region-focusable", "meta-viewport")
LARGE = "is => { document.documentElement.toggleAttribute('data-large', is); }"


class Eye:
    """Remembers everything that annoyed it, so that one run tells all."""

    def __init__(self, page: Page, *, is_phone: bool, widths: Sequence[int] | None = None) -> None:
        self.page = page
        self.is_phone = is_phone
        self.widths = widths or (PHONE_WIDTHS if is_phone else DESK_WIDTHS)
        self.found: list[str] = []
        self.looks = 0
        # A theme that fades in would be measured half way.
        page.emulate_media(reduced_motion="reduce")

    def look(self, name: str) -> None:
        """Look at the page that is open, in all sizes and both themes; it is not loaded anew."""
        self.page.locator("h1").first.wait_for()
        self.page.evaluate(_scripts())
        narrow, *between, wide = self.widths
        self._in_both_themes(name, narrow, None)
        for width in between:
            self._resize(width)
            self._note(f"{name}, {width} px", rules=LAYOUT_RULES, **self._tap)
        self._in_both_themes(name, wide, (*LAYOUT_RULES, *COLOUR_RULES))
        if self.is_phone:
            self._in_large_text(name)

    def _in_both_themes(self, name: str, width: int, rules: Sequence[str] | None) -> None:
        self._resize(width)
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme)
            where = f"{name}, {width} px, {theme}"
            self._note(where, rules=rules if theme == "light" else COLOUR_RULES, **self._tap)
            self._keep_picture(where)
        self.page.emulate_media(color_scheme="light")

    def _in_large_text(self, name: str) -> None:
        self._resize(self.widths[0])
        was_large = self.page.evaluate("document.documentElement.hasAttribute('data-large')")
        self.page.evaluate(LARGE, True)
        self._note(f"{name}, large text", axe=False, **self._tap)
        self._keep_picture(f"{name}, large text")
        self.page.evaluate(LARGE, was_large)

    def _resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 740 if self.is_phone else 800})

    @property
    def _tap(self) -> dict[str, int]:
        return {"tapPx": TAP_PX} if self.is_phone else {}

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

"""Plots as SVG, made here: few, labelled in words, the same on page, PDF and XLSX, readable in grey print.

Built as a tree of elements, so that no label is ever read as markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as Tree

from server.messages import Language
from server.reports.report import Bar, Plot, shown

WIDTH: Final = 720
LABEL: Final = 230
RIGHT: Final = 70
TOP: Final = 58
LINE: Final = 17
BAR: Final = 13
GAP: Final = 10
FONT_PX: Final = 13
INK: Final = "#16202c"
GRID: Final = "#c9d1da"
FIRST: Final = "#1f4e79"
FONT: Final = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
_NAMESPACE: Final = "http://www.w3.org/2000/svg"


def svg(plot: Plot, language: Language) -> str:
    """Return the picture with its title, unit and the same in words."""
    rows = [(bar, _wrapped(bar.label, LABEL - 14)) for bar in plot.bars]
    heights = [_row_height(bar, lines) for bar, lines in rows]
    height = TOP + sum(heights) + 14
    root = Tree.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "viewBox": f"0 0 {WIDTH} {height}",
            "width": str(WIDTH),
            "height": str(height),
            "role": "img",
            "aria-labelledby": f"{plot.name}-title {plot.name}-desc",
            "font-family": FONT,
            "font-size": str(FONT_PX),
            "fill": INK,
        },
    )
    _child(root, "title", plot.title, id=f"{plot.name}-title")
    _child(root, "desc", plot.said(language), id=f"{plot.name}-desc")
    _hatch(root, plot.name)
    _child(root, "rect", width=WIDTH, height=height, fill="#ffffff")
    _head(root, plot)
    most = max((value for bar in plot.bars for value in (bar.first, bar.second or 0)), default=0) or 1
    top = float(TOP)
    for (bar, lines), row_height in zip(rows, heights, strict=True):
        _row(root, plot.name, bar, lines, top, most)
        top += row_height
    _child(root, "line", x1=LABEL, y1=TOP - 4, x2=LABEL, y2=height - 12, stroke=INK)
    return Tree.tostring(root, encoding="unicode")


def _head(root: Tree.Element, plot: Plot) -> None:
    _child(root, "text", f"{plot.title} · {plot.unit}", x=8, y=22, font_size=15, font_weight="bold")
    left = float(LABEL)
    for place, name in enumerate(plot.series):
        _child(root, "rect", x=left, y=34, width=14, height=11, **_fill(plot.name, is_second=place == 1))
        _child(root, "text", name, x=left + 19, y=44)
        left += 40 + _width(name)


def _row(root: Tree.Element, name: str, bar: Bar, lines: list[str], top: float, most: float) -> None:
    for place, line in enumerate(lines):
        _child(root, "text", line, x=LABEL - 8, y=top + 11 + place * LINE, text_anchor="end")
    room = WIDTH - LABEL - RIGHT
    values = [bar.first] if bar.second is None else [bar.first, bar.second]
    for place, value in enumerate(values):
        y = top + place * (BAR + 3)
        width = round(room * value / most, 1)
        _child(root, "rect", x=LABEL, y=y, width=width, height=BAR, **_fill(name, is_second=place == 1))
        _child(root, "text", shown(value), x=LABEL + width + 6, y=y + 11)


def _fill(name: str, *, is_second: bool) -> dict[str, str]:
    """The second kind is hatched: in grey print two colours would look alike."""
    return {"fill": f"url(#{name}-hatch)", "stroke": FIRST} if is_second else {"fill": FIRST}


def _hatch(root: Tree.Element, name: str) -> None:
    place = {"id": f"{name}-hatch", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    pattern = Tree.SubElement(Tree.SubElement(root, "defs"), "pattern", place)
    _child(pattern, "rect", width=6, height=6, fill="#ffffff")
    _child(pattern, "path", d="M0 6 L6 0", stroke=FIRST, stroke_width=1.4)


def _row_height(bar: Bar, lines: list[str]) -> int:
    bars = BAR if bar.second is None else 2 * BAR + 3
    return max(bars, len(lines) * LINE) + GAP


def _wrapped(label: str, room: float) -> list[str]:
    """Return a label in lines that fit; it is broken, never cut."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(label):
        if line and _width(line + piece) > room:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()] if line.strip() or not lines else lines


def _pieces(label: str) -> Iterator[str]:
    """Yield where a line may end: after each wide character, and between words."""
    word = ""
    for character in label:
        word += character
        if character == " " or _is_wide(character) or len(word) > 24:
            yield word
            word = ""
    if word:
        yield word


def _width(text: str) -> float:
    return sum(FONT_PX if _is_wide(each) else FONT_PX * 0.56 for each in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _child(parent: Tree.Element, tag: str, text: str = "", **attributes: object) -> Tree.Element:
    """Add an element; names of attributes are written with a hyphen where they have an underscore."""
    found = Tree.SubElement(
        parent, tag, {name.replace("_", "-"): str(value) for name, value in attributes.items()}
    )
    if text:
        found.text = text
    return found

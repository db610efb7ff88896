"""What a report is made of: tables whose numbers name the records behind them, plots, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from server.messages import Language, text

Kind = Literal["text", "integer", "number", "date"]
Value = str | int | float | date | None
LinkTo = Literal["sessions", "spot_checks", "none"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `query` finds the records behind it, in the list that `to` names."""

    value: Value
    query: Mapping[str, str] = field(default_factory=dict)
    to: LinkTo = "none"
    tone: str = ""
    """`needs-you` where somebody should look; the words say it too."""


@dataclass(frozen=True, slots=True)
class Column:
    """`heading` is in the reader's language and names the unit."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows have a cell for each column."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, or a pair where `second` is given."""

    label: str
    first: float
    second: float | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """Horizontal bars; `unit` stands beside the title, `series` names what the two kinds of bar are."""

    name: str
    title: str
    unit: str
    bars: Sequence[Bar]
    series: tuple[str, ...] = ()

    def said(self, language: Language) -> str:
        """Return the picture in words, for who cannot see it."""
        told = [
            f"{bar.label} {shown(bar.first)}" + (f" / {shown(bar.second)}" if bar.second is not None else "")
            for bar in self.bars
        ]
        separator = "；" if language == "zh" else "; "
        head = f"{self.title}（{self.unit}）" if language == "zh" else f"{self.title} ({self.unit})"
        return f"{head}: {separator.join(told) or text('report.nothing', language)}"


@dataclass(frozen=True, slots=True)
class Report:
    """`month` is `2026-11`; `notes` say how the numbers are made."""

    name: str
    title: str
    month: str
    tables: Sequence[Table]
    plots: Sequence[Plot]
    notes: Sequence[str] = ()


def shown(value: Value) -> str:
    """Return a value as it is written; whole numbers without a fraction."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)


def share(part: int, whole: int) -> float | None:
    """Return the share in percent, with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def hours(minutes: int) -> float:
    """Return minutes as hours, with one decimal."""
    return round(minutes / 60, 1)

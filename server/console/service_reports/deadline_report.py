"""The deadline board as a report: what runs, by when, and by which law and arithmetic (DOMAIN 8, 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from server.console.deadline_board.actions import WITHIN, Deadline
from server.messages import Language, text
from server.reports.report import Bar, Cell, Column, Kind, Plot, Report, Table

LATER: Final = "later"


def deadline_report(found: Sequence[Deadline], month: str, language: Language) -> Report:
    """Return the report of what runs now; `month` only says when it was made."""
    names: tuple[tuple[str, Kind], ...] = (
        ("due_on", "date"),
        ("days_left", "integer"),
        ("record", "text"),
        ("clock", "text"),
        ("state", "text"),
        ("basis", "text"),
    )
    counts = Counter(_step(each.raw.days_left) for each in found)
    words = {code: text(f"supervision.within.{code}", language) for code in (*WITHIN, LATER)}
    return Report(
        name="deadlines",
        title=text("supervision.deadlines.title", language),
        month=month,
        tables=[
            Table(
                "deadlines",
                text("report.plot.deadlines", language),
                [Column(text(f"report.column.{name}", language), kind) for name, kind in names],
                [_row(each, language) for each in found],
            )
        ],
        plots=[
            Plot(
                "deadlines",
                text("report.plot.deadlines", language),
                text("report.unit.deadlines", language),
                [Bar(word, float(counts[code])) for code, word in words.items()],
            )
        ],
    )


def _step(days_left: int) -> str:
    return next((code for code, most in WITHIN.items() if days_left <= most), LATER)


def _row(each: Deadline, language: Language) -> list[Cell]:
    due, raw = each.due, each.raw
    mark = f"（{text('report.column.provisional', language)}）" if due.is_provisional else ""
    return [
        Cell(raw.on),
        Cell(raw.days_left, tone="needs-you" if each.is_overdue else ""),
        Cell(f"{text(f'console.type.{each.type}', language)} {each.title}"),
        Cell(f"{due.word}{mark}"),
        Cell(each.look.word),
        Cell("；".join(due.lines) if language == "zh" else " ".join(due.lines)),
    ]

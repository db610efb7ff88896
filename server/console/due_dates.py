"""Due dates as the console shows them: the day, how it stands, and the arithmetic behind it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.layout.words import language, now, t, zone
from server.console.look import NEEDS_YOU, SETTLED, Look
from server.deadlines import DueDate
from server.deadlines.explanation import day_text, said, said_all, standing
from server.deadlines.year_files import working_days_of
from server.ledger.county_rules import county_rules
from server.messages import messages
from server.readmodel.rows import RecordRow
from server.services import current
from server.workflows import workflow
from server.workflows.due_dates import Today, due_dates

_ICONS = {
    "running": "hourglass",
    "still": "hourglass",
    "overdue": "triangle-alert",
    "over": "circle-check",
    "met": "circle-check",
    "met_late": "circle-check",
}


@dataclass(frozen=True, slots=True)
class DueShown:
    """One due date in the viewer's language."""

    name: str
    word: str
    day: str
    look: Look
    lines: Sequence[str]
    is_provisional: bool
    is_open: bool

    @property
    def explanation(self) -> str:
        """The arithmetic as one text, for hovering."""
        return "\n".join(self.lines)


def today() -> Today:
    """Return the county's day of this request, with its working days."""
    local = now().astimezone(zone())
    data = current().settings.data
    return Today(local.date(), zone(), working_days_of(data), county_rules(data).numbers)


def shown_due_dates(row: RecordRow) -> list[DueShown]:
    """Return the due dates of a record, those that are open first and the next of them at the top."""
    found = due_dates(workflow(row.type), row, today())
    ordered = sorted(found, key=lambda due: (due.ended_on is not None or due.status == "over", due.on))
    return [shown_due(due) for due in ordered]


def shown_due(due: DueDate) -> DueShown:
    """Return one due date in the viewer's language."""
    needs_you = due.status == "overdue" or bool(due.warned_roles and due.status == "running")
    is_open = due.ended_on is None and due.status != "over"
    tone = NEEDS_YOU if needs_you else "" if is_open else SETTLED
    label = due.clock.label
    return DueShown(
        name=due.name,
        word=t(label) if label in messages() else due.name,
        day=day_text(due.on, language()),
        look=Look(said(standing(due), language()), _ICONS[due.status], tone),
        lines=said_all(due, language()),
        is_provisional=due.is_provisional,
        is_open=is_open,
    )

"""A due date in words: law and article, start, amount, what was skipped, suspended, extended, and the result.

The lines are structured (`Line`: a message and its values), so that hover, print and exports say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Final

from server.deadlines.clock import Amount, Law
from server.deadlines.due_date import DueDate, Segment, Suspension
from server.deadlines.working_days import Day
from server.messages import Language, messages, text

_STARTS: Final = {
    "received": "start_received",
    "state": "start_state",
    "action": "start_action",
    "field": "start_field",
}

Value = str | int | date | Amount | Law | Day | tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation, before it is said in a language. `code` is said by `deadline.<code>`."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


def explained(due: DueDate) -> list[Line]:
    """Return the arithmetic of a due date, line by line, from the law to the result."""
    if due.clock.starts.kind == "field" and not due.clock.amount.number:
        named: dict[str, Value] = {"name": due.clock.starts.name, "on": due.started_on}
        lines, segments = [_law_line(due), Line("set_by_field", named)], due.segments[1:]
    else:
        lines, segments = [_law_line(due), _start_line(due)], due.segments
    for segment in segments:
        lines += _segment_lines(segment)
    lines += [_suspension_line(each) for each in due.suspensions]
    if due.rolled:
        lines.append(Line("rolled", {"days": due.rolled, "end": due.computed_end, "on": due.on}))
    lines.append(Line("result", {"on": due.on}))
    if due.provisional_years:
        lines.append(Line("provisional", {"years": ", ".join(map(str, due.provisional_years))}))
    lines += [Line("unreadable", {"file": each}) for each in due.unreadable]
    return lines


def standing(due: DueDate) -> Line:
    """Return how it stands today."""
    if due.status in ("met", "met_late") and due.ended_on is not None:
        return Line(due.status, {"on": due.ended_on})
    if due.status == "overdue":
        return Line("overdue", {"n": -due.days_left})
    if due.status == "over":
        return Line("over", {"on": due.on})
    return Line(due.status, {"n": due.days_left, "working": due.working_days_left})


def said(line: Line, language: Language) -> str:
    """Return the line in words."""
    words = {name: _value_in_words(value, language) for name, value in line.values.items()}
    return text(f"deadline.{line.code}", language, **words)


def said_all(due: DueDate, language: Language) -> list[str]:
    """Return the whole explanation in words."""
    return [said(line, language) for line in explained(due)]


def day_text(on: date, language: Language) -> str:
    """Return a day as written on paper."""
    month = on.month if language == "zh" else on.strftime("%b")
    return text("deadline.day", language, year=on.year, month=month, day=on.day)


def _law_line(due: DueDate) -> Line:
    return Line("law" if due.clock.law.article else "standard", {"law": due.clock.law})


def _start_line(due: DueDate) -> Line:
    starts = due.clock.starts
    return Line(_STARTS[starts.kind], {"on": due.started_on, "name": starts.name})


def _segment_lines(segment: Segment) -> list[Line]:
    values: dict[str, Value] = {
        "start": segment.start,
        "amount": segment.amount,
        "end": segment.counted.end,
    }
    if not segment.action:
        lines = [Line("counted", values)]
    else:
        taken_on = segment.taken_on or segment.start
        lines = [Line("extended", {**values, "action": segment.action, "taken": taken_on})]
        if segment.law is not None:
            lines.append(Line("law" if segment.law.article else "standard", {"law": segment.law}))
        if segment.asked_until is not None:
            lines.append(Line("asked_too_far", {"asked": segment.asked_until, "end": segment.counted.end}))
        if taken_on > segment.start:
            lines.append(Line("extended_late", {"start": segment.start}))
    if segment.counted.skipped:
        lines.append(Line("skipped", {"days": segment.counted.skipped, "n": len(segment.counted.skipped)}))
    return lines


def _suspension_line(suspension: Suspension) -> Line:
    values: dict[str, Value] = {"start": suspension.start, "n": suspension.days}
    if suspension.end is None:
        return Line("still_now", values)
    return Line("still_between", {**values, "end": suspension.end})


def _value_in_words(value: Value, language: Language) -> str | int:
    if isinstance(value, date):
        return day_text(value, language)
    if isinstance(value, Amount):
        if value.number == 1:
            return text(f"deadline.one.{value.unit}", language)
        return text(f"deadline.unit.{value.unit}", language, n=value.number)
    if isinstance(value, Law):
        law = _or_itself(f"law.{value.name}", value.name, language)
        return text("deadline.article", language, law=law, article=value.article) if value.article else law
    if isinstance(value, Day):
        return _days_in_words((value,), language)
    if isinstance(value, tuple):
        return _days_in_words(value, language)
    if isinstance(value, str):
        return _name_in_words(value, language)
    return value


def _days_in_words(days: tuple[Day, ...], language: Language) -> str:
    """Return runs of days with what they are: `2月15日至23日 春节`."""
    runs = [
        list(run)
        for _, run in groupby(enumerate(days), lambda p: (p[1].on.toordinal() - p[0], p[1].name, p[1].why))
    ]
    separator = "、" if language == "zh" else ", "
    return separator.join(_run_in_words([day for _, day in run], language) for run in runs)


def _run_in_words(run: list[Day], language: Language) -> str:
    first, last = run[0], run[-1]
    if first.why == "weekend":
        name = text("deadline.weekend", language)
    else:
        name = _or_itself(f"deadline.holiday.{first.name}", first.name, language)
    key = "deadline.run_of_one" if first is last else "deadline.run"
    return text(key, language, first=_short(first.on, language), last=_short(last.on, language), name=name)


def _short(on: date, language: Language) -> str:
    month = on.month if language == "zh" else on.strftime("%b")
    return text("deadline.day_of_year", language, month=month, day=on.day)


def _name_in_words(code: str, language: Language) -> str:
    """Return the word for an action, a state or a field; anything else is shown as it is."""
    for key in _name_keys(code):
        if key in messages():
            return text(key, language)
    return code


def _name_keys(code: str) -> Iterable[str]:
    return (f"console.did.{code}", f"console.action.{code}", f"console.step_field.{code}")


def _or_itself(key: str, itself: str, language: Language) -> str:
    return text(key, language) if key in messages() else itself

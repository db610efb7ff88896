"""The arithmetic in plain words: lines of messages with their values, in the order in which it was reckoned.

A line's key names a message of the catalog; moments are written as clocks of the county, never as numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from server.sessions.minutes import Calendar
from server.sessions.outcome import Deduction, Flag, LedgerEntry, Session, SetAside

DEDUCTIONS: Final = frozenset(
    {
        "below_minimum",
        "break",
        "end_earlier",
        "no_evidence_after",
        "no_evidence_before",
        "outside_order",
        "over_daily_cap",
        "over_weekly_cap",
        "overlap",
        "rounding",
        "start_later",
        "still_open",
    }
)
WAITS: Final = frozenset(
    {
        "check_out",
        "confirmation",
        "outside_order",
        "photo",
        "photo_or_sheet",
        "reopening",
        "review_of_dispute",
        "review_of_objection",
        "township_review",
    }
)
SET_ASIDE: Final = frozenset(
    {
        "after_loss",
        "claim_redundant",
        "decision_conflict",
        "event_unknown",
        "late_entry_incomplete",
        "late_entry_not_allowed",
        "late_entry_too_late",
        "may_not_credit",
        "more_than_reported",
        "not_independent",
        "order_closed",
        "order_unknown",
        "outside_session",
        "over_cap",
        "participant_unknown",
        "replaces_unknown",
        "session_unknown",
        "sheet_incomplete",
        "sheet_mismatch",
        "sheet_typed_again",
        "sheet_typed_once",
        "sheet_unknown",
        "sheet_without_scan",
        "verdict_mismatch",
    }
)
"""Why an event makes no minutes, and why a decision does not count."""
BOUNDS: Final = frozenset(
    {"closing", "daily_cap", "last_check_out", "next_check_in", "opening", "slot_end", "slot_start"}
)
"""What ended a session without check-out, or began one without check-in."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence: the message and what to put into it. Values that are `Line`s are said first."""

    key: str
    params: Mapping[str, Any]


def explained(session: Session, calendar: Calendar) -> tuple[Line, ...]:
    """Return how the session's minutes came about, from check-in to the rules' version."""
    return (
        _begun_and_ended(session, calendar),
        *(deduction_line(each, calendar) for each in session.deductions),
        *([Line("service.explain.standdown", {"minutes": session.added_min})] if session.added_min else []),
        _result(session),
        *_waiting(session),
        Line("service.explain.rules", {"version": session.rule_version}),
    )


def _begun_and_ended(session: Session, calendar: Calendar) -> Line:
    params = {
        "came": clock(session.reported.start, calendar),
        "went": clock(session.reported.end, calendar),
        "minutes": session.reported_min,
    }
    codes = {flag.code: flag for flag in session.flags}
    if session.state == "open":
        return Line("service.explain.open", {"came": params["came"]})
    if "forgotten_out" in codes:
        why = Line(f"service.bound.{codes['forgotten_out'].params['ended_by']}", {})
        return Line("service.explain.forgotten_out", {**params, "why": why})
    if "forgotten_in" in codes:
        why = Line(f"service.bound.{codes['forgotten_in'].params['begun_by']}", {})
        return Line("service.explain.forgotten_in", {**params, "why": why})
    return Line("service.explain.served", params)


def deduction_line(deduction: Deduction, calendar: Calendar) -> Line:
    """Return why these minutes are not credited."""
    params = {**_said(deduction.params, calendar), "minutes": deduction.minutes}
    return Line(f"service.deduction.{deduction.reason_code}", params)


def flag_line(flag: Flag, calendar: Calendar) -> Line:
    """Return a doubt with its evidence."""
    return Line(f"service.flag.{flag.code}", _said(flag.params, calendar))


def set_aside_line(each: SetAside) -> Line:
    """Return why an event makes no minutes, or a decision does not count."""
    return Line(f"service.set_aside.{each.reason_code}", {})


def entry_line(entry: LedgerEntry) -> Line:
    """Return what one number of the ledger is, and whether somebody has decided it."""
    kind = Line(f"service.ledger_kind.{entry.kind}", {})
    params = {"kind": kind, "minutes": f"{entry.minutes:+d}", "basis": entry.basis}
    return Line("service.entry.decided" if entry.decided_by else "service.entry.proposed", params)


def _result(session: Session) -> Line:
    params = {"minutes": session.credited_min}
    if session.state in ("credited", "part_credited", "rejected", "void"):
        return Line(f"service.result.{session.state}", params)
    if session.state == "disputed":
        return Line("service.result.disputed", {})
    return Line("service.result.waiting" if session.waits_for else "service.result.proposed", params)


def _waiting(session: Session) -> Iterator[Line]:
    for reason in session.waits_for:
        yield Line(f"service.waits.{reason}", {})
    if session.waits_for and session.due_on is not None:
        yield Line("service.explain.due_on", {"date": session.due_on.isoformat()})


def clock(minute: int, calendar: Calendar) -> str:
    """Return what a clock in the county showed."""
    hours, minutes = divmod(calendar.minute_of_day(minute), 60)
    return f"{hours:02}:{minutes:02}"


def _said(params: Mapping[str, Any], calendar: Calendar) -> dict[str, Any]:
    """Write minutes since 1970 as clocks: they stand in members whose names end in `at`."""
    return {
        name: clock(value, calendar)
        if isinstance(value, int) and (name == "at" or name.endswith("_at"))
        else value
        for name, value in params.items()
    }

"""An assessment as it is stored: for boards with all evidence, for its participant in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.ledger.following import Matched, SessionRecords, matched
from server.sessions import Assessment, Calendar, LedgerEntry, Session, SessionSettings, Terms
from server.sessions.caps import daily_cap_min, weekly_cap_min
from server.sessions.explanation import Line, entry_line, explained, flag_line, set_aside_line
from server.sessions.facts import Order


def ledgers(
    found: Assessment, records: SessionRecords, orders: Mapping[str, Order], terms: Terms
) -> list[dict[str, Any]]:
    """Return one row an order of the participant; `records` are those of sessions."""
    told_by = matched(found.sessions, records.of(found.balance_min))
    return [_ledger(orders[id_], found, told_by, terms) for id_ in sorted(found.balance_min)]


def _ledger(of: Order, found: Assessment, told_by: Matched, terms: Terms) -> dict[str, Any]:
    order, calendar, record_of = of.id, terms.calendar, told_by.record_of
    sessions = [session for session in found.sessions if session.order == order]
    ids = {session.id for session in sessions}
    counted = [entry for entry in found.ledger if entry.session in ids]
    told = {
        "balance_min": found.balance_min[order],
        "remaining_min": found.remaining_min[order],
        "sessions": [_told_session(session, record_of, calendar) for session in sessions],
        "ledger": [_told_entry(entry) for entry in counted],
        "caps": caps_told(of, terms.settings),
    }
    return {
        "order": order,
        "participant": found.participant,
        "balance_min": found.balance_min[order],
        "remaining_min": found.remaining_min[order],
        "told": told,
        "sessions": [_whole_session(session, found, told_by, calendar) for session in sessions],
    }


def caps_told(order: Order, settings: SessionSettings) -> dict[str, int]:
    """Return the numbers by which the phone says what will come of a day, so that it need assume none."""
    return {
        "daily_min": daily_cap_min(order, settings),
        "weekly_min": weekly_cap_min(order, settings),
        "minimum_session_min": settings.minimum_session_min,
        "free_break_min": settings.free_break_min,
        "rounding_min": settings.rounding_min,
    }


def _told_session(session: Session, record_of: Mapping[str, str], calendar: Calendar) -> dict[str, Any]:
    """Return what the person who served reads: no names, no devices, no evidence against others."""
    return {
        "id": session.id,
        "record": record_of.get(session.id),
        "station": session.station,
        "day": session.day.isoformat(),
        "state": session.state,
        "reported_min": session.reported_min,
        "credited_min": session.credited_min,
        "lines": [said(line) for line in explained(session, calendar)],
    }


def _told_entry(entry: LedgerEntry) -> dict[str, Any]:
    return {"session": entry.session, "minutes": entry.minutes, "line": said(entry_line(entry))}


def _whole_session(
    session: Session, found: Assessment, told_by: Matched, calendar: Calendar
) -> dict[str, Any]:
    record_of = told_by.record_of
    proposed = [entry for entry in found.proposals if entry.session == session.id]
    return {
        **_told_session(session, record_of, calendar),
        "order": session.order,
        "is_auto_ended": session.is_auto_ended,
        "events": list(session.events),
        "waits_for": list(session.waits_for),
        "due_on": session.due_on.isoformat() if session.due_on else None,
        "confirmed_by": list(session.confirmed_by),
        "denied_by": list(session.denied_by),
        "twins": sorted(told_by.twins.get(session.id, ())),
        "may_not_decide": sorted(session.may_not_decide),
        "weight": session.weight,
        "rule_version": session.rule_version,
        "flags": [
            {
                "code": flag.code,
                "event": flag.event,
                "params": dict(flag.params),
                "line": said(flag_line(flag, calendar)),
            }
            for flag in session.flags
        ],
        "proposals": [
            {
                "kind": entry.kind,
                "minutes": entry.minutes,
                "reason_code": entry.reason_code,
                "basis": entry.basis,
            }
            for entry in proposed
        ],
        "not_counted": [
            {"decision": each.event, "line": said(set_aside_line(each))} for each in found.not_counted
        ],
    }


def said(line: Line) -> dict[str, Any]:
    """Return a line as JSON: the message's key and values, of which some are lines themselves."""
    params: Mapping[str, Any] = {
        name: said(value) if isinstance(value, Line) else value for name, value in line.params.items()
    }
    return {"key": line.key, "params": dict(params)}

"""An assessment as it is stored: for boards with all evidence, for its participant in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.ledger.following import SessionRecords, matched
from server.sessions import Assessment, Calendar, LedgerEntry, Session
from server.sessions.explanation import Line, entry_line, explained, flag_line, set_aside_line


def ledgers(found: Assessment, records: SessionRecords, calendar: Calendar) -> list[dict[str, Any]]:
    """Return one row an order of the participant; `records` are those of sessions."""
    record_of = matched(found.sessions, records.of(found.balance_min)).record_of
    return [_ledger(order, found, record_of, calendar) for order in sorted(found.balance_min)]


def _ledger(
    order: str, found: Assessment, record_of: Mapping[str, str], calendar: Calendar
) -> dict[str, Any]:
    sessions = [session for session in found.sessions if session.order == order]
    ids = {session.id for session in sessions}
    counted = [entry for entry in found.ledger if entry.session in ids]
    told = {
        "balance_min": found.balance_min[order],
        "remaining_min": found.remaining_min[order],
        "sessions": [_told_session(session, record_of, calendar) for session in sessions],
        "ledger": [_told_entry(entry) for entry in counted],
    }
    return {
        "order": order,
        "participant": found.participant,
        "balance_min": found.balance_min[order],
        "remaining_min": found.remaining_min[order],
        "told": told,
        "sessions": [_whole_session(session, found, record_of, calendar) for session in sessions],
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
    session: Session, found: Assessment, record_of: Mapping[str, str], calendar: Calendar
) -> dict[str, Any]:
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

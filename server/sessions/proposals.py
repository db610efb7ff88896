"""The ledger entries that the machine proposes for a session: a person signs them, or others (DOMAIN 3.6)."""

from __future__ import annotations

from server.sessions.outcome import LedgerEntry, Session


def proposals(session: Session) -> tuple[LedgerEntry, ...]:
    """Return entries whose sum is the session's minutes; none while it waits for something or is decided."""
    if session.waits_for or session.decisions:
        return ()
    entries = [("credit", session.reported_min, "reported")]
    entries += [(_kind(d.reason_code), -d.minutes, d.reason_code) for d in session.deductions]
    entries += [("standdown", session.added_min, "bad_weather")] if session.added_min else []
    return tuple(
        LedgerEntry(kind, minutes, session.id, reason_code, session.rule_version)
        for kind, minutes, reason_code in entries
    )


def _kind(reason_code: str) -> str:
    return "deduct_break" if reason_code == "break" else "adjust"

"""The records of sessions follow what the rules make of the events; what a person decided, nothing changes.

A record is known by the event that opened its session when it was written. Facts that come later may join two
sessions or part one: each session is then told by one record, and the others say where they went.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.fold import RecordState, Severity
from server.ledger.gather import Standing
from server.ledger.machine_entry import Chain, MachineEntry
from server.sessions import Session, Terms
from server.sessions.decided_steps import is_decided
from server.sessions.minutes import moment_of

TYPE: Final = "service_session"
_ENDED: Final = ("ended", "auto_ended")
_MOST_EVENTS: Final = 60


@dataclass(frozen=True, slots=True)
class Matched:
    """Which record tells of which session, and which records tell of none of their own any more."""

    record_of: Mapping[str, str]
    """By session."""
    others: Mapping[str, str | None]
    """By record: the record that tells of its events now; None where they count no more."""
    twins: Mapping[str, Sequence[str]]
    """By session: other records on which persons decided too, until a person has folded them in."""


class SessionRecords:
    """The records of sessions as they stand, by the order that they name."""

    def __init__(self, standing: Mapping[str, Standing]) -> None:
        self._of_order: dict[str, dict[str, Standing]] = defaultdict(dict)
        for each in standing.values():
            if each.type == TYPE:
                self._of_order[each.body["order"]][each.id] = each

    def of(self, orders: Iterable[str]) -> dict[str, Standing]:
        """Return those that name any of these orders."""
        found: dict[str, Standing] = {}
        for order in orders:
            found |= self._of_order.get(order, {})
        return found


def opening_event(record: str) -> str:
    """Return the check event that a session's record is named after."""
    return f"check_event:{record.partition(':')[2]}"


def record_named_after(event: str) -> str:
    """Return the id of the record of a session that this event opens."""
    return f"{TYPE}:{event.partition(':')[2]}"


def matched(sessions: Iterable[Session], records: Mapping[str, Standing]) -> Matched:
    """Return one record for each session that has any: one with a decision, else one that stands."""
    sessions = list(sessions)
    session_of = {event: session.id for session in sessions for event in session.events}
    candidates: dict[str, list[Standing]] = defaultdict(list)
    others: dict[str, str | None] = {}
    for record in records.values():
        session_id = session_of.get(opening_event(record.id))
        if session_id is None:
            others[record.id] = None
        else:
            candidates[session_id].append(record)
    counted = {session.id: frozenset(session.decisions) for session in sessions}
    record_of: dict[str, str] = {}
    twins: dict[str, list[str]] = {}
    for session_id, found in candidates.items():
        first, *rest = sorted(found, key=lambda each: _rank(each, session_id, counted[session_id]))
        record_of[session_id] = first.id
        others |= {each.id: first.id for each in rest}
        decided = [each.id for each in rest if is_decided(each.state.history) and not _is_superseded(each)]
        twins |= {session_id: decided} if decided else {}
    return Matched(record_of, others, twins)


def _rank(record: Standing, session: str, counted: Container[str]) -> tuple[bool, bool, bool, bool, str]:
    """The one whose decision counts comes first, then one that is decided, one that stands, its own."""
    history = record.state.history
    counts = any(row.hash in counted for row in history)
    is_own = opening_event(record.id) == session.removeprefix("session:")
    return not counts, not is_decided(history), _is_superseded(record), not is_own, record.id


def _is_superseded(record: Standing) -> bool:
    return record.state.state == "superseded"


def followed(
    sessions: Iterable[Session], records: Mapping[str, Standing], terms: Terms
) -> Iterator[list[MachineEntry]]:
    """Yield what is to be written, record by record; nothing where all is as it should be."""
    sessions = sorted(sessions, key=lambda each: (each.reported.start, each.id))
    found = matched(sessions, records)
    for session in sessions:
        record = records.get(found.record_of.get(session.id, ""))
        if record is not None and record.state.severity is Severity.HARD:
            continue  # side by side and undecided: a person merges first
        if record is not None:
            yield _followed(session, record, terms)
        elif not session.is_open:
            yield _begun(session, terms)
    for id_, now_in in sorted(found.others.items()):
        yield _superseded(records[id_], now_in)


def _begun(session: Session, terms: Terms) -> list[MachineEntry]:
    key = session.id.removeprefix("session:")
    rest = [event for event in session.events if event != key]
    body = {
        "order": session.order,
        "station": session.station,
        "check_events": [key, *rest][:_MOST_EVENTS],
        "started_at": _said(session.reported.start, terms),
        "day": session.day.isoformat(),
    }
    chain = Chain.of_new(record_named_after(key), TYPE, body)
    _bring_up(chain, session, terms)
    return chain.entries


def _followed(session: Session, record: Standing, terms: Terms) -> list[MachineEntry]:
    chain = Chain(record.id, TYPE, record.state)
    if is_decided(record.state.history):
        if chain.state.state == "superseded":
            chain.step("restore")  # it stands for itself again, as it was decided
        if _differs(chain.state, session, terms):
            chain.step("follow", **_minutes(session, terms))
        return chain.entries
    if session.is_open:
        return []  # it ended, and has not after all; once it ends again, the record follows
    if chain.state.state == "superseded":
        chain.step("revive")
    _bring_up(chain, session, terms)
    return chain.entries


def _bring_up(chain: Chain, session: Session, terms: Terms) -> None:
    """Lead the record from wherever it stands to what the rules say, by steps that persons can read."""
    wanted = "disputed" if session.denied_by else "confirmed" if session.is_confirmed else "ended"
    ended = "auto_end" if session.is_auto_ended else "end"
    state = chain.state.state
    is_back = wanted == "ended" and state not in _ENDED
    is_other = state in _ENDED and state != ("auto_ended" if session.is_auto_ended else "ended")
    if state == "open" or is_back or is_other:
        chain.step(ended, **_minutes(session, terms))
    elif _differs(chain.state, session, terms):
        chain.step("follow", **_minutes(session, terms))
    if wanted == "disputed" and chain.state.state != "disputed":
        chain.step("deny", denied_on=_denied_on(session))
    elif wanted == "disputed" and chain.state.value("denied_on") != _denied_on(session):
        chain.step("deny_again", denied_on=_denied_on(session))
    if wanted == "confirmed" and chain.state.state not in ("confirmed", "flagged"):
        chain.step("confirm")
    if wanted == "confirmed":
        _flag(chain, session, terms)


def _flag(chain: Chain, session: Session, terms: Terms) -> None:
    """A heavy doubt is looked at before anything is credited; what a person has cleared, not again."""
    codes = sorted({flag.code for flag in session.flags if terms.settings.flag_weights.get(flag.code, 0)})
    is_heavy = session.weight >= terms.settings.review_weight
    if chain.state.state == "flagged":
        if not is_heavy:
            chain.step("unflag")
        return
    known = set(chain.state.value("doubts") or ()) if _was_cleared(chain.state) else set()
    if is_heavy and set(codes) - known:
        chain.step("flag_session", doubts=codes[:_MOST_EVENTS])


def _was_cleared(state: RecordState) -> bool:
    return any(row.action == "clear_flag" for row in state.history)


def _superseded(record: Standing, now_in: str | None) -> list[MachineEntry]:
    if (
        record.state.severity is Severity.HARD
        or record.state.state == "superseded"
        or is_decided(record.state.history)
    ):
        return []
    chain = Chain(record.id, TYPE, record.state)
    chain.step("supersede", **({"now_in": now_in} if now_in else {}))
    return chain.entries


def _differs(state: RecordState, session: Session, terms: Terms) -> bool:
    wanted = _minutes(session, terms)
    if is_decided(state.history):
        wanted.pop("rule_version")  # by which rules it was decided stays with the decision
    return any(state.value(name) != value for name, value in wanted.items())


def _minutes(session: Session, terms: Terms) -> dict[str, Any]:
    return {
        "started_at": _said(session.reported.start, terms),
        "ended_at": _said(session.reported.end, terms),
        "ended_on": _ended_on(session, terms),
        "reported_min": min(session.reported_min, 1440),
        "evidence_min": min(session.evidence.length, 1440),
        "rule_version": session.rule_version,
    }


def _said(minute: int, terms: Terms) -> str:
    return _local(minute, terms.calendar.zone)


def _local(minute: int, zone: ZoneInfo) -> str:
    return moment_of(minute).astimezone(zone).isoformat()


def _denied_on(session: Session) -> str | None:
    return session.denied_on.isoformat() if session.denied_on else None


def _ended_on(session: Session, terms: Terms) -> str:
    return terms.calendar.day(session.reported.end).isoformat()

"""Habits that only many sessions show: confirming without looking, checking in at one minute of the clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from server.sessions.clock import Corrected
from server.sessions.facts import CheckEvent, Facts
from server.sessions.outcome import Flag
from server.sessions.settings import SessionSettings


def unvarying_supervisors(
    facts: Facts, times: Mapping[str, Corrected], settings: SessionSettings
) -> dict[str, Flag]:
    """Return the supervisors who confirm everything after one and the same delay, by member.

    The delay is counted from the check-out or check-in that the confirmation names.
    """
    by_hash = {event.hash: event for event in facts.events}
    delays: dict[str, list[int]] = defaultdict(list)
    deniers = {word.by for word in facts.attestations if word.kind == "deny"}
    for word in facts.attestations:
        event = by_hash.get(word.about or "")
        if word.kind == "confirm" and event is not None and word.by not in deniers:
            delays[word.by].append(int((word.at - times[event.id].at).total_seconds()))
    return {
        by: Flag("confirmation_unvarying", {"confirmed": len(found)})
        for by, found in sorted(delays.items())
        if len(found) >= settings.variance_sessions and max(found) - min(found) <= settings.variance_s
    }


def same_minute_flag(
    check_ins: Iterable[tuple[CheckEvent, Corrected]], settings: SessionSettings
) -> Flag | None:
    """Return a doubt where somebody always checks in at the same minute of the hour."""
    minutes = Counter(time.at.minute for event, time in check_ins if event.is_participants)
    if not minutes:
        return None
    minute, times_seen = max(minutes.items(), key=lambda row: (row[1], -row[0]))
    share = times_seen / minutes.total()
    if times_seen < settings.same_minute_sessions or share < 1:
        return None
    return Flag("same_minute", {"minute": minute, "check_ins": times_seen})

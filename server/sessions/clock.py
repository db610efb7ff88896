"""When an event was made, as well as it can be known; the raw time stays (DOMAIN 4, rows 11, 12)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final, Literal

from server.sessions.facts import CheckEvent
from server.sessions.settings import SessionSettings

Basis = Literal["agreed", "last", "bounded"]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any of it; the earliest moments of Python cannot be reckoned with."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The moment to reckon with, how it was found, and how far off it may still be."""

    at: datetime
    basis: Basis
    doubt_s: int
    is_trusted: bool
    moved_back_s: int = 0
    """How far the wall clock lay behind the timer or the entry before: it was set back meanwhile."""


def corrected_times(events: Iterable[CheckEvent], settings: SessionSettings) -> dict[str, Corrected]:
    """Return the corrected time of each event by its id; each device's log is read in its own order."""
    found: dict[str, Corrected] = {}
    in_order = sorted(events, key=lambda event: (event.device, event.entry, event.id))
    for _device, log in groupby(in_order, key=lambda event: event.device):
        found |= _of_log(list(log), settings)
    return found


def _of_log(log: list[CheckEvent], settings: SessionSettings) -> dict[str, Corrected]:
    contradicted = _contradicted(log, settings)
    latest = _latest_possible(log, contradicted, settings)
    found: dict[str, Corrected] = {}
    before = _EPOCH
    for event in log:
        corrected = _corrected(event, before, latest[event.id], settings)
        if event.id in contradicted:
            back_s = contradicted[event.id]
            doubt_s = max(corrected.doubt_s, back_s, settings.clock_uncorrectable_s + 1)
            moved_back_s = max(corrected.moved_back_s, back_s)
            corrected = replace(corrected, doubt_s=doubt_s, is_trusted=False, moved_back_s=moved_back_s)
        found[event.id] = corrected
        if corrected.is_trusted or event.id in contradicted:
            before = max(before, corrected.at)
    return found


def _contradicted(log: list[CheckEvent], settings: SessionSettings) -> dict[str, int]:
    """Return the events whose times contradict their order in the log, and by how much each went back.

    Which of two is wrong cannot be known; a time that its own bounds exclude contradicts no other.
    """
    times = {
        event.id: time
        for event in log
        if _earliest(event) <= (time := _by_skew(event, event.reading.last_skew_ms)) <= event.received_at
    }
    near = timedelta(seconds=settings.clock_agree_s)
    found: dict[str, int] = {}
    highest = _EPOCH
    for event_id, time in times.items():
        if highest - time > near:
            found[event_id] = int((highest - time).total_seconds())
        highest = max(highest, time)
    lowest = highest
    for event_id, time in reversed(times.items()):
        if time - lowest > near:
            found.setdefault(event_id, 0)
        lowest = min(lowest, time)
    return found


def _latest_possible(
    log: list[CheckEvent], contradicted: Container[str], settings: SessionSettings
) -> Mapping[str, datetime]:
    """An entry was made before its receipt, and before the next entry whose time can be trusted."""
    found: dict[str, datetime] = {}
    after: datetime | None = None
    for event in reversed(log):
        found[event.id] = event.received_at if after is None else min(event.received_at, after)
        time = _by_skew(event, event.reading.last_skew_ms)
        is_sound = event.id not in contradicted and _skews_agree(event, settings)
        after = time if is_sound and _earliest(event) <= time <= found[event.id] else found[event.id]
    return found


def _corrected(event: CheckEvent, before: datetime, latest: datetime, settings: SessionSettings) -> Corrected:
    earliest = min(max(_earliest(event), before), latest)
    by_last = _by_skew(event, event.reading.last_skew_ms)
    behind_s = int((earliest - by_last).total_seconds())
    moved_back_s = behind_s if behind_s > settings.clock_agree_s else 0
    possible = _possible(event, earliest, latest, settings)
    if not possible:
        at = min(max(by_last, earliest), latest)
        doubt_s = _distance_s(earliest, latest)
    else:
        at = min(max(possible[0], earliest), latest)
        doubt_s = max(_distance_s(at, each) for each in possible)
    is_trusted = doubt_s <= settings.clock_uncorrectable_s
    if not possible or not _skews_agree(event, settings):
        return Corrected(at, "bounded", doubt_s, is_trusted, moved_back_s)
    basis: Basis = "last" if event.reading.next_skew_ms is None else "agreed"
    return Corrected(at, basis, doubt_s, is_trusted, moved_back_s)


def _possible(
    event: CheckEvent, earliest: datetime, latest: datetime, settings: SessionSettings
) -> list[datetime]:
    """Return the readings that the bounds allow; where they differ, those that the timer bears out."""
    near = timedelta(seconds=settings.clock_agree_s)
    reading = event.reading
    times = [_by_skew(event, reading.last_skew_ms)]
    if not _skews_agree(event, settings) and reading.next_skew_ms is not None:
        times.append(_by_skew(event, reading.next_skew_ms))
    times = [time for time in times if earliest - near <= time <= latest + near]
    if len(times) < 2 or reading.beacon_at is None or reading.since_ms is None:
        return times
    borne_out = [time for time in times if abs(time - _earliest(event)) <= near]
    return borne_out or times


def _earliest(event: CheckEvent) -> datetime:
    """A timer stands still while a phone sleeps but never runs ahead: it bounds from below."""
    reading = event.reading
    if reading.beacon_at is None:
        return _EPOCH
    return reading.beacon_at + timedelta(milliseconds=reading.since_ms or 0)


def _by_skew(event: CheckEvent, skew_ms: int) -> datetime:
    try:
        return event.at - timedelta(milliseconds=skew_ms)
    except OverflowError:  # a clock so wrong that it names no moment at all
        return event.received_at


def _skews_agree(event: CheckEvent, settings: SessionSettings) -> bool:
    following = event.reading.next_skew_ms
    if following is None:
        return True
    return abs(following - event.reading.last_skew_ms) <= settings.clock_agree_s * 1000


def _distance_s(one: datetime, other: datetime) -> int:
    return int(abs((one - other).total_seconds()))

"""What a participant's facts mean beside everybody's: clocks, codes, fences, shared devices, like photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.sessions.clock import Corrected, corrected_times
from server.sessions.codes import CodeCheck, CodeVerdict, SecretsOf, reused_codes
from server.sessions.facts import CheckEvent, Facts
from server.sessions.fence import FenceVerdict, Versions, by_station, fence_verdict, suspect_stations
from server.sessions.habits import unvarying_supervisors
from server.sessions.outcome import Flag
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """By the id of an event, but for stations' versions and doubts, and supervisors' habits."""

    versions: Versions
    times: Mapping[str, Corrected]
    codes: Mapping[str, CodeVerdict | None]
    fences: Mapping[str, FenceVerdict]
    shared: Mapping[str, tuple[Flag, ...]]
    """Doubts from others' events: one device for two people, one photo twice, a code used before."""
    suspect_stations: Mapping[str, Flag]
    unvarying: Mapping[str, Flag]


def surroundings_of(
    facts: Facts,
    settings: SessionSettings,
    secrets_of: SecretsOf,
    *,
    station_skew_ms: Mapping[str, int] | None = None,
) -> Surroundings:
    """Return what the whole county's facts say about each event."""
    times = corrected_times(facts.events, settings)
    versions = by_station(facts.stations)
    check = CodeCheck(secrets_of, versions, settings, station_skew_ms=station_skew_ms)
    codes = {event.id: check.verdict(event, times[event.id]) for event in facts.events}
    slots = {slot.id: slot for slot in facts.slots}
    fences = {
        event.id: fence_verdict(
            event, times[event.id], versions.get(event.station, ()), slots.get(event.slot or ""), settings
        )
        for event in facts.events
        if event.fix is not None
    }
    return Surroundings(
        versions,
        times,
        codes,
        fences,
        _shared(facts.events, times, codes),
        suspect_stations(facts.events, fences, settings),
        unvarying_supervisors(facts, times, settings),
    )


def _shared(
    events: Iterable[CheckEvent],
    times: Mapping[str, Corrected],
    codes: Mapping[str, CodeVerdict | None],
) -> dict[str, tuple[Flag, ...]]:
    found: dict[str, list[Flag]] = defaultdict(list)
    events = sorted(events, key=lambda event: (times[event.id].at, event.id))
    for event_id, flag in reused_codes(events, times, codes).items():
        found[event_id].append(flag)
    for flag in (*_device_flags(events), *_photo_flags(events)):
        found[flag.event or ""].append(flag)
    return {event_id: tuple(flags) for event_id, flags in found.items()}


def _device_flags(events: Iterable[CheckEvent]) -> Iterable[Flag]:
    """Two participants on one phone: both are flagged (row 15); a station's tablet serves many."""
    users: dict[str, dict[str, None]] = defaultdict(dict)
    own = [event for event in events if event.is_participants and not event.is_shared_device]
    for event in own:
        users[event.device][event.author] = None
    for event in own:
        others = len(users[event.device]) - 1
        if others:
            yield Flag("device_shared", {"others": others, "device": event.device}, event.id)


def _photo_flags(events: Iterable[CheckEvent]) -> Iterable[Flag]:
    """The same bytes in two events: one of the photos was not taken then.

    One picture of a sheet of paper stands for all lines of it, typed once and again (row 31).
    """
    first: dict[str, CheckEvent] = {}
    for event in events:
        for photo in event.photos:
            before = first.setdefault(photo.sha256, event)
            if before.id != event.id and not _is_same_sheet(before, event):
                yield Flag("photo_duplicate", {"first_event": before.id}, event.id)


def _is_same_sheet(one: CheckEvent, other: CheckEvent) -> bool:
    if one.sheet is None or other.sheet is None:
        return False
    return (one.station, one.sheet.number) == (other.station, other.sheet.number)

"""Was an event within the fence of its station's version in force then? (DOMAIN 4, rows 18, 19, 27)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.sessions.clock import Corrected
from server.sessions.facts import Area, CheckEvent, Fix, Slot, StationVersion
from server.sessions.geometry import away_m, is_comparable
from server.sessions.outcome import Flag
from server.sessions.settings import SessionSettings

Versions = Mapping[str, Sequence[StationVersion]]


@dataclass(frozen=True, slots=True)
class FenceVerdict:
    """`unknown` neither passes nor fails: no position, a poor one, or one whose datum cannot be compared."""

    outcome: Literal["inside", "outside", "unknown"]
    away_m: int | None = None
    version: int | None = None


_UNKNOWN = FenceVerdict("unknown")


def by_station(versions: Iterable[StationVersion]) -> dict[str, list[StationVersion]]:
    """Return the versions of each station, oldest first."""
    found: dict[str, list[StationVersion]] = defaultdict(list)
    for version in sorted(versions, key=lambda each: (each.valid_from, each.version)):
        found[version.station].append(version)
    return dict(found)


def version_in_force(versions: Sequence[StationVersion], at: datetime) -> StationVersion | None:
    """Return the newest version valid then; before the first, the first."""
    valid = [each for each in versions if each.valid_from <= at and not _has_ended(each, at)]
    return valid[-1] if valid else (versions[0] if versions and at < versions[0].valid_from else None)


def _has_ended(version: StationVersion, at: datetime) -> bool:
    return version.valid_to is not None and version.valid_to <= at


def fence_verdict(
    event: CheckEvent,
    time: Corrected,
    versions: Sequence[StationVersion],
    slot: Slot | None,
    settings: SessionSettings,
) -> FenceVerdict:
    """Return where an event lay; a slot's own area counts as the station's."""
    if event.fix is None or not event.fix.samples:
        return _UNKNOWN
    judging = _judging(event, time, versions, settings)
    if not judging:
        return _UNKNOWN
    verdicts = [_of_version(event.fix, version, settings) for version in judging]
    if slot is not None and slot.area is not None:
        verdicts.append(_of_area(event.fix, slot.area, settings))
    for outcome in ("inside", "unknown", "outside"):
        for verdict in verdicts:
            if verdict.outcome == outcome:
                return verdict
    return _UNKNOWN


def _judging(
    event: CheckEvent, time: Corrected, versions: Sequence[StationVersion], settings: SessionSettings
) -> list[StationVersion]:
    """Return the version in force, and the one the device held if that was replaced only days before."""
    current = version_in_force(versions, time.at)
    if current is None:
        return []
    grace = timedelta(days=settings.old_version_days)
    seen = [
        each
        for each in versions
        if each.version == event.station_version and each.valid_from < current.valid_from >= time.at - grace
    ]
    return [current, *seen]


def _of_version(fix: Fix, version: StationVersion, settings: SessionSettings) -> FenceVerdict:
    if not is_comparable(fix.datum, version.point.datum):
        return _UNKNOWN
    fence_m = settings.fence_default_m if version.fence_m is None else version.fence_m
    away, accuracy = away_m(fix, version.point)
    return FenceVerdict(_outcome(away, accuracy, fence_m, settings), round(away), version.version)


def _of_area(fix: Fix, area: Area, settings: SessionSettings) -> FenceVerdict:
    points = [point for point in area.points if is_comparable(fix.datum, point.datum)]
    if not points:
        return _UNKNOWN
    away, accuracy = min(away_m(fix, point) for point in points)
    return FenceVerdict(_outcome(away, accuracy, area.radius_m, settings), round(away))


def _outcome(
    away: float, accuracy: float, fence_m: int, settings: SessionSettings
) -> Literal["inside", "outside", "unknown"]:
    if accuracy > settings.poor_accuracy_m:
        return "unknown"
    return "inside" if away <= fence_m + accuracy else "outside"


def suspect_stations(
    events: Iterable[CheckEvent], verdicts: Mapping[str, FenceVerdict], settings: SessionSettings
) -> dict[str, Flag]:
    """Return the stations whose own recorded place is to be looked at first: too many lie outside it."""
    judged: dict[str, list[bool]] = defaultdict(list)
    people: dict[str, set[str]] = defaultdict(set)
    for event in events:
        verdict = verdicts.get(event.id, _UNKNOWN)
        if verdict.outcome != "unknown":
            judged[event.station].append(verdict.outcome == "outside")
            if verdict.outcome == "outside":
                people[event.station].add(event.order)
    return {
        station: Flag("station_suspect", {"outside": sum(outside), "of": len(outside)})
        for station, outside in sorted(judged.items())
        if len(outside) >= settings.suspect_events
        and sum(outside) * 100 >= settings.suspect_share_percent * len(outside)
        and len(people[station]) > 1
    }

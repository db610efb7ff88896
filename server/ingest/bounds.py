"""Between which moments an entry was made, and what its author was granted then (DESIGN 2, "Time")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.identity.devices import Device
from server.identity.grants import Grant
from server.identity.instants import instant
from server.records.entry import parse_time
from server.records.problem import Problem


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both in the one stored spelling, `earliest` never after `latest`."""

    earliest: str
    latest: str


def bounds(device: Device, at: str, received_at: str, beacon_at: str | None) -> Bounds:
    """Return the bounds that no clock of the device can fake; the desk's clock is the server's."""
    earliest = instant(at) if device.kind == "desk" else max(beacon_at or "", device.enrolled_at)
    return Bounds(min(earliest, received_at), received_at)


def grants_within(held: Sequence[Grant], within: Bounds) -> list[tuple[Grant, ...]]:
    """Return each set of grants that was in force at some moment in the bounds, the latest first."""
    edges = {within.earliest, within.latest}
    for grant in held:
        edges |= {edge for edge in (grant.valid_from, grant.valid_to) if edge is not None}
    moments = sorted((edge for edge in edges if within.earliest <= edge <= within.latest), reverse=True)
    return list(dict.fromkeys(_in_force(held, moment) for moment in moments))


def _in_force(held: Sequence[Grant], moment: str) -> tuple[Grant, ...]:
    return tuple(
        grant
        for grant in held
        if grant.valid_from <= moment and (grant.valid_to is None or moment < grant.valid_to)
    )


def clock_flags(at: str, within: Bounds, *, tolerance_s: int, late_after_h: int) -> Sequence[Problem]:
    """Return doubts about when it was made: flags, never refusals."""
    made = _moment(at)
    too_early_s = (_moment(within.earliest) - made).total_seconds()
    too_late_s = (made - _moment(within.latest)).total_seconds()
    off_s = round(max(too_early_s, too_late_s))
    flags = [Problem("clock_skew", {"off_s": off_s})] if off_s > tolerance_s else []
    late = _moment(within.latest) - max(made, _moment(within.earliest))
    if late > timedelta(hours=late_after_h):
        flags.append(Problem("late", {"hours": int(late.total_seconds() // 3600)}))
    return flags


def _moment(text: str) -> datetime:
    found = parse_time(text)
    assert found is not None, "checked with the shape"
    return found

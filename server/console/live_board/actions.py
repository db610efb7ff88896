"""Who is at which station now, over which time or cap, and how old what we know is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from server.console.layout.words import now, zone
from server.console.permissions import Permission, may, reach
from server.console.service_sessions.words import clocks_of, rules
from server.console.viewer import Reach, Viewer
from server.identity.instants import instant
from server.readmodel.live_queries import (
    BookedSlot,
    LiveStation,
    booked_slots,
    live_stations,
    open_sessions,
)
from server.readmodel.supervision_queries import SessionRow, days_served, with_names
from server.services import current
from server.sessions.documents import hours_of_body

OLD_NEWS_MIN = 30
"""From here on what we know of a station is marked as old."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who checked in and not out. `name` is empty for who may not read it, or did not ask."""

    session: str
    code: str
    name: str
    since: datetime
    minutes: int
    until: datetime | None
    cap_min: int
    is_over_slot: bool
    is_over_cap: bool
    is_after_closing: bool

    @property
    def is_over(self) -> bool:
        return self.is_over_slot or self.is_over_cap or self.is_after_closing


@dataclass(frozen=True, slots=True)
class Awaited:
    """Somebody with a booked time that has begun or begins today, and no check-in yet."""

    slot: str
    code: str
    starts_at: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class StationNow:
    """One station; `heard_at` is the last moment at which the centre heard of it."""

    id: str
    name: str
    capacity: int
    heard_at: str | None
    is_old: bool
    present: Sequence[Present]
    awaited: Sequence[Awaited]

    @property
    def is_over_capacity(self) -> bool:
        return len(self.present) > self.capacity


@dataclass(frozen=True, slots=True)
class Board:
    """All stations in reach: those where somebody is or should be, and the quiet ones."""

    at: datetime
    busy: Sequence[StationNow]
    quiet: Sequence[StationNow]

    @property
    def present_count(self) -> int:
        return sum(len(station.present) for station in self.busy)


def board(viewer: Viewer, *, with_names_asked: bool) -> Board:
    """Return the board of this moment."""
    own, model = reach(viewer, Permission.SEE_LIVE_BOARD), current().readmodel
    townships, stations = _places(own)
    today = now().astimezone(zone()).date()
    sessions = with_names(model, open_sessions(model, townships, stations, str(today - timedelta(days=1))))
    slots = booked_slots(model, townships, stations, *_bounds(today))
    named = with_names_asked and may(viewer, Permission.SEE_NAMES)
    heard = _tablets_heard()
    served = days_served(model, {slot.order for slot in slots})
    came = frozenset(order for order, day in served if day == str(today))
    found = [
        _station(each, sessions, slots, heard, came, is_named=named)
        for each in live_stations(model, townships, stations)
    ]
    return Board(
        at=now(),
        busy=[each for each in found if each.present or each.awaited],
        quiet=[each for each in found if not each.present and not each.awaited],
    )


def _station(
    station: LiveStation,
    sessions: Sequence[SessionRow],
    slots: Sequence[BookedSlot],
    heard: Mapping[str, str],
    came: frozenset[str],
    *,
    is_named: bool,
) -> StationNow:
    here = [row for row in sessions if row.session["station"] == station.id]
    own_slots = [slot for slot in slots if slot.station == station.id]
    heard_at = max(filter(None, (station.heard_at, heard.get(station.id))), default=None)
    return StationNow(
        id=station.id,
        name=str(station.body.get("name", "")),
        capacity=int(station.body.get("capacity", 0)),
        heard_at=heard_at,
        is_old=heard_at is None or _age_min(heard_at) > OLD_NEWS_MIN,
        present=[_present(row, station, own_slots, is_named=is_named) for row in here],
        awaited=_awaited(own_slots, came),
    )


def _present(
    row: SessionRow, station: LiveStation, slots: Sequence[BookedSlot], *, is_named: bool
) -> Present:
    session = row.session
    since = _began(session)
    slot = next((each for each in slots if each.order == session["order"]), None)
    until = datetime.fromisoformat(slot.ends_at) if slot else None
    minutes = max(0, int((now() - since).total_seconds()) // 60)
    cap_min = _cap_min(session["order"])
    return Present(
        session=row.id,
        code=row.display_code,
        name=_name(row.order) if is_named else "",
        since=since,
        minutes=minutes,
        until=until,
        cap_min=cap_min,
        is_over_slot=until is not None and now() > until,
        is_over_cap=minutes > cap_min,
        is_after_closing=_is_after_closing(station.body, since),
    )


def _awaited(slots: Sequence[BookedSlot], came: frozenset[str]) -> list[Awaited]:
    late_after = timedelta(minutes=rules().late_after_min)
    orders = {slot.order: current().readmodel.body(slot.order) or {} for slot in slots}
    return [
        Awaited(
            slot.id,
            str(orders[slot.order].get("display_code", "")),
            slot.starts_at,
            is_late=now() > datetime.fromisoformat(slot.starts_at) + late_after,
        )
        for slot in slots
        if slot.order not in came and slot.ends_at > instant(now())
    ]


def _began(session: Mapping[str, Any]) -> datetime:
    """Return when the session began, by the day and the clock that the rules name."""
    clock = clocks_of(session).partition("–")[0] or "00:00"
    hours, minutes = clock.split(":")
    day = date.fromisoformat(session["day"])
    midnight = datetime.combine(day, time(), zone())
    return midnight + timedelta(hours=int(hours), minutes=int(minutes))


def _cap_min(order: str) -> int:
    county, row = rules(), current().readmodel.record(order)
    own = row and (row.state.value("daily_cap_min") or row.body.get("daily_cap_min"))
    return min(int(own or county.daily_cap_min), county.hard_daily_cap_min)


def _is_after_closing(body: Mapping[str, Any], since: datetime) -> bool:
    hours = hours_of_body(body)
    midnight = datetime.combine(since.astimezone(zone()).date(), time(), zone())
    return hours is not None and now() > midnight + timedelta(minutes=hours[1])


def _name(order: Mapping[str, Any]) -> str:
    member = current().directory.member(str(order.get("participant", "")))
    return member.name if member else ""


def _tablets_heard() -> dict[str, str]:
    """Return by station when one of its tablets last spoke with the centre."""
    directory = current().directory
    found: dict[str, str] = {}
    for device in directory.devices():
        if device.kind != "tablet" or device.is_revoked or device.last_contact_at is None:
            continue
        for grant in directory.grants_in_force(device.id):
            found[grant.scope] = max(found.get(grant.scope, ""), device.last_contact_at)
    return found


def _age_min(at: str) -> int:
    return int((now() - datetime.fromisoformat(at)).total_seconds()) // 60


def _bounds(today: date) -> tuple[str, str]:
    begins = datetime.combine(today, time(), zone())
    return instant(begins), instant(begins + timedelta(days=1))


def _places(own: Reach) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    return (None, None) if own.is_county else (own.townships, own.stations)

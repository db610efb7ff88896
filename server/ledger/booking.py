"""Times that were asked for: booked where capacity, hours, dates and caps allow, else left to the township.

Who asked first comes first, by the bounded time of asking and then by hash; what is booked stays booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from server.fold import Severity
from server.ledger.gather import Standing
from server.ledger.machine_entry import Chain, MachineEntry
from server.sessions import Terms
from server.sessions.caps import daily_cap_min, weekly_cap_min
from server.sessions.documents import moment
from server.sessions.facts import Order, StationVersion
from server.sessions.fence import Versions, version_in_force
from server.sessions.minutes import minute_of

TYPE: Final = "slot"
LONGEST: Final = timedelta(hours=24)
_TAKES_SLOTS: Final = frozenset({"assigned", "in_progress"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A slot with its times, asked for or booked."""

    slot: Standing
    starts_at: datetime
    ends_at: datetime

    @property
    def order(self) -> str:
        return str(self.slot.body["order"])

    @property
    def station(self) -> str:
        return str(self.slot.body["station"])

    @property
    def minutes(self) -> int:
        return max(0, minute_of(self.ends_at) - minute_of(self.starts_at))

    def overlaps(self, other: Wish) -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def bookings(
    standing: Mapping[str, Standing], orders: Iterable[Order], versions: Versions, terms: Terms
) -> Iterator[list[MachineEntry]]:
    """Yield the step on each slot that was asked for, in the order in which they were."""
    return Bookings(standing, {order.id: order for order in orders}, versions, terms).decided()


class Bookings:
    """A county's slots as they stand, and the rules by which the machine books another."""

    def __init__(
        self,
        standing: Mapping[str, Standing],
        orders: Mapping[str, Order],
        versions: Versions,
        terms: Terms,
    ) -> None:
        self._standing, self._orders, self._versions, self._terms = standing, orders, versions, terms
        slots = [each for each in standing.values() if each.type == TYPE]
        self._booked = [wish for each in slots if each.state.state == "booked" and (wish := _wish(each))]
        self._asked = [wish for each in slots if _is_asked(each) and (wish := _wish(each))]

    def decided(self) -> Iterator[list[MachineEntry]]:
        """Yield the step on each slot that was asked for, in the order in which they were."""
        for wish in sorted(self._asked, key=lambda each: (each.slot.asked_at, each.slot.hash)):
            chain = Chain(wish.slot.id, TYPE, wish.slot.state)
            obstacle = self.obstacle(wish)
            if obstacle is None:
                self._booked.append(wish)
                chain.step("book")
            elif wish.slot.state.value("obstacle") != obstacle:
                chain.step("leave_open", obstacle=obstacle)
            yield chain.entries

    def obstacle(self, wish: Wish) -> str | None:
        """Return why the machine does not book this; None where it does."""
        order, place = self._orders.get(wish.order), self._standing.get(wish.order)
        station = self._standing.get(wish.station)
        if order is None or place is None or place.state.state not in _TAKES_SLOTS:
            return "order_not_open"
        if not timedelta(0) < wish.ends_at - wish.starts_at <= LONGEST:
            return "no_length"
        if wish.starts_at <= self._terms.now:
            return "too_late"
        if wish.station not in _stations_of(place):
            return "other_station"
        if station is None or station.state.state != "active":
            return "station_closed"
        return self._conflict(wish, order, int(station.state.value("capacity") or 0))

    def _conflict(self, wish: Wish, order: Order, capacity: int) -> str | None:
        calendar = self._terms.calendar
        day = calendar.day(minute_of(wish.starts_at))
        if not order.start_on <= day <= order.due_on:
            return "outside_order"
        if not self._is_open(wish):
            return "closed_hours"
        own = [each for each in self._booked if self._person(each) == order.participant]
        if any(wish.overlaps(each) for each in own):
            return "overlap"
        if self._is_over_cap(wish, order, own):
            return "over_cap"
        there = [each for each in self._booked if each.station == wish.station and wish.overlaps(each)]
        return "full" if _most_at_once(wish, there) >= capacity else None

    def _person(self, wish: Wish) -> str | None:
        order = self._orders.get(wish.order)
        return order.participant if order else None

    def _is_open(self, wish: Wish) -> bool:
        """Hours that only people can read are no obstacle."""
        version: StationVersion | None = version_in_force(
            self._versions.get(wish.station, ()), wish.starts_at
        )
        if version is None or version.hours is None:
            return True
        calendar, begins, ends = self._terms.calendar, minute_of(wish.starts_at), minute_of(wish.ends_at)
        opens, closes = (calendar.at(calendar.day(begins), minute) for minute in version.hours)
        return opens <= begins and ends <= closes

    def _is_over_cap(self, wish: Wish, order: Order, own: Iterable[Wish]) -> bool:
        calendar, settings = self._terms.calendar, self._terms.settings
        begins = minute_of(wish.starts_at)
        of_day = of_week = wish.minutes
        for each in own:
            other = minute_of(each.starts_at)
            of_day += each.minutes if calendar.day(other) == calendar.day(begins) else 0
            of_week += each.minutes if calendar.week(other) == calendar.week(begins) else 0
        return of_day > daily_cap_min(order, settings) or of_week > weekly_cap_min(order, settings)


def _is_asked(slot: Standing) -> bool:
    return slot.state.state == "requested" and slot.state.severity is not Severity.HARD


def _wish(slot: Standing) -> Wish | None:
    starts_at: Any = slot.state.value("starts_at")
    ends_at: Any = slot.state.value("ends_at")
    return Wish(slot, moment(starts_at), moment(ends_at)) if starts_at and ends_at else None


def _stations_of(order: Standing) -> frozenset[str]:
    assigned = order.state.value("assigned_station")
    return frozenset([assigned] if assigned else order.state.value("stations") or ())


def _most_at_once(wish: Wish, others: Iterable[Wish]) -> int:
    """Return how many are there at the fullest moment of the time that is asked for."""
    others = list(others)
    moments = [wish.starts_at, *(each.starts_at for each in others if each.starts_at >= wish.starts_at)]
    return max(sum(1 for o in others if o.starts_at <= at < o.ends_at) for at in moments)

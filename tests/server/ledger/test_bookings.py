"""Slots: asked for on the phone, booked by the machine where it can, else the township's (DOMAIN 3.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from server.identity.beacon import beacon_statement
from server.readmodel import RecordRow
from server.records.canonical import canonical, sha256_hex
from server.records.names import new_record_id
from tests.server.ledger.day import ZONE, Day
from tests.support.entries import CentreInTest, FieldDevice, order_body, station_body

TOMORROW = datetime.now(ZONE).date() + timedelta(days=1)


def at(clock: str, day: date = TOMORROW) -> str:
    return datetime.combine(day, time.fromisoformat(clock), ZONE).isoformat()


@pytest.fixture
def day(centre: CentreInTest) -> Day:
    today = datetime.now(ZONE).date()
    dates = {"start_on": str(today - timedelta(days=9)), "due_on": str(today + timedelta(days=20))}
    return Day(centre, **dates)


def ask(
    day: Day,
    starts: str,
    ends: str,
    *,
    phone: FieldDevice | None = None,
    order: str | None = None,
    **members: Any,
) -> dict[str, Any]:
    """What the phone writes when somebody asks for a time; not sent yet."""
    body = {
        "order": order or day.order,
        "station": day.station,
        "starts_at": at(starts),
        "ends_at": at(ends),
        **members,
    }
    asked, heard_ago = members.pop("asked", None), members.pop("heard_ago", timedelta(hours=1))
    body = {name: value for name, value in body.items() if name not in ("asked", "heard_ago")}
    clock = heard(day, heard_ago, asked) if heard_ago else {"beacon": None, "since_ms": None, "skew_ms": 0}
    return (phone or day.phone).write(new_record_id("slot"), "participant", body, at=asked, clock=clock)


def heard(day: Day, ago: timedelta, asked: datetime | None) -> dict[str, Any]:
    """What an entry says of the server's last word to the phone."""
    services = day.centre.services
    now = datetime.now(ZONE)
    said = beacon_statement(services.key_ring, now - ago, services.epoch)
    since_ms = max(0, int(((asked or now) - (now - ago)).total_seconds() * 1000))
    return {"beacon": sha256_hex(canonical(said)), "since_ms": since_ms, "skew_ms": 0}


def on(day: date) -> dict[str, str]:
    return {"starts_at": at("09:00", day), "ends_at": at("10:00", day)}


def other_station(day: Day) -> str:
    return day.centre.desk("station", station_body(code="YC-01")).id


def slot(day: Day, document: dict[str, Any]) -> RecordRow:
    day.centre.work()
    row = day.centre.services.readmodel.record(document["entry"]["id"])
    assert row is not None
    return row


def another(day: Day) -> tuple[FieldDevice, str]:
    """Somebody else with an order at the same station."""
    phone = day.centre.phone()
    body = order_body(phone.member, [day.station], display_code="甲-02", start_on="2026-11-01")
    due_on = str(datetime.now(ZONE).date() + timedelta(days=20))
    return phone, day.centre.desk("service_order", {**body, "due_on": due_on}).id


class TestBooked:
    def test_a_time_that_fits_is_booked_and_both_read_it(self, day: Day) -> None:
        asked = ask(day, "09:00", "12:00")
        day.centre.send(asked)
        row = slot(day, asked)
        own = day.centre.member_feed(day.phone.member)[row.id]
        stations = day.centre.feed(f"station-{day.station[8:]}")[row.id]

        assert (row.state.state, [step.author for step in row.state.history]) == ("booked", ["system"])
        assert (own["state"], own["next"]) == ("booked", ["cancel"])
        assert (stations["display_code"], stations["starts_at"]) == ("甲-01", at("09:00"))
        assert not set(stations) & {"note", "history", "order_no", "participant"}

    @pytest.mark.parametrize(
        ("starts", "ends", "obstacle"),
        [
            ("07:00", "09:00", "closed_hours"),
            ("16:00", "19:00", "closed_hours"),
            ("09:00", "09:00", "no_length"),
            ("12:00", "09:00", "no_length"),
            ("08:00", "17:00", "over_cap"),
        ],
    )
    def test_what_does_not_fit_waits_for_the_township_and_says_why(
        self, day: Day, starts: str, ends: str, obstacle: str
    ) -> None:
        asked = ask(day, starts, ends)
        day.centre.send(asked)
        row = slot(day, asked)

        assert (row.state.state, row.state.value("obstacle")) == ("requested", obstacle)
        assert day.centre.member_feed(day.phone.member)[row.id]["obstacle"] == obstacle
        assert row.id not in day.centre.feed(f"station-{day.station[8:]}")

    @pytest.mark.parametrize(
        ("change", "obstacle"),
        [
            (lambda day: on(date(2026, 11, 2)), "too_late"),
            (lambda day: on(TOMORROW + timedelta(days=60)), "outside_order"),
            (lambda day: {"station": other_station(day)}, "other_station"),
        ],
    )
    def test_nor_what_the_order_does_not_allow(
        self, day: Day, change: Callable[[Day], dict[str, Any]], obstacle: str
    ) -> None:
        asked = ask(day, "09:00", "10:00", **change(day))
        day.centre.send(asked)

        assert slot(day, asked).state.value("obstacle") == obstacle

    def test_nobody_is_booked_twice_at_once_nor_beyond_the_days_cap(self, day: Day) -> None:
        ago = [datetime.now(ZONE) - timedelta(minutes=n) for n in (9, 8, 7)]
        first, second = ask(day, "09:00", "12:00", asked=ago[0]), ask(day, "11:00", "13:00", asked=ago[1])
        third = ask(day, "13:00", "17:00", asked=ago[2])
        day.centre.send(first, second, third)

        assert [slot(day, each).state.value("obstacle") for each in (first, second, third)] == [
            None,
            "overlap",
            "over_cap",
        ]

    @pytest.mark.parametrize(
        ("action", "to"), [("suspend_station", "suspended"), ("close_station", "closed")]
    )
    def test_a_station_that_takes_nobody_is_no_place_to_book(self, day: Day, action: str, to: str) -> None:
        day.centre.work()
        day.step(day.station, action, "prosecutor", to=to, reason="改造")
        asked = ask(day, "09:00", "12:00")
        day.centre.send(asked)

        assert slot(day, asked).state.value("obstacle") == "station_closed"


class TestLastPlace:
    """Two who race for the last place: whoever asked first, by bounded time and then by hash."""

    @pytest.fixture
    def full(self, day: Day) -> Day:
        day.centre.work()
        day.step(day.station, "change_capacity", "prosecutor", fields={"capacity": 1})
        return day

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_the_one_who_asked_first_has_it(self, full: Day, order: tuple[int, int]) -> None:
        phone, other = another(full)
        now = datetime.now(ZONE)
        late = ask(full, "09:00", "12:00", asked=now - timedelta(minutes=5))
        early = ask(full, "10:00", "11:00", phone=phone, order=other, asked=now - timedelta(minutes=9))
        full.centre.work()
        for place in order:
            full.centre.send((late, early)[place])
        states = {name: slot(full, each).state for name, each in (("late", late), ("early", early))}

        assert (states["early"].state, states["late"].state) == ("booked", "requested")
        assert states["late"].value("obstacle") == "full"

    def test_a_place_that_was_confirmed_stays_confirmed(self, full: Day) -> None:
        phone, other = another(full)
        now = datetime.now(ZONE)
        first = ask(full, "09:00", "12:00", asked=now - timedelta(minutes=5))
        full.centre.send(first)
        assert slot(full, first).state.state == "booked"
        earlier = ask(full, "09:00", "12:00", phone=phone, order=other, asked=now - timedelta(minutes=9))
        full.centre.send(earlier)

        assert (slot(full, first).state.state, slot(full, earlier).state.state) == ("booked", "requested")

    def test_a_clock_set_back_wins_nothing(self, full: Day) -> None:
        phone, other = another(full)
        now = datetime.now(ZONE)
        honest = ask(full, "09:00", "12:00", asked=now - timedelta(minutes=5))
        set_back = ask(
            full, "09:00", "12:00", phone=phone, order=other, asked=datetime(2019, 1, 1, tzinfo=ZONE)
        )
        full.centre.send(honest, set_back)

        assert (slot(full, honest).state.state, slot(full, set_back).state.state) == ("booked", "requested")

    @pytest.mark.parametrize("heard_ago", [None, timedelta(days=60)])
    def test_a_phone_that_heard_nothing_for_weeks_does_not_name_its_own_turn(
        self, full: Day, heard_ago: timedelta | None
    ) -> None:
        phone, other = another(full)
        now = datetime.now(ZONE)
        honest = ask(full, "09:00", "12:00", asked=now - timedelta(minutes=5))
        full.centre.send(honest)
        claims = ask(full, "09:00", "12:00", phone=phone, order=other, asked=now - timedelta(days=20),
                     heard_ago=heard_ago)  # fmt: skip
        full.centre.send(claims)

        assert (slot(full, honest).state.state, slot(full, claims).state.state) == ("booked", "requested")

    def test_a_place_that_is_given_up_goes_to_whoever_waits(self, full: Day) -> None:
        phone, other = another(full)
        first = ask(full, "09:00", "12:00")
        full.centre.send(first)
        slot(full, first)
        waiting = ask(full, "09:00", "12:00", phone=phone, order=other)
        full.centre.send(waiting)
        assert slot(full, waiting).state.value("obstacle") == "full"
        full.step(first["entry"]["id"], "cancel", "participant", to="cancelled")

        assert slot(full, waiting).state.state == "booked"


class TestPersons:
    def test_the_township_moves_and_the_slot_stays_booked(self, day: Day) -> None:
        asked = ask(day, "07:00", "09:00")
        day.centre.send(asked)
        slot(day, asked)
        fields = {"starts_at": at("14:00"), "ends_at": at("16:00")}
        day.step(
            asked["entry"]["id"], "move", "township_staff", to="booked", fields=fields, reason="上午不开门"
        )
        view = day.centre.member_feed(day.phone.member)[asked["entry"]["id"]]

        assert (view["state"], view["starts_at"]) == ("booked", at("14:00"))
        assert view["history"][-1]["text"] == "上午不开门"

    def test_nobody_asks_for_somebody_else(self, day: Day) -> None:
        phone, _ = another(day)
        asked = ask(day, "09:00", "12:00", phone=phone)
        day.centre.send(asked)
        day.centre.work()

        assert day.centre.services.readmodel.record(asked["entry"]["id"]) is None
        assert day.centre.services.readmodel.quarantine_count() == 1

    def test_a_participant_widens_no_fence(self, day: Day) -> None:
        asked = ask(day, "09:00", "12:00", area="36.5,116.7", area_radius_m=5000)
        day.centre.send(asked)
        day.centre.work()

        assert day.centre.services.readmodel.record(asked["entry"]["id"]) is None

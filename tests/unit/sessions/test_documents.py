"""From documents of central to facts; whatever an entry says, rules can reckon with it (DOMAIN 3.2–3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from server.fold import FieldState, HistoryRow, RecordState, Severity
from server.sessions import Facts
from server.sessions.decided_steps import decided
from server.sessions.documents import (
    Known,
    event_of,
    hours_of_body,
    order_of,
    station_versions,
    step_words,
    word_of,
)
from server.sessions.facts import Claim, Photo, SheetLine
from tests.unit.records.bodies import FIX, ORDER, PARTICIPANT, STATION, entry, good_body
from tests.unit.sessions.county import assessed

RECEIVED = "2026-11-23T06:10:00.000Z"
CLOCK = {"beacon": None, "since_ms": None, "skew_ms": 0}


def document(body: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    base = {"hash": "ab" * 32, "entry": 7, "clock": CLOCK, "author": PARTICIPANT, "role": "participant"}
    return {
        "entry": entry("check_event", body, **{**base, **members}),
        "parts": {},
        "receipts": [{"received_at": RECEIVED}],
        "media": [],
    }


def row(hash_: str, base: str, action: str, **members: Any) -> HistoryRow:
    defaults = {"to": None, "fields": {}, "reason": None, "author": "m-pros", "role": "prosecutor"}
    rest = {"at": "2026-11-25T09:00:00+08:00", "is_concurrent": False}
    return HistoryRow(hash=hash_, base=(base,), action=action, **{**defaults, **rest, **members})


def state(*history: HistoryRow, **fields: Any) -> RecordState:
    registers = {name: FieldState({"h": value}) for name, value in fields.items()}
    return RecordState("assigned", {}, registers, (), Severity.NONE, (), history=history)


class TestEventOf:
    """DOMAIN 3.4."""

    def test_what_was_signed_and_what_came_with_it(self):
        doc = document(parts={"fix": "ab" * 32})
        doc |= {
            "parts": {"fix": {"salt": "s", "value": FIX}},
            "media": [{"sha256": "cd", "state": "verified"}],
        }

        found = event_of(doc, Known(datetime(2026, 11, 23, tzinfo=UTC), 5000, is_shared_device=True))

        assert (found.kind, found.order, found.station, found.code.value) == ("in", ORDER, STATION, "042917")
        assert found.received_at == datetime(2026, 11, 23, 6, 10, tzinfo=UTC)
        assert (found.fix.datum, found.fix.samples[0].lat, found.photos) == (
            "WGS-84",
            36.738,
            (Photo("cd", "verified"),),
        )
        assert (found.reading.next_skew_ms, found.is_shared_device) == (5000, True)

    def test_an_erased_position_is_not_one_that_never_was(self):
        erased = event_of(document(parts={"fix": "ab" * 32}), Known())
        without = event_of(document(), Known())

        assert (erased.fix.samples, without.fix) == ((), None)

    def test_late_entries_and_paper(self):
        claim = {"in_at": "2026-11-23T14:05:00+08:00", "out_at": "2026-11-23T17:32:00+08:00"}
        body = good_body("check_event", kind="sheet_line", claim=claim, sheet={"number": "S-7", "line": 3})

        found = event_of(document(body), Known())

        assert (found.sheet, found.claim) == (
            SheetLine("S-7", 3),
            Claim(datetime(2026, 11, 23, 6, 5, tzinfo=UTC), datetime(2026, 11, 23, 9, 32, tzinfo=UTC)),
        )

    @pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
    @pytest.mark.parametrize("lapse_ms", [-(2**53), 2**53])
    def test_no_moment_and_no_lapse_is_too_wild_for_the_rules(self, at, lapse_ms):
        claim = {"in_at": at, "out_at": at}
        clock = {"beacon": None, "since_ms": lapse_ms, "skew_ms": -lapse_ms}
        code = {"value": "042917", "at": at}
        kinds = ("in", "out", "break_start", "late_entry")
        docs = [
            document(
                good_body("check_event", kind=kind, code=code, claim=claim, reason="补", witness="周"),
                id=f"check_event:{number}", at=at, clock=clock, entry=number,
                role="township_staff" if kind == "late_entry" else "participant",
            )
            for number, kind in enumerate(kinds, start=1)
        ]  # fmt: skip
        known = Known(datetime(2026, 11, 23, tzinfo=UTC), next_skew_ms=lapse_ms)
        order = order_of(ORDER, good_body("service_order"), state())

        found = assessed(
            Facts(orders=(order,), events=tuple(event_of(doc, known) for doc in docs)), "30 12:00"
        )

        seen = {event for session in found[PARTICIPANT].sessions for event in session.events}
        assert len(seen | {each.event for each in found[PARTICIPANT].set_aside}) == 4


class TestWords:
    """A supervisor's word is an event of its own, or a step on a check event."""

    def test_by_an_event(self):
        body = good_body("check_event", kind="sup_deny", about="ab12cd", reason="没来", code=None)

        found = word_of(document(body, author="m-sun", role="supervisor", clock={**CLOCK, "skew_ms": 60_000}))

        assert (found.kind, found.by, found.about, found.statement) == ("deny", "m-sun", "ab12cd", "没来")
        assert found.at == datetime(2026, 11, 23, 6, 4, tzinfo=UTC)

    def test_never_after_it_came(self):
        body = good_body("check_event", kind="sup_confirm", code=None)

        assert word_of(document(body, at="2026-11-23T15:00:00+08:00")).at == datetime(
            2026, 11, 23, 6, 10, tzinfo=UTC
        )

    @pytest.mark.parametrize(
        ("action", "kind"), [("confirm", ["confirm"]), ("question", ["deny"]), ("merge", [])]
    )
    def test_by_a_step(self, action, kind):
        step = document({"record": "r", "base": [], "action": action, "fields": {}}, type="step")

        found = list(step_words(document(), [step]))

        assert [(word.kind, word.about) for word in found] == [(each, "ab" * 32) for each in kind]


class TestOrderAndStation:
    """DOMAIN 3.2 and 3.3: as they stand, with what happened to them."""

    def test_amendments_count(self):
        body = good_body("service_order", daily_cap_min=300)
        history = (row("a", "r", "suspend"), row("b", "a", "resume"), row("c", "b", "extend_due"))

        found = order_of(ORDER, body, state(*history, due_on="2026-12-31", daily_cap_min=240))

        assert (found.due_on, found.daily_cap_min, found.weekly_cap_min) == (date(2026, 12, 31), 240, None)
        assert [(change.why, change.is_open) for change in found.changes] == [
            ("suspended", False),
            ("resumed", True),
        ]

    def test_a_step_that_moves_a_station_makes_a_version(self):
        place = {"lat": 37, "lng": 117, "datum": "WGS-84", "fence_m": 300}
        moved = row("a", "r", "move_station", fields={**place, "valid_from": "2026-12-01T00:00:00+08:00"})
        bigger = row("b", "a", "change_capacity", fields={"capacity": 9})
        hours = row("c", "b", "amend_station", fields={"opens_at": "09:00", "closes_at": "12:00"})
        written = "2026-11-01T00:00:00Z"

        found = station_versions(STATION, good_body("station"), written, (moved, bigger, hours))

        # The hours hold at once; the place stays the old one until the day that was named.
        assert [(each.version, each.point.lat, each.hours) for each in found] == [
            (1, 36.734, (510, 1050)),
            (3, 36.734, (540, 720)),
            (2, 37, (540, 720)),
        ]
        assert [each.valid_from for each in found] == [
            datetime(2026, 11, 1, tzinfo=UTC),
            datetime(2026, 11, 25, 1, tzinfo=UTC),
            datetime(2026, 11, 30, 16, tzinfo=UTC),
        ]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"open_hours": "08:30-17:30"}, (510, 1050)),
            ({"open_hours": "周一至周五 8-17"}, None),
            ({"open_hours": "17:30-08:30"}, None),
            ({"open_hours": "", "opens_at": "09:00", "closes_at": "24:00"}, (540, 1440)),
        ],
    )
    def test_hours_are_read_where_they_can_be(self, body, expected):
        assert hours_of_body(body) == expected


class TestDecidedSteps:
    """Each decision after the first adds a difference; two on one base stay side by side (DOMAIN 3.6)."""

    def test_a_correction_after_an_objection_by_the_rules_that_held(self):
        reckoned = {"rule_version": "2026.1"}
        history = (
            row("z", "r", "end", fields=reckoned, role="system"),
            row("a", "z", "part_credit", fields={"credited_min": 120}, reason="早退"),
            row("y", "r", "follow", fields={"rule_version": "2027.1"}, role="system"),
            row("b", "a", "dispute", role="participant", author="m-wang", fields={"statement": "没有早退"}),
            row("c", "b", "part_credit", fields={"credited_min": 180}, author="m-town", reason="监控可见"),
        )

        decisions, objections = decided("e1", history)

        assert [(d.id, d.replaces, d.answers, [e.minutes for e in d.entries]) for d in decisions] == [
            ("a", None, None, [120]),
            ("c", "a", "b", [60]),
        ]
        assert [(o.id, o.decision, o.text) for o in objections] == [("b", "a", "没有早退")]
        entries = [(entry.kind, entry.reason_code, entry.basis) for d in decisions for entry in d.entries]
        assert entries == [("credit", "reported", "2026.1"), ("adjust", "corrected", "2026.1")]

    def test_an_objection_to_nothing_decided_is_none(self):
        history = (row("a", "r", "confirm"), row("b", "a", "dispute", fields={"statement": "早退"}))

        assert decided("e1", history) == ([], [])

    def test_two_on_one_base_replace_the_same(self):
        history = (
            row("a", "r", "credit", fields={"credited_min": 120}),
            row("b", "a", "reject"),
            row("c", "a", "credit", fields={"credited_min": 60}),
        )

        decisions, _ = decided("e1", history)

        assert [(d.replaces, d.verdict, [e.minutes for e in d.entries]) for d in decisions] == [
            (None, "credited", [120]),
            ("a", "rejected", [-120]),
            ("a", "credited", [-60]),
        ]

"""What the phone and the boards are told comes from one place: due dates, caps (DOMAIN 3.0; 4, row 8)."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from server.deadlines.year_files import working_days_of
from server.records.names import new_record_id
from server.workflows import workflow
from server.workflows.due_dates import Today, due_dates
from tests.server.ledger.day import YESTERDAY, ZONE, Day
from tests.support.entries import CentreInTest

LAST_WEEK = YESTERDAY - timedelta(days=9)


@pytest.fixture
def day(centre: CentreInTest) -> Day:
    return Day(centre, start_on=str(YESTERDAY - timedelta(days=30)))


class TestDueDates:
    def test_a_denial_that_came_days_late_is_due_on_one_day_everywhere(self, day: Day) -> None:
        came = day.event(day.phone, "in", "09:00", day=LAST_WEEK)
        day.event(day.phone, "out", "11:00", day=LAST_WEEK)
        day.event(day.tablet, "sup_deny", "18:00", day=LAST_WEEK, about=came["hash"], reason="没见到人")
        (session,) = day.computed()
        row = day.centre.services.readmodel.record(session["record"])
        assert row is not None
        calendar = working_days_of(day.centre.services.settings.data)
        today = Today(YESTERDAY + timedelta(days=1), ZoneInfo(str(ZONE)), calendar)
        due = {each.name: each.on for each in due_dates(workflow("service_session"), row, today)}

        assert due["denial_review"] == calendar.plus(LAST_WEEK, 5)
        assert session["due_on"] == due["denial_review"].isoformat()
        own = day.centre.member_feed(day.phone.member)[row.id]
        assert own["due_on"] == session["due_on"]


class TestCaps:
    def test_an_orders_own_caps_and_the_countys_numbers_are_in_its_view(self, centre: CentreInTest) -> None:
        (centre.services.settings.data / "service.toml").write_text(
            "daily_cap_min = 300\nfree_break_min = 20\n"
        )
        day = Day(centre)

        assert day.read()["caps"] == {
            "daily_min": 300,
            "weekly_min": 1200,
            "minimum_session_min": 60,
            "free_break_min": 20,
            "rounding_min": 15,
        }
        caps = {"daily_cap_min": 240, "weekly_cap_min": 600}
        day.step(day.order, "change_caps", "prosecutor", fields=caps, reason="身体原因")
        told = day.read()["caps"]
        assert (told["daily_min"], told["weekly_min"]) == (240, 600)


class TestSignature:
    @pytest.mark.parametrize("said", [{}, {"media": []}, {"typed_name": "　 "}, {"statement": "我愿意"}])
    def test_nothing_written_and_nothing_drawn_is_no_signature(
        self, day: Day, said: dict[str, object]
    ) -> None:
        notice = {
            "kind": "pledge",
            "version": 1,
            "title": "承诺书",
            "text": "本人自愿参加，可以随时退出。" * 3,
        }
        document = day.centre.desk("notice", {**notice, "valid_from": "2026-01-01"}).id
        body = {"order": day.order, "document": document, **said}
        day.send(day.phone.write(new_record_id("signature"), "participant", body))
        day.centre.work()
        verdict = day.centre.services.readmodel.verdict(day.phone.device, 1)

        assert verdict is not None
        assert verdict.verdict == "refused"
        assert verdict.reasons[0]["code"] == "fields_wrong"

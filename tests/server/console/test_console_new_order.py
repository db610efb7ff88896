"""The form of a new order: checked against the review, each reason beside its field (DOMAIN 3.2, 3.0)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.console_rig import ConsoleRig
from tests.support.entries import TOWNSHIP, station_body

MEMBER = "m01j00000000000000000000000"
NEW = "/console/orders/new"
# The month ends on Wednesday 23 December 2026; three working days before it is Friday the 18th.
REVIEW = {"stage": "review", "review_from": "2026-11-23", "review_track": "ordinary"}


@pytest.fixture
def order(rig: ConsoleRig) -> dict[str, str]:
    """What a prosecutor fills in."""
    desk = rig.centre.desk
    body = {"member": MEMBER, "display_code": "乙-31", "residence": TOWNSHIP, "act_on": "2026-09-01"}
    notice = {"kind": "notice", "version": 1, "title": "诉前公益服务告知书", "valid_from": "2026-01-01"}
    found = {
        "participant": desk("participant", body).id,
        "stations": desk("station", station_body()).id,
        "notice": desk(
            "notice", {**notice, "text": "参加与否由您自愿决定，可以随时退出，不会因此受到不利对待。"}
        ).id,
        "order_no": "QH-GY-2026-101",
        "case_no": "齐检刑〔2026〕1号",
        "charge_code": "危险驾驶",
        "hours": "30",
        "service_types": station_body()["service_types"][0],
        "verify_level": "L2",
        "daily_cap_min": "360",
        "weekly_cap_min": "1200",
        "start_on": "2026-11-24",
        "due_on": "2026-12-18",
        "notice_document": "告知书1号",
        "notice_served_on": "2026-11-23",
        "then": "offer",
        **REVIEW,
    }
    rig.centre.work()
    return found


def filled_in(page: str, name: str) -> str:
    (field,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    return re.findall(r'value="([^"]*)"', field)[0]


def wrongs(page: str) -> set[str]:
    return set(re.findall(r'id="([a-z_]+)-wrong"', page))


class TestUsual:
    """What the form begins with is the county's to set (DOMAIN 3.0)."""

    def test_the_hours_and_caps_of_the_county_are_filled_in(self, rig):
        page = rig.as_role("prosecutor").text(NEW)
        assert (filled_in(page, "hours"), filled_in(page, "daily_cap_min")) == ("30", "360")
        county = rig.centre.services.settings.data / "service.toml"
        county.write_text("required_min = 2430\ndaily_cap_min = 300\n", "utf-8")

        page = rig.as_role("prosecutor").text(NEW)
        assert (filled_in(page, "hours"), filled_in(page, "daily_cap_min")) == ("40.5", "300")


class TestNewOrder:
    def test_it_is_offered_with_the_notice_and_names_the_participant_by_code(self, rig, order):
        prosecutor = rig.as_role("prosecutor")
        with rig.working():
            answer = prosecutor.post(NEW, **order)
        assert answer.status_code == 303, answer.text
        rig.centre.work()

        found = rig.centre.services.readmodel.record(answer.location.rpartition("/")[2])

        assert found.state.state == "offered"
        assert (found.body["display_code"], found.body["participant"]) == ("乙-31", MEMBER)
        assert (found.body["required_min"], found.body["weekly_consent"]) == (1800, False)
        assert found.state.value("notice") == order["notice"]
        assert found.id in rig.centre.member_feed(MEMBER)

    def test_a_draft_is_on_nobody_s_phone(self, rig, order):
        with rig.working():
            answer = rig.as_role("prosecutor").post(NEW, **{**order, "then": "draft"})
        rig.centre.work()

        record = answer.location.rpartition("/")[2]
        assert rig.centre.services.readmodel.record(record).state.state == "draft"
        assert record not in rig.centre.member_feed(MEMBER)

    def test_a_due_date_too_late_is_told_with_the_arithmetic_and_nothing_typed_is_lost(self, rig, order):
        answer = rig.as_role("prosecutor").post(NEW, **{**order, "due_on": "2026-12-19"})

        assert answer.status_code == 422
        assert wrongs(answer.text) == {"due_on"}
        assert "最晚2026年12月18日完成" in answer.text
        assert "从2026年11月23日起1个月，至2026年12月23日" in answer.text
        for typed in ('value="齐检刑〔2026〕1号"', 'value="2026-12-19"', 'value="QH-GY-2026-101"'):
            assert typed in answer.text
        assert re.search(rf'value="{order["stations"]}" checked', answer.text)

    def test_everything_wrong_is_told_at_once_each_beside_its_field(self, rig, order):
        changes = {
            "hours": "30.2",
            "weekly_cap_min": "1500",
            "stations": "",
            "due_on": "",
            "review_track": "",
        }
        answer = rig.as_role("prosecutor").post(NEW, **{**order, **changes})

        assert answer.status_code == 422
        assert wrongs(answer.text) == {"hours", "weekly_cap_min", "stations", "due_on", "review_track"}

    @pytest.mark.parametrize("hours", ["9.5", "60.5", "nan", "inf", "三十", "30.25"])
    def test_hours_go_from_ten_to_sixty_by_the_half(self, rig, order, hours):
        assert wrongs(rig.as_role("prosecutor").post(NEW, **{**order, "hours": hours}).text) == {"hours"}

    def test_more_than_the_usual_week_needs_written_consent(self, rig, order):
        more = {**order, "weekly_cap_min": "1800"}
        prosecutor = rig.as_role("prosecutor")

        assert wrongs(prosecutor.post(NEW, **more).text) == {"weekly_cap_min"}
        with rig.working():
            assert prosecutor.post(NEW, **more, weekly_consent="on").status_code == 303

    def test_a_number_is_given_once_and_the_next_is_proposed(self, rig, order):
        prosecutor = rig.as_role("prosecutor")
        year = (datetime.now(UTC) + timedelta(hours=8)).year
        with rig.working():
            prosecutor.post(NEW, **{**order, "order_no": f"QH-GY-{year}-007"})
        rig.centre.work()

        assert f'value="QH-GY-{year}-008"' in prosecutor.text(NEW)
        again = prosecutor.post(NEW, **{**order, "order_no": f"QH-GY-{year}-007"})
        assert wrongs(again.text) == {"order_no"}

    def test_the_latest_day_is_told_while_one_types(self, rig, order):
        page = rig.as_role("prosecutor").post(f"{NEW}/dates", htmx=True, **order).text

        assert "最晚2026年12月18日完成" in page

    def test_nobody_but_the_prosecutor_begins_an_order(self, rig, order):
        for role in ("chief_procurator", "intake_clerk", "township_staff"):
            assert rig.as_role(role).get(NEW).status_code == 403

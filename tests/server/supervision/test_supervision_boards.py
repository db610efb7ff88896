"""Live board, alerts, deadlines and the dashboard's tiles: what is there, and who may see it (DOMAIN 6)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from server.records.names import new_record_id
from tests.server.ledger import day as days
from tests.server.ledger.day import ZONE, Day, moment
from tests.server.supervision.offices import SESSIONS, listed, record_of
from tests.support.console_rig import ConsoleRig
from tests.support.entries import OTHER_TOWNSHIP, order_body, station_body

LIVE = "/console/supervision/live"
ALERTS = "/console/supervision/alerts"
DEADLINES = "/console/supervision/deadlines"


@pytest.fixture
def here(rig: ConsoleRig, day: Day, monkeypatch: pytest.MonkeyPatch) -> Day:
    """Somebody checked in a while ago, on the day that it is now, and is still there."""
    at = datetime.now(ZONE) - timedelta(minutes=2)
    monkeypatch.setattr(days, "YESTERDAY", at.date())
    day.own("in", at.strftime("%H:%M"))
    rig.centre.work()
    return day


def slot(rig: ConsoleRig, day: Day, starts: datetime, ends: datetime) -> str:
    """Book a time; where the machine leaves it to a person, the township does."""
    body = {"order": day.order, "station": day.station}
    body |= {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
    author = rig.as_role("township_staff").member
    record = rig.centre.desk("slot", body, author=author, role="township_staff").id
    rig.centre.work()
    row = rig.centre.services.readmodel.record(record)
    if row is not None and row.state.state == "requested":
        by_township(rig, record, "book", "booked")
    return record


def by_township(rig: ConsoleRig, record: str, action: str, to: str, **members: str) -> None:
    row = rig.centre.services.readmodel.record(record)
    assert row is not None
    step = {"record": record, "base": list(row.state.heads), "action": action, "to": to, "fields": {}}
    author = rig.as_role("township_staff").member
    rig.centre.desk("step", {**step, **members}, author=author, role="township_staff")
    rig.centre.work()


class TestLiveBoard:
    """Who is at which station now, by last sync with its age; names only for who may."""

    def test_who_is_there_by_code_with_the_age_of_what_is_known(self, rig: ConsoleRig, here: Day) -> None:
        page = rig.as_role("supervisor", here.station).text(LIVE)

        assert "甲-01" in page
        assert "祝阿镇公益服务站" in page
        assert "最近收到记录" in page
        assert "截至" in page
        assert "张某" not in page

    def test_names_are_shown_on_demand_alone_and_once_written_down(self, rig: ConsoleRig, here: Day) -> None:
        prosecutor = rig.as_role("prosecutor")

        assert "张某" not in prosecutor.text(LIVE)
        assert "张某" in prosecutor.text(f"{LIVE}?names=yes")
        prosecutor.client.get(f"{LIVE}?names=yes", headers={"X-Poll": "true", "HX-Request": "true"})
        rows = rig.centre.services.audit.rows(limit=20)
        noted = [row for row in rows if (row.kind, row.about) == ("names_read", "live_board")]
        assert [row.actor for row in noted] == [prosecutor.member]

    def test_township_staff_ask_for_names_in_vain(self, rig: ConsoleRig, here: Day) -> None:
        page = rig.as_role("township_staff").text(f"{LIVE}?names=yes")

        assert "甲-01" in page
        assert "张某" not in page

    def test_other_stations_and_townships_see_nobody(self, rig: ConsoleRig, here: Day) -> None:
        elsewhere = rig.centre.desk("station", station_body(name="潘店站", township=OTHER_TOWNSHIP)).id
        rig.centre.work()
        for role, scope in (("supervisor", elsewhere), ("township_staff", f"township:{OTHER_TOWNSHIP}")):
            page = rig.as_role(role, scope).text(LIVE)
            assert "潘店站" in page, role
            assert "祝阿镇公益服务站" not in page, role
            assert "甲-01" not in page, role

    def test_a_booked_time_to_which_nobody_has_come_is_said(self, rig: ConsoleRig, day: Day) -> None:
        now = datetime.now(ZONE)
        slot(rig, day, now - timedelta(minutes=40), now + timedelta(hours=2))

        if (now - timedelta(minutes=40)).date() == now.date():  # the board is of one day
            assert "到时间没有来" in rig.as_role("prosecutor").text(LIVE)

    def test_a_poll_answers_the_board_alone(self, rig: ConsoleRig, here: Day) -> None:
        part = rig.as_role("prosecutor").get(LIVE, htmx=True).text

        assert part.strip().startswith('<div id="board"')
        assert "data-gentle" in part


class TestAlerts:
    """Missed check-ins, forgotten check-outs, two missed without excuse: a person looks."""

    def test_two_missed_times_call_for_a_review(self, rig: ConsoleRig, day: Day) -> None:
        for back in (3, 5):
            at = datetime.now(ZONE) - timedelta(days=back)
            slot(rig, day, at, at + timedelta(hours=2))

        page = rig.as_role("prosecutor").text(ALERTS)

        assert "多次没有来" in page
        assert "2 次" in page
        assert "约好的时间没有来" in page

    def test_one_that_was_served_and_one_that_was_excused_are_none(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        slot(rig, day, moment("14:00"), moment("17:00"))
        at = datetime.now(ZONE) - timedelta(days=4)
        excused = slot(rig, day, at, at + timedelta(hours=2))
        by_township(rig, excused, "excuse", "excused", reason="住院")

        assert "约好的时间没有来" not in rig.as_role("prosecutor").text(ALERTS)

    def test_nothing_to_look_at_is_said(self, rig: ConsoleRig, day: Day) -> None:
        rig.centre.work()

        assert "没有需要提醒的事" in rig.as_role("prosecutor").text(ALERTS)


class TestDeadlineBoard:
    """Every due date that runs, with law and arithmetic on hover and in print; provisional ones marked."""

    def test_a_session_to_be_confirmed_with_its_arithmetic(self, rig: ConsoleRig, day: Day) -> None:
        day.own("in", "14:05")
        day.own("out", "17:32")
        record = record_of(day)

        page = rig.as_role("supervisor", day.station).text(DEADLINES)

        row = page[page.index(f'data-id="{record}"') :]
        assert 'data-clock="confirmation"' in page
        title = re.findall(r'title="([^"]+)"', row)[0]
        lines = re.findall(r"<li>([^<]+)</li>", row[: row.index("</ol>")])
        assert title.split("\n") == lines
        assert any("3个工作日" in line for line in lines)

    def test_a_provisional_date_is_marked(self, rig: ConsoleRig, day: Day) -> None:
        far = date.today().replace(year=date.today().year + 2)
        order = order_body(day.phone.member, [day.station], due_on=str(far), display_code="丙-09")
        rig.centre.desk("service_order", order)
        rig.centre.work()

        page = rig.as_role("prosecutor").text(DEADLINES)

        assert "丙-09" in page

    def test_a_township_sees_no_time_limit_of_a_case(self, rig: ConsoleRig, day: Day) -> None:
        rig.centre.work()
        township, prosecutor = rig.as_role("township_staff"), rig.as_role("prosecutor")

        assert 'data-clock="service"' in township.text(DEADLINES)
        assert 'data-clock="service"' in prosecutor.text(DEADLINES)
        assert 'data-clock="service"' not in rig.as_role("supervisor", day.station).text(DEADLINES)

    def test_what_was_kept_follows_the_record(self, rig: ConsoleRig, day: Day) -> None:
        came = day.own("in", "14:05")
        day.own("out", "17:32")
        record, prosecutor = record_of(day), rig.as_role("prosecutor")
        assert f'data-id="{record}"' in prosecutor.text(DEADLINES)

        day.seen("sup_confirm", "17:40", about=came["hash"], rating=5)
        day.read()

        assert f'data-id="{record}"' not in prosecutor.text(DEADLINES)


class TestDashboard:
    """Tiles lead to the records that they count; what is due is listed for whom the workflows' files warn."""

    def test_a_tile_counts_what_its_list_shows(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        record, prosecutor = record_of(day), rig.as_role("prosecutor")
        page = prosecutor.text("/console/dashboard")

        url, number = re.findall(r'href="([^"]*sessions\?queue=to_decide)" aria-label="[^"]*: (\d+)"', page)[
            0
        ]
        assert (number, listed(prosecutor, url.partition("?")[2])) == ("1", [record])

    def test_who_has_nothing_to_do_with_service_has_no_tile(self, rig: ConsoleRig, day: Day) -> None:
        rig.centre.work()

        assert "supervision" not in rig.as_role("intake_clerk").text("/console/dashboard")


class TestAuditor:
    """Sampled, masked; no bulk data (DOMAIN 6)."""

    def test_a_session_out_of_the_sample_is_not_found(
        self, rig: ConsoleRig, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day.served()
        record, auditor = record_of(day), rig.as_role("auditor")
        monkeypatch.setattr("server.console.service_sessions.scope.is_sampled", lambda _id: False)

        assert listed(auditor, "queue=all") == []
        assert auditor.get(f"{SESSIONS}/{record}").status_code == 404

    def test_one_in_the_sample_is_masked(
        self, rig: ConsoleRig, day: Day, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        came = day.own("in", "14:05", note="家住祝阿村三组")
        day.own("out", "17:32")
        day.seen("sup_confirm", "17:40", about=came["hash"], rating=5)
        record, auditor = record_of(day), rig.as_role("auditor")
        monkeypatch.setattr("server.console.service_sessions.scope.is_sampled", lambda _id: True)

        page = auditor.text(f"{SESSIONS}/{record}")

        assert "甲••" in page
        assert "207" in page
        for hidden in ("甲-01", "家住祝阿村三组", "QH-GY-2026-018", day.phone.member, "张某"):
            assert hidden not in page, hidden

    def test_about_one_in_twenty_is_in_the_sample_and_stays_in_it(self, rig: ConsoleRig) -> None:
        from server.console.service_sessions.scope import is_sampled

        ids = [f"session:{new_record_id('check_event')}" for _ in range(2_000)]
        with rig.app.app_context():
            sampled = [id_ for id_ in ids if is_sampled(id_)]
            again = [id_ for id_ in ids if is_sampled(id_)]

        assert 50 <= len(sampled) <= 160
        assert sampled == again

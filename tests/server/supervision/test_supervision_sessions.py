"""The confirmation queue and the session page: both sides' evidence, who may decide (DOMAIN 3.5, 4, 5)."""

from __future__ import annotations

import re

from tests.server.ledger.day import Day
from tests.server.supervision.offices import SESSIONS, decide, listed, offered, record_of
from tests.support.console_rig import Browser, ConsoleRig
from tests.support.entries import ago


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index('<article class="record"') :]))


class TestQueue:
    """What waits for whom, the oldest first."""

    def test_a_confirmed_session_waits_for_a_decision(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        record = record_of(day)
        prosecutor = rig.as_role("prosecutor")

        assert listed(prosecutor) == [record]
        assert listed(prosecutor, "queue=to_confirm") == []
        assert "207 → 195" in prosecutor.text(SESSIONS)

    def test_an_unconfirmed_one_waits_for_the_station_with_its_limit_in_words(
        self, rig: ConsoleRig, day: Day
    ) -> None:
        day.own("in", "14:05")
        day.own("out", "17:32")
        record = record_of(day)

        page = rig.as_role("prosecutor").text(f"{SESSIONS}?queue=to_confirm")

        assert record in page
        assert re.search(r"还剩 \d 个工作日|超期 \d 个工作日", page)
        assert listed(rig.as_role("prosecutor")) == []

    def test_sorting_keeps_what_is_listed(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        record = record_of(day)

        assert listed(rig.as_role("prosecutor"), "sort=weight&order=asc&queue=all") == [record]

    def test_filters_by_order_station_month_and_doubt(self, rig: ConsoleRig, day: Day) -> None:
        came = day.served()
        record = record_of(day)
        prosecutor, month = rig.as_role("prosecutor"), came["at"][:7]

        for query in (f"service_order={day.order}", f"station={day.station}&queue=all", f"month={month}"):
            assert listed(prosecutor, query) == [record], query
        for query in ("service_order=service_order:x", "month=2019-01", "flag=denied", "queue=disputed"):
            assert listed(prosecutor, query) == [], query


class TestSessionPage:
    """Both sides side by side on one line of time, with clocks and devices, and the arithmetic in words."""

    def test_both_sides_with_clocks_devices_and_what_the_word_names(self, rig: ConsoleRig, day: Day) -> None:
        came = day.served()
        told = words(rig.as_role("prosecutor").text(f"{SESSIONS}/{record_of(day)}"))

        assert "14:05 签到，17:32 签退，共 207 分钟。" in told
        assert "休息 40 分钟，30 分钟以内不扣，超出的扣 10 分钟。" in told
        assert f"手机 {day.phone.device[-4:].upper()}" in told
        assert f"站点平板 {day.tablet.device[-4:].upper()}" in told
        assert f"核对码 {came['hash'][:6].upper()}" in told

    def test_a_wrong_clock_is_set_right_and_shown_as_it_was(self, rig: ConsoleRig, day: Day) -> None:
        day.event(day.phone, "in", "14:05", ahead_s=3600)
        day.event(day.phone, "out", "17:32", ahead_s=3600)
        told = words(rig.as_role("prosecutor").text(f"{SESSIONS}/{record_of(day)}"))

        assert re.search(r"14:05 签到.*设备当时显示 \S+ 15:05", told)

    def test_doubts_stand_with_their_evidence_and_weight(self, rig: ConsoleRig, day: Day) -> None:
        came = day.own("in", "14:05")
        day.own("out", "17:32")
        day.seen("sup_deny", "18:00", about=came["hash"], reason="下午没见到人")
        told = words(rig.as_role("prosecutor").text(f"{SESSIONS}/{record_of(day)}"))

        assert "站点不认可 权重 5" in told
        assert "下午没见到人" in told
        assert "等第三人复核" in told

    def test_an_open_session_has_a_page_before_its_record_is_written(self, rig: ConsoleRig, day: Day) -> None:
        came = day.own("in", "09:00")
        day.read()
        page = rig.as_role("prosecutor").get(f"{SESSIONS}/service_session:{came['id'].partition(':')[2]}")

        assert page.status_code == 200

    def test_an_unknown_one_is_not_found(self, rig: ConsoleRig) -> None:
        page = rig.as_role("prosecutor").get(f"{SESSIONS}/service_session:01j00000000000000000000000")

        assert page.status_code == 404


class TestDeciding:
    """A supervisor never credits; whoever acted never decides; the participant reads the reason."""

    def test_crediting_what_the_rules_say_makes_the_balance(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        record, prosecutor = record_of(day), rig.as_role("prosecutor")
        page = prosecutor.text(f"{SESSIONS}/{record}")
        assert 'name="credited_min" type="number" value="195"' in page

        answer = decide(rig, prosecutor, record, "credit", credited_min="195")

        assert answer.status_code == 303
        assert day.read()["balance_min"] == 195
        assert listed(prosecutor) == []

    def test_another_number_takes_a_reason_which_the_participant_reads(
        self, rig: ConsoleRig, day: Day
    ) -> None:
        day.served()
        record, township = record_of(day), rig.as_role("township_staff")

        refused = decide(rig, township, record, "credit", credited_min="180")
        taken = decide(rig, township, record, "part_credit", credited_min="180", reason="途中离开一刻钟")

        assert (refused.status_code, taken.status_code) == (422, 303)
        assert "按规则是 195 分钟" in refused.text
        history = rig.centre.member_feed(day.phone.member)[record]["history"]
        assert "途中离开一刻钟" in str(history)

    def test_a_supervisor_is_offered_no_decision_and_may_send_none(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        record, supervisor = record_of(day), rig.as_role("supervisor", day.station)

        page = supervisor.text(f"{SESSIONS}/{record}")
        sent = supervisor.post(f"{SESSIONS}/{record}/steps", action="credit", credited_min="195")

        assert offered(page) == []
        assert "站点确认到场，不核定时长" in page
        assert sent.status_code == 403
        assert day.read()["balance_min"] == 0

    def test_who_confirmed_does_not_decide_in_another_role(self, rig: ConsoleRig, day: Day) -> None:
        both = supervising(rig, day)
        day.served()
        record = record_of(day)

        page = both.text(f"{SESSIONS}/{record}")
        answer = decide(rig, both, record, "credit", credited_min="195")

        assert offered(page) == []
        assert "不能由您核定" in page
        assert answer.status_code == 409
        assert day.read()["balance_min"] == 0

    def test_an_objection_is_reviewed_by_another_person_with_both_statements(
        self, rig: ConsoleRig, day: Day
    ) -> None:
        day.served()
        record, first = record_of(day), rig.as_role("prosecutor")
        decide(rig, first, record, "part_credit", credited_min="120", reason="只到五点")
        day.step(record, "dispute", "participant", to="disputed", fields={"statement": "做到了五点半"})
        second = rig.as_role("township_staff")

        assert listed(second, "queue=disputed") == [record]
        assert offered(first.text(f"{SESSIONS}/{record}")) == []
        assert "须由另一人复核" in first.text(f"{SESSIONS}/{record}")
        page = second.text(f"{SESSIONS}/{record}")
        assert "做到了五点半" in page
        assert "只到五点" in page
        assert "争议复核" in page
        assert day.read()["balance_min"] == 120  # frozen
        settled = decide(
            rig, second, record, "credit_after_review", credited_min="195", reason="监控可见做到五点半"
        )
        assert settled.status_code == 303
        assert day.read()["balance_min"] == 195

    def test_what_changed_meanwhile_is_shown_and_nothing_is_decided(self, rig: ConsoleRig, day: Day) -> None:
        day.served()
        record, prosecutor = record_of(day), rig.as_role("prosecutor")

        answer = prosecutor.post(
            f"{SESSIONS}/{record}/steps", action="credit", base="0" * 64, credited_min="195"
        )

        assert answer.status_code == 409
        assert day.read()["balance_min"] == 0


class TestBulkCredit:
    """Several at once only where nothing is doubtful, each listed and each with a step of its own."""

    def test_a_doubtless_session_is_credited(self, rig: ConsoleRig, day: Day) -> None:
        doubtless(day)
        prosecutor = rig.as_role("prosecutor")
        pins = pins_of(prosecutor)
        with rig.working():
            answer = prosecutor.post("/console/supervision/bulk-credit", session=pins[0])
        rig.centre.work()

        assert (len(pins), answer.status_code) == (1, 200)
        assert day.read()["balance_min"] == 195
        assert pins_of(prosecutor) == []

    def test_one_with_a_doubt_is_not_offered(self, rig: ConsoleRig, day: Day) -> None:
        day.own("in", "14:05")
        day.own("out", "17:32")
        day.seen("sup_confirm", "17:40", rating=5)

        assert day.flags() == {"confirmed_unseen"}
        assert listed(rig.as_role("prosecutor")) == [record_of(day)]
        assert pins_of(rig.as_role("prosecutor")) == []

    def test_what_changed_since_it_was_looked_at_is_left_out(self, rig: ConsoleRig, day: Day) -> None:
        came = doubtless(day)
        prosecutor = rig.as_role("prosecutor")
        (pin,) = pins_of(prosecutor)
        day.seen("sup_deny", "18:40", about=came["hash"], reason="核对后发现不符")
        day.read()

        answer = prosecutor.post("/console/supervision/bulk-credit", session=pin)

        assert answer.status_code == 409
        assert "没有核定" in answer.text
        assert day.read()["balance_min"] == 0

    def test_none_ticked_is_said(self, rig: ConsoleRig, day: Day) -> None:
        doubtless(day)

        assert rig.as_role("prosecutor").post("/console/supervision/bulk-credit").status_code == 422

    def test_who_confirmed_is_offered_none(self, rig: ConsoleRig, day: Day) -> None:
        both = supervising(rig, day)
        doubtless(day)

        assert len(pins_of(rig.as_role("prosecutor"))) == 1
        assert pins_of(both) == []


def doubtless(day: Day):  # type: ignore[no-untyped-def]
    """A session without any doubt: at the level where the supervisor's word is enough."""
    came = day.served()
    day.read()
    return came


def pins_of(browser: Browser) -> list[str]:
    return re.findall(r'name="session" value="([^"]+)"', browser.text("/console/supervision/bulk-credit"))


def supervising(rig: ConsoleRig, day: Day) -> Browser:
    """Return township staff who also stands at the tablet, and lets nobody else stand there."""
    both = rig.as_role("township_staff")
    rig.centre.services.directory.add_grant(both.member, "supervisor", day.station, ago(days=90))
    day.tablet.log.author = both.member
    return both

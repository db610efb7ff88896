"""Devices, members and stations at the desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from server.records.station_code import matches
from tests.support.console_rig import ConsoleRig
from tests.support.entries import TOWNSHIP


class TestEnrolment:
    """A one-time code, as QR and as digits (DESIGN 8)."""

    def test_the_code_that_is_shown_enrols_a_phone_of_that_member(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")

        page = clerk.post("/console/devices/enrol", member=ids.phone.member, replaces="").text

        link = re.findall(r'href="(http://localhost:8000/app/enrol#code=\d{10})"', page)[0]
        assert "<svg" in page
        assert "<path" in page
        code = link[-10:]
        assert f"{code[:5]} {code[5:]}" in page
        enrolment = rig.centre.services.enrolment
        from server.records.signing import SigningKey

        keys = [SigningKey.generate().public_jwk() for _ in range(2)]
        device = enrolment.redeem(code, sign_key=keys[0], agree_key=keys[1], label="", app="")
        assert device.member == ids.phone.member

    def test_a_code_cannot_be_made_for_nobody(self, rig: ConsoleRig):
        answer = rig.as_role("intake_clerk").post("/console/devices/enrol", member="m0", replaces="")

        assert answer.status_code == 422
        assert "没有这个成员" in answer.text


class TestRevocation:
    """A device is revoked from a moment, with a reason that the audit keeps."""

    def test_revoking_needs_a_reason_and_a_time_that_has_been(self, rig: ConsoleRig, ids):
        officer = rig.as_role("security_officer")
        path = f"/console/devices/{ids.phone.device}/revoke"
        tomorrow = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

        assert officer.post(path, at="", reason="").status_code == 422
        assert officer.post(path, at=tomorrow, reason="手机丢失").status_code == 422
        device = rig.centre.services.directory.device(ids.phone.device)
        assert device is not None
        assert device.revoked_at is None

    def test_a_lost_phone_is_revoked_from_the_time_of_its_loss(self, rig: ConsoleRig, ids):
        officer = rig.as_role("security_officer")

        answer = officer.post(
            f"/console/devices/{ids.phone.device}/revoke", at="2026-11-01T08:30", reason="手机丢失"
        )

        device = rig.centre.services.directory.device(ids.phone.device)
        assert answer.status_code == 303
        assert device is not None
        assert (device.revoked_at, device.revoked_by) == ("2026-11-01T00:30:00.000Z", officer.member)
        row = next(row for row in rig.centre.services.audit.rows() if row.kind == "device_revoked")
        assert row.params["reason"] == "手机丢失"


class TestMembers:
    """Roles are given from a day to a day, by those who may give them."""

    def test_a_clerk_adds_township_staff_with_a_login(self, rig: ConsoleRig, ids):
        rig.centre.desk("code_table", _townships())
        rig.centre.work()
        clerk = rig.as_role("intake_clerk")

        answer = clerk.post(
            "/console/members/new",
            name="李某",
            login="li",
            password="a long password",
            role="township_staff",
            township=TOWNSHIP,
            valid_to="2099-12-31",
        )

        assert answer.status_code == 303, answer.text
        member = answer.location.rpartition("/")[2]
        grant = rig.centre.services.directory.grants(member)[0]
        assert (grant.role, grant.scope) == ("township_staff", f"township:{TOWNSHIP}")
        assert grant.valid_to == "2099-12-31T16:00:00.000Z"
        assert "李某" in clerk.text(answer.location)

    def test_a_clerk_cannot_make_a_prosecutor(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")

        answer = clerk.post(f"/console/members/{clerk.member}/grants", role="prosecutor")

        assert answer.status_code == 422
        assert [grant.role for grant in rig.centre.services.directory.grants(clerk.member)] == [
            "intake_clerk"
        ]

    def test_the_chief_ends_a_grant(self, rig: ConsoleRig, ids):
        chief, clerk = rig.as_role("chief_procurator"), rig.as_role("intake_clerk")
        grant = rig.centre.services.directory.grants(clerk.member)[0]

        answer = chief.post(f"/console/members/{clerk.member}/grants/{grant.id}/end")

        assert answer.status_code == 303
        assert clerk.get("/console/leads").status_code == 403

    def test_reading_names_is_written_down(self, rig: ConsoleRig, ids):
        clerk = rig.as_role("intake_clerk")

        assert "张某" in clerk.text("/console/members")

        rows = rig.centre.services.audit.rows(limit=3)
        assert ("names_read", clerk.member) in [(row.kind, row.actor) for row in rows]

    def test_names_beside_devices_are_written_down_too(self, rig: ConsoleRig, ids):
        clerk, device = rig.as_role("intake_clerk"), ids.phone.device
        for path in ("/console/devices", f"/console/devices/{device}", "/console/devices/enrol"):
            assert "张某" in clerk.text(path)

        found = [(row.actor, row.about) for row in rig.centre.services.audit.rows(limit=20)]
        for about in ("devices page 1", device, "members to enrol"):
            assert (clerk.member, about) in found


class TestStations:
    """A supervisor shows the code of the minute at the own station."""

    def test_the_code_on_the_page_is_right_for_this_minute(self, rig: ConsoleRig, ids):
        supervisor = rig.as_role("supervisor", ids.station)

        page = supervisor.text(f"/console/stations/{ids.station}/code")

        shown = re.findall(r'class="station-code">(\d{3}) (\d{3})<', page)[0]
        secret = rig.centre.services.key_ring.station_secret(ids.station)
        assert matches(secret, "".join(shown), datetime.now(UTC))

    def test_two_stations_have_two_secrets(self, rig: ConsoleRig):
        ring = rig.centre.services.key_ring

        assert ring.station_secret("station:a") != ring.station_secret("station:b")

    def test_a_supervisor_confirms_by_display_code(self, rig: ConsoleRig, ids):
        supervisor = rig.as_role("supervisor", ids.station)
        path = f"/console/check-events/{ids.check_event}"
        page = supervisor.text(path)
        base = re.findall(r'name="base" value="([0-9a-f]+)"', page)[0]
        assert "在范围内" in page
        assert "相距 14 米，范围 200 米" in page

        with rig.working():
            answer = supervisor.post(f"{path}/steps", action="confirm", base=base)

        assert answer.status_code == 303
        assert "已确认" in supervisor.text(path)

    def test_a_question_needs_a_reason(self, rig: ConsoleRig, ids):
        supervisor = rig.as_role("supervisor", ids.station)
        path = f"/console/check-events/{ids.check_event}"
        base = re.findall(r'name="base" value="([0-9a-f]+)"', supervisor.text(path))[0]

        answer = supervisor.post(f"{path}/steps", htmx=True, action="question", base=base, reason="")

        assert answer.status_code == 422
        assert 'id="question-reason-wrong"' in answer.text


class TestDashboard:
    """Every number is a link to its records."""

    def test_each_figure_leads_to_as_many_rows_as_it_says(self, rig: ConsoleRig, ids):
        prosecutor = rig.as_role("prosecutor")
        page = prosecutor.text("/console/dashboard")

        figures = re.findall(r'<span class="value"><a href="([^"]+)"[^>]*>(\d+)</a>', page)

        assert len(figures) == 11
        for href, number in figures:
            rows = prosecutor.text(href.replace("&amp;", "&")).count("<tr id=")
            rows = rows or prosecutor.text(href.replace("&amp;", "&")).count("<tr data-id=")
            assert rows == int(number), href


def _townships() -> dict[str, object]:
    return {
        "table": "township",
        "version": 2024,
        "valid_from": "2024-01-01",
        "codes": [{"code": TOWNSHIP, "zh": "祝阿镇", "en": "Zhu'a"}],
    }

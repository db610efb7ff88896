"""A station's tablets at the desk: codes, PINs, the secret (ARCHITECTURE, "Service at stations")."""

from __future__ import annotations

import re

import pytest

from server.identity.tablets import station_of
from server.records.signing import SigningKey
from tests.support.console_rig import ConsoleRig
from tests.support.entries import ago


@pytest.fixture
def place(rig: ConsoleRig, ids) -> str:
    return f"/console/tablets/{ids.station}"


def enrolled(rig: ConsoleRig, page: str):
    code = re.findall(r"/app/enrol#code=(\d{10})", page)[0]
    keys = [SigningKey.generate().public_jwk() for _ in range(2)]
    return rig.centre.services.enrolment.redeem(code, sign_key=keys[0], agree_key=keys[1], label="", app="")


class TestTablets:
    def test_the_code_that_is_shown_makes_a_tablet_of_the_station(self, rig: ConsoleRig, ids, place):
        page = rig.as_role("intake_clerk").post(f"{place}/tablet-code").text

        tablet = enrolled(rig, page)

        assert "<svg" in page
        assert station_of(rig.centre.services.directory, tablet) == ids.station
        assert tablet.id[-6:] in rig.as_role("security_officer").text(place)

    def test_a_person_who_supervises_there_gets_a_code(self, rig: ConsoleRig, ids, place):
        centre = rig.centre
        member = centre.member(("supervisor", ids.station))
        tablet = enrolled(rig, rig.as_role("intake_clerk").post(f"{place}/tablet-code").text)

        page = rig.as_role("intake_clerk").post(f"{place}/operator-code", member=member).text

        first, second = re.findall(r'id="operator-code">(\d{5}) (\d{5})<', page)[0]
        assert centre.services.enrolment.begin_operator(first + second, tablet) == member
        assert "张某" in rig.as_role("intake_clerk").text(place)

    def test_nobody_else_does(self, rig: ConsoleRig, place):
        stranger = rig.centre.member(("supervisor", "station:" + "0" * 26))

        answer = rig.as_role("intake_clerk").post(f"{place}/operator-code", member=stranger)

        assert answer.status_code == 422
        assert "不是该站点的督导员" in answer.text

    def test_the_officer_sees_no_names(self, rig: ConsoleRig, ids, place):
        member = rig.centre.member(("supervisor", ids.station))

        page = rig.as_role("security_officer").text(place)

        assert member in page
        assert "张某" not in page

    def test_replacing_the_secret_needs_a_reason(self, rig: ConsoleRig, ids, place):
        officer, secrets = rig.as_role("security_officer"), rig.centre.services.directory.station_secrets

        assert officer.post(f"{place}/secret", at="", reason="").status_code == 422
        assert secrets.current(ids.station).number == 1
        assert officer.post(f"{place}/secret", at="2026-11-01T08:30", reason="平板被借走").status_code == 303

        lost = secrets.all_of(ids.station)[0].lost_at
        assert lost is not None
        assert lost.isoformat() == "2026-11-01T00:30:00+00:00"
        assert "现用第 2 号密钥" in officer.text(place)

    def test_revoking_a_tablet_replaces_the_secret(self, rig: ConsoleRig, ids, place):
        tablet = enrolled(rig, rig.as_role("intake_clerk").post(f"{place}/tablet-code").text)
        officer = rig.as_role("security_officer")

        officer.post(f"/console/devices/{tablet.id}/revoke", at="", reason="平板丢失")

        assert rig.centre.services.directory.station_secrets.current(ids.station).number == 2
        assert tablet.id[-6:] not in officer.text(place)

    def test_a_tablet_is_its_stations_and_no_code_for_a_phone_replaces_it(self, rig: ConsoleRig, ids, place):
        officer = rig.as_role("security_officer")
        tablet = enrolled(rig, officer.post(f"{place}/tablet-code").text)

        page = officer.text(f"/console/devices/{tablet.id}")
        answer = officer.post("/console/devices/enrol", member=officer.member, replaces=tablet.id)

        assert "祝阿镇公益服务站" in page
        assert "/console/devices/enrol?" not in page
        assert answer.status_code == 422
        assert not rig.centre.services.directory.device(tablet.id).is_revoked

    def test_a_pin_is_reset_by_an_order_to_the_tablet(self, rig: ConsoleRig, ids, place):
        directory = rig.centre.services.directory
        member = directory.add_member("赵督导").id
        directory.add_grant(member, "supervisor", ids.station, ago(days=3))
        clerk = rig.as_role("intake_clerk")
        tablet = enrolled(rig, clerk.post(f"{place}/tablet-code").text)
        directory.add_operator(tablet.id, member)

        assert clerk.post(f"{place}/{tablet.id}/reset-pin", member="m0").status_code == 404
        assert clerk.post(f"{place}/{tablet.id}/reset-pin", member=member).status_code == 303

        order = directory.device(tablet.id).orders[-1]
        assert (order["kind"], order["member"]) == ("reset_pin", member)

    def test_a_prosecutor_looks_and_changes_nothing(self, rig: ConsoleRig, place):
        prosecutor = rig.as_role("prosecutor")

        assert "登记站点平板" not in prosecutor.text(place)
        for path in ("tablet-code", "operator-code", "secret"):
            assert prosecutor.post(f"{place}/{path}").status_code == 403

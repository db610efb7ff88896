"""A tablet and the persons at it, over HTTP (ARCHITECTURE, "Service at stations")."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from server.identity.tablets import reset_pin, revoke_device
from tests.support.gateway_rig import LONG_AGO, Phone, dump

STATION = "station:" + "0" * 26


@pytest.fixture
def tablet(app, services) -> Phone:
    one = Phone(app, services, "m-nobody")
    answer = one.enrol(services.enrolment.make_tablet_code(STATION, by="system").code)
    assert answer.status_code == 201
    one.welcome = answer.get_json()  # type: ignore[attr-defined]
    return one


@pytest.fixture
def supervisor(services) -> str:
    member = services.directory.add_member("赵督导").id
    services.directory.add_grant(member, "supervisor", STATION, LONG_AGO)
    return member


def begin(device: Phone, code: str):
    return device.client.post("/sync/operator", json={"code": code})


class TestEnrolling:
    def test_the_tablet_is_told_what_it_is(self, tablet):
        told = {name: tablet.welcome[name] for name in ("kind", "member", "display_name", "roles")}

        assert told == {
            "kind": "tablet",
            "member": tablet.id,
            "display_name": "",
            "roles": [{"role": "supervisor", "scope": STATION}],
        }

    def test_its_state_names_station_feeds_and_the_sealed_secret(self, tablet):
        state = tablet.state().get_json()

        (order,) = state["orders"]
        assert state["station"] == {"id": STATION, "operators": []}
        assert state["member"] == {"roles": [{"role": "supervisor", "scope": STATION}], "revoked": False}
        assert (order["kind"], order["number"], set(order["sealed"])) == (
            "new_secret",
            1,
            {"key", "nonce", "text"},
        )

    def test_a_phones_state_says_nothing_of_a_station(self, phone):
        assert "station" not in phone.state().get_json()


class TestBeginning:
    def test_a_persons_code_lets_them_begin(self, tablet, services, supervisor):
        code = services.enrolment.make_operator_code(supervisor, STATION, by="system").code

        answer = begin(tablet, code)

        person = {"member": supervisor, "display_name": "赵督导"}
        assert (answer.status_code, answer.get_json()) == (200, person)
        assert tablet.state().get_json()["station"]["operators"] == [person]
        kinds = [row.kind for row in services.audit.rows(limit=2)]
        assert "operator_began" in kinds

    def test_codes_that_are_wrong_are_refused_and_counted(self, tablet):
        answers = [begin(tablet, "0000000000").status_code for _ in range(21)]

        assert answers == [403] * 20 + [429]

    def test_a_phone_is_no_tablet(self, phone, services, supervisor):
        code = services.enrolment.make_operator_code(supervisor, STATION, by="system").code
        before = dump(services)

        assert begin(phone, code).status_code == 403
        assert dump(services) == before

    def test_without_a_session_nobody_begins(self, app):
        answer = app.test_client().post("/sync/operator", json={"code": "0000000000"})

        assert answer.status_code == 401

    def test_a_revoked_tablet_has_no_operators_and_begins_none(self, tablet, services, supervisor):
        codes = [services.enrolment.make_operator_code(supervisor, STATION, by="system").code for _ in "ab"]
        assert begin(tablet, codes[0]).status_code == 200

        revoke_device(services.directory, tablet.id, datetime.now(UTC), "system")

        assert tablet.state().get_json()["station"]["operators"] == []
        assert begin(tablet, codes[1]).status_code == 401


class TestOrders:
    def test_a_reset_names_whose_pin_is_forgotten(self, tablet, services, supervisor):
        reset_pin(services.directory, services.directory.device(tablet.id), supervisor)

        order = tablet.state().get_json()["orders"][-1]
        assert (order["kind"], order["member"], order["device"]) == ("reset_pin", supervisor, tablet.id)

    def test_no_answer_holds_the_secret(self, tablet, services):
        secret = services.directory.station_secrets.current(STATION).key

        assert secret.hex() not in json.dumps(tablet.state().get_json())

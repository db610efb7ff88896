"""Devices enrol by a one-time code and sign in by their key; what they lose by revocation."""

from __future__ import annotations

import threading
import time

import pytest
from werkzeug.test import TestResponse

from server.gateway.rates import Crowd, Rate
from server.opening import open_services
from server.settings import Settings
from tests.support.gateway_rig import LONG_AGO, Phone, volunteer


class TestEnrolment:
    """DESIGN 7; ARCHITECTURE, Contracts, `POST /sync/enrol`."""

    def test_the_answer_tells_who_the_phone_is_now(self, app, services):
        phone = Phone(app, services, volunteer(services, "王志愿"))

        answer = phone.enrol()

        told = answer.get_json()
        assert answer.status_code == 201
        assert told["member"] == phone.member
        assert told["display_name"] == "王志愿"
        assert told["roles"] == [{"role": "volunteer", "scope": "self"}]
        assert told["server_key"] == services.server_key.public_jwk
        assert told["epoch"] == services.epoch
        assert phone.state().status_code == 200

    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self, app, services):
        cookie = Phone(app, services, volunteer(services)).enrol().headers["Set-Cookie"]

        assert cookie.startswith("__Host-device=")
        for attribute in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
            assert attribute in cookie
        assert "Domain" not in cookie

    def test_a_code_enrols_one_phone(self, app, services):
        member = volunteer(services)
        code = services.enrolment.make_code(member, by="system").code
        assert Phone(app, services, member).enrol(code).status_code == 201

        second = Phone(app, services, member).enrol(code)

        assert (second.status_code, second.get_json()["reason"]) == (403, "code_refused")
        assert len(services.directory.devices(member)) == 1

    def test_a_lost_answer_can_be_asked_for_again_with_the_same_keys(self, app, services):
        phone = Phone(app, services, volunteer(services))
        code = services.enrolment.make_code(phone.member, by="system").code
        first = phone.enrol(code).get_json()["device"]

        assert phone.enrol(code).get_json()["device"] == first
        assert len(services.directory.devices(phone.member)) == 1

    def test_a_wrong_code_is_refused_and_after_twenty_the_address_waits(self, app, services):
        phone = Phone(app, services, volunteer(services))

        statuses = [phone.enrol(f"{n:010}").status_code for n in range(21)]

        assert statuses == [403] * 20 + [429]
        retry = phone.enrol("0000000000").headers["Retry-After"]
        assert 0 < int(retry) <= 900

    def test_keys_that_are_not_public_p256_keys_are_refused_and_the_code_stays_good(
        self, phone, app, services
    ):
        fresh = Phone(app, services, phone.member)
        code = services.enrolment.make_code(phone.member, by="system").code
        good = fresh.enrolment(code)
        off_curve = {**good["sign_key"], "y": good["sign_key"]["x"]}
        for key in (off_curve, {**good["sign_key"], "d": "AA"}, "text", None, good["agree_key"]):
            answer = fresh.client.post("/sync/enrol", json={**good, "sign_key": key})
            assert (answer.status_code, answer.get_json()["reason"]) == (400, "keys_refused")

        assert fresh.enrol(code).status_code == 201

    def test_a_form_cannot_enrol(self, app, services):
        answer = app.test_client().post("/sync/enrol", data={"code": "1"})

        assert answer.status_code == 415


class TestSignIn:
    def test_a_signed_challenge_gives_a_new_session(self, phone, app):
        phone.client = app.test_client()
        assert phone.state().status_code == 401

        assert phone.sign_in().status_code == 200
        assert phone.state().status_code == 200

    def test_a_challenge_counts_once(self, phone):
        challenge = phone.client.post("/sync/challenge", json={"device": phone.id}).get_json()["challenge"]
        signature = phone.key.sign(f"liandong-session:{challenge}".encode())
        body = {"device": phone.id, "challenge": challenge, "sig": signature}

        answers = [phone.client.post("/sync/session", json=body).status_code for _ in range(2)]

        assert answers == [200, 401]

    def test_unknown_devices_get_a_challenge_and_the_same_refusal(self, phone, other):
        nobody = "d01hzzzzzzzzzzzzzzzzzzzzzzz"
        answers = []
        for device in (phone.id, nobody):
            asked = phone.client.post("/sync/challenge", json={"device": device})
            challenge = asked.get_json()["challenge"]
            signature = other.key.sign(f"liandong-session:{challenge}".encode())
            body = {"device": device, "challenge": challenge, "sig": signature}
            refused = phone.client.post("/sync/session", json=body)
            answers.append((asked.status_code, refused.status_code, refused.data))

        assert answers[0] == answers[1]
        assert answers[0][1] == 401

    @pytest.mark.parametrize("challenge", ["", "x", "1.a.b", "９９９.a.b", "...", "99999999999999999999.a.b"])
    def test_an_invented_challenge_is_refused(self, phone, challenge):
        signature = phone.key.sign(f"liandong-session:{challenge}".encode())
        body = {"device": phone.id, "challenge": challenge, "sig": signature}

        assert phone.client.post("/sync/session", json=body).status_code == 401

    def test_after_signing_out_the_cookie_is_worth_nothing(self, phone, app):
        cookie = phone.client.get_cookie("__Host-device")
        assert cookie is not None

        assert phone.client.delete("/sync/session").status_code == 204

        stale = app.test_client().get("/sync/state", headers={"Cookie": f"__Host-device={cookie.value}"})
        assert (stale.status_code, stale.get_json()["reason"]) == (401, "no_session")

    def test_the_directory_knows_when_and_with_what_build_a_device_was_heard_of(self, phone, services):
        phone.state(Liandong_App="build-2")

        device = services.directory.device(phone.id)
        assert device is not None
        assert device.last_contact_at is not None
        assert device.app == "build-2"


class TestRevocation:
    """DESIGN 2; ATTACKS 7.3."""

    def test_everything_but_sign_in_state_and_appending_is_401_revoked(self, phone, services):
        feed = f"catalog-{services.epoch}"
        services.couch.ensure(feed)
        assert phone.client.get(f"/db/{feed}/_changes").status_code == 200
        phone.revoke()

        for path in (f"/db/{feed}/_changes", f"/db/{feed}/a", "/db/_all_dbs", "/db/logs/_changes"):
            answer = phone.client.get(path)
            assert (answer.status_code, answer.get_json()["reason"]) == (401, "revoked"), path
        assert phone.sign_in().status_code == 200
        assert phone.state().status_code == 200

    def test_a_revocation_by_another_process_counts_within_five_seconds(self, phone, tmp_path):
        assert phone.client.get("/db/logs").status_code == 403
        elsewhere = open_services(Settings(data=tmp_path))
        elsewhere.directory.revoke_device(phone.id, LONG_AGO, "system")
        elsewhere.couch.close()

        deadline = time.monotonic() + 5
        while phone.client.get("/db/logs").status_code != 401:
            assert time.monotonic() < deadline
            time.sleep(0.05)

        assert phone.client.get("/db/logs").get_json()["reason"] == "revoked"

    def test_an_open_feed_is_closed_within_five_seconds(self, phone, services):
        feed = f"catalog-{services.epoch}"
        services.couch.ensure(feed)
        answers: list[TestResponse] = []

        def follow() -> None:
            path = f"/db/{feed}/_changes?feed=longpoll&since=now&timeout=30000"
            answers.append(phone.client.get(path, buffered=True))

        thread = threading.Thread(target=follow)
        thread.start()
        time.sleep(0.3)  # so that it waits
        began = time.monotonic()
        phone.revoke()
        thread.join(20)

        assert time.monotonic() - began < 5
        assert answers[0].get_json()["results"] == []
        assert phone.client.get(f"/db/{feed}/_changes").get_json()["reason"] == "revoked"


class TestRates:
    def test_a_burst_is_taken_then_so_many_a_second(self):
        clock = [0.0]
        rate = Rate(burst=3, per_s=2, clock=lambda: clock[0])
        for _ in range(3):
            rate.take("a")

        with pytest.raises(Exception, match="too many requests"):
            rate.take("a")
        rate.take("b")
        clock[0] = 0.5
        rate.take("a")

    def test_a_crowd_is_bounded_for_each_and_in_all(self):
        crowd = Crowd(per_key=1, in_all=2)
        with crowd.joined("a"), crowd.joined("b"):
            for key in ("a", "c"):
                with pytest.raises(Exception, match="too many requests"), crowd.joined(key):
                    pass
        assert crowd.size == 0

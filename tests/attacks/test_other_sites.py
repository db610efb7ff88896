"""ATTACKS 7, cases 38, 42 to 44, 49 and 56: what another site or a forged header tries."""

from __future__ import annotations

import pytest

from server.gateway.security import CSP, is_own_host
from server.records.signing import SigningKey
from server.settings import Settings
from tests.support.gateway_rig import dump

FOREIGN = {"Origin": "https://evil.example"}


class TestHeaders:
    """ATTACKS 4; DESIGN 8: CSP without inline script or eval."""

    def test_every_answer_carries_them_errors_too(self, phone, app):
        for answer in (phone.state(), app.test_client().get("/sync/state"), phone.client.get("/db/_up")):
            headers = answer.headers
            assert headers["Content-Security-Policy"] == CSP
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Cache-Control"] == "no-store"
            assert not [name for name, _ in headers if name.startswith("Access-Control")]

    def test_the_policy_lets_nothing_run_that_is_not_a_file_of_ours(self):
        assert "default-src 'none'" in CSP
        assert "script-src 'self';" in CSP
        assert "frame-ancestors 'none'" in CSP
        assert "require-trusted-types-for 'script'" in CSP
        assert "unsafe" not in CSP
        assert "http" not in CSP


class TestForgedRequests:
    @pytest.mark.parametrize(
        "content_type", ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""]
    )
    def test_42_what_a_form_can_send_is_no_push(self, phone, services, content_type):
        before = dump(services)

        for path in ("/db/logs/_bulk_docs", "/sync/enrol", "/sync/challenge", "/sync/session"):
            answer = phone.client.post(path, data=b'{"docs":[]}', content_type=content_type)
            assert answer.status_code == 415, path
        assert dump(services) == before

    @pytest.mark.parametrize(
        "headers",
        [
            FOREIGN,
            {"Origin": "null"},
            {"Origin": "http://localhost.evil.example"},
            {"Origin": "http://localhost:81"},
            {"Origin": "https://localhost"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        ],
        ids=str,
    )
    def test_43_44_a_write_that_another_site_asks_for_is_403(self, phone, services, headers):
        row, before = phone.note(), dump(services)

        answer = phone.client.post("/db/logs/_bulk_docs", json={"docs": [row]}, headers=headers)

        assert answer.status_code == 403
        assert dump(services) == before

    def test_43_a_preflight_is_403_and_allows_nothing(self, phone):
        asked = {"Access-Control-Request-Method": "POST"} | FOREIGN
        for path in ("/db/logs/_bulk_docs", "/sync/state", "/db/logs"):
            answer = phone.client.options(path, headers=asked)
            assert answer.status_code == 403
            assert "Access-Control-Allow-Origin" not in answer.headers

    def test_43_a_read_by_another_sites_script_is_403(self, phone):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}

        assert phone.client.get("/sync/state", headers=headers).status_code == 403

    def test_our_own_page_may_write(self, phone):
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

        answer = phone.client.post("/db/logs/_bulk_docs", json={"docs": [phone.note()]}, headers=headers)

        assert answer.get_json()[0]["ok"] is True

    def test_38_only_the_one_script_is_served_to_a_worker(self, phone):
        for path in ("/sync/state", "/db/_up", "/anything.js"):
            assert phone.client.get(path, headers={"Service-Worker": "script"}).status_code == 403


class TestSpoofedHeaders:
    def test_49_forwarded_headers_change_neither_address_nor_host_nor_scheme(self, app, services):
        spoofed = {
            "X-Forwarded-For": "10.0.0.1",
            "Forwarded": "for=10.0.0.1",
            "X-Forwarded-Host": "evil.example",
            "X-Auth-CouchDB-UserName": "admin",
            "X-Auth-CouchDB-Roles": "_admin",
        }
        client = app.test_client()
        assert client.get("/db/_all_dbs", headers=spoofed).status_code == 401
        statuses = [
            client.post(
                "/sync/enrol",
                json=_enrolment(services, f"{n:010}"),
                headers={**spoofed, "X-Forwarded-For": f"10.0.0.{n}"},
            ).status_code
            for n in range(21)
        ]

        assert statuses == [403] * 20 + [429]

    def test_49_another_name_for_this_address_is_refused(self, phone):
        for host in ("evil.example", "localhost.evil.example", "", "a b"):
            assert phone.client.get("/db/_up", headers={"Host": host}).status_code == 400, host
        assert phone.client.get("/db/_up", headers={"Host": "127.0.0.1:8000"}).status_code == 200

    def test_49_a_trial_in_a_local_network_takes_addresses_but_no_names(self):
        everywhere = Settings(host="0.0.0.0")
        named = Settings(host="0.0.0.0", public_url="https://liandong.example")

        names = ("192.168.1.7", "localhost", "evil.example", "liandong.example")
        assert [is_own_host(everywhere, name) for name in names] == [True, True, False, False]
        assert [is_own_host(named, name) for name in names] == [False, True, False, True]

    def test_56_neither_callbacks_nor_method_overrides_have_an_effect(self, phone, services):
        services.couch.ensure(f"catalog-{services.epoch}").bulk_docs([{"_id": "a"}])
        before = dump(services)
        path = f"/db/catalog-{services.epoch}/a"

        jsonp = phone.client.get(f"{path}?callback=alert")
        assert jsonp.mimetype == "application/json"
        assert b"alert" not in jsonp.data
        for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            assert phone.client.get(path, headers={header: "DELETE"}).status_code == 200
        assert phone.client.get(f"{path}?_method=DELETE").status_code in {200, 400}
        assert dump(services) == before


def _enrolment(services, code):
    keys = [SigningKey.generate().public_jwk() for _ in range(2)]
    return {"code": code, "sign_key": keys[0], "agree_key": keys[1], "label": "", "app": "x"}

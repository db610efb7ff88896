"""ATTACKS 7, cases 1 to 5: nothing is reached without a session, and a session only by its cookie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from server.identity.device_sessions import COOKIE, DeviceSessions
from tests.support.gateway_rig import dump

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "COPY")
OPEN_PATHS = {
    ("POST", "/sync/enrol"),
    ("POST", "/sync/challenge"),
    ("POST", "/sync/session"),
    ("DELETE", "/sync/session"),
}
DATABASE_PATHS = ["/db/logs", "/db/logs/_bulk_docs", "/db/central/lead:x", "/db/_all_dbs", "/db/x/_changes"]


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every route and method of the gateway, and some paths below `/db`."""
    known = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if "<" not in rule.rule and method != "OPTIONS" and not rule.rule.startswith("/db")
    ]
    return known + [(method, path) for path in DATABASE_PATHS for method in METHODS]


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        f"{COOKIE}=garbage",
        f"{COOKIE}=",
        f"{COOKIE}=%00%ff",
        'x="',
        f"{COOKIE}=\ud83d".encode("utf-8", "replace").decode(),
    ],
    ids=["none", "garbage", "empty", "escapes", "malformed", "not latin"],
)
def test_1_2_without_a_good_token_every_route_is_401_and_stores_nothing(app, services, victim, cookie):
    before, client = dump(services), app.test_client(use_cookies=False)
    headers = {"Cookie": cookie} if cookie is not None else {}

    for method, path in routes(app):
        if (method, path) in OPEN_PATHS:
            continue
        answer = client.open(path, method=method, headers=headers, json={"docs": [{"_id": "a"}]})
        assert answer.status_code == 401, (method, path, answer.data)
        if method != "HEAD":
            assert answer.get_json().keys() <= {"error", "reason"}, (method, path)
            assert answer.get_json()["error"] == "unauthorized"

    assert dump(services) == before


def test_4_a_token_ends_by_the_servers_clock_whatever_the_devices_says(app, services, phone):
    cookie = phone.client.get_cookie(COOKIE)
    later = DeviceSessions(services.directory, clock=lambda: datetime.now(UTC) + timedelta(days=15))

    assert later.device(cookie.value) is None
    assert services.device_sessions.device(cookie.value).id == phone.id


def test_4_a_token_ends_for_good_after_ninety_days_of_use(services, phone):
    token, start = phone.client.get_cookie(COOKIE).value, datetime.now(UTC)
    alive = [
        day
        for day in range(0, 100, 5)
        if DeviceSessions(services.directory, clock=lambda day=day: start + timedelta(days=day)).device(token)
    ]

    assert alive == list(range(0, 90, 5))


def test_5_a_token_in_the_query_or_another_header_is_ignored(app, phone):
    token = phone.client.get_cookie(COOKIE).value
    client = app.test_client(use_cookies=False)

    for path in (f"/sync/state?{COOKIE}={token}", f"/sync/state?token={token}"):
        assert client.get(path).status_code == 401
    for header in ("Authorization", "X-Auth-CouchDB-Token", "X-Auth-CouchDB-UserName"):
        assert client.get("/sync/state", headers={header: f"Bearer {token}"}).status_code == 401


def test_5_a_console_cookie_is_no_device_cookie(app, services, phone):
    member = services.directory.add_member("王检察官", login="wang", password="reed-heron-dyke")
    token, _ = services.console_sessions.sign_in("wang", "reed-heron-dyke", address="127.0.0.1")
    client = app.test_client(use_cookies=False)

    headers = {"Cookie": f"{COOKIE}={token}; __Host-console={token}"}
    assert client.get("/sync/state", headers=headers).status_code == 401
    assert services.console_sessions.session(phone.client.get_cookie(COOKIE).value) is None
    assert member.has_login is True

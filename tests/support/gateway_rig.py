"""The gateway as the application mounts it, on a real engine, and a phone that speaks with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.demo.device_log import DeviceLog
from server.errors import register_errors
from server.gateway.register import register_gateway
from server.opening import open_services
from server.records.names import new_record_id
from server.records.signing import SigningKey
from server.services import EXTENSION, Services
from server.settings import Settings

LONG_AGO = datetime.now(UTC) - timedelta(days=400)
APP = "test-build"


@contextmanager
def open_gateway(data: Path, **settings: Any) -> Iterator[tuple[Flask, Services]]:
    """The gateway alone: no pages, and no worker, so that what the door stores stays to be looked at."""
    services = open_services(Settings(data=data, **settings))
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = services.settings.body_limit_bytes * 2
    app.extensions[EXTENSION] = services
    register_errors(app)
    register_gateway(app, services)
    try:
        yield app, services
    finally:
        services.readmodel.close()
        services.couch.close()


class Phone:
    """One device of one member: keys, cookie and log, over HTTP alone once it is enrolled."""

    def __init__(self, app: Flask, services: Services, member: str) -> None:
        self.services = services
        self.member = member
        self.client: FlaskClient = app.test_client()
        self.key, self.agree_key = SigningKey.generate(), SigningKey.generate()
        self.id = ""
        self.feed = ""
        self.log: DeviceLog

    def enrol(self, code: str | None = None) -> TestResponse:
        code = code or self.services.enrolment.make_code(self.member, by="system").code
        answer = self.client.post("/sync/enrol", json=self.enrolment(code))
        if answer.status_code == 201:
            self.id = answer.get_json()["device"]
            self.log = DeviceLog(self.id, self.member, self.key, app=APP)
        return answer

    def enrolment(self, code: str) -> dict[str, Any]:
        keys = {"sign_key": self.key.public_jwk(), "agree_key": self.agree_key.public_jwk()}
        return {"code": code, "label": "测试机", "app": APP} | keys

    def sign_in(self) -> TestResponse:
        challenge = self.client.post("/sync/challenge", json={"device": self.id}).get_json()["challenge"]
        signature = self.key.sign(f"liandong-session:{challenge}".encode())
        body = {"device": self.id, "challenge": challenge, "sig": signature}
        return self.client.post("/sync/session", json=body)

    def note(self, title: str = "堤防外坡被开垦") -> dict[str, Any]:
        """Append an entry to the phone's own log and return its row; the door does not read bodies."""
        return self.log.append(
            new_record_id("lead"), role="volunteer", at=datetime.now(UTC), body={"title": title}
        )

    def push(self, rows: Sequence[Any], **headers: str) -> TestResponse:
        return self.push_bytes(json.dumps({"docs": list(rows)}).encode(), **headers)

    def push_bytes(self, body: bytes, **headers: str) -> TestResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            "/db/logs/_bulk_docs", data=body, headers=names, content_type="application/json"
        )

    def state(self, query: str = "", **headers: str) -> TestResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/sync/state{query}", headers=names)

    def revoke(self, *, days_ago: float = 0) -> None:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        self.services.directory.revoke_device(self.id, at, "system")


def volunteer(services: Services, name: str = "王志愿") -> str:
    member = services.directory.add_member(name)
    services.directory.add_grant(member.id, "volunteer", "self", LONG_AGO)
    return member.id


def dump(services: Services) -> dict[str, Any]:
    """Everything that every database holds, `accounts` apart, to be compared before and after."""
    found: dict[str, Any] = {}
    for name in services.couch.names():
        if name == "accounts":
            continue  # contacts and counters of failures are written by refusals too
        peer = services.couch.open(name)
        rows = [row.doc for row in peer.all_docs(include_docs=True)]
        found[name] = (peer.info().update_seq, rows)
    return found

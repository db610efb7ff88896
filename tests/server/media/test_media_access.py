"""Who asks is found from the real sessions of devices and console (DOMAIN 6; DESIGN 5, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from media_rig import RECORD, photo, promised

from server.identity.devices import Device
from server.media.arrivals import FileRef
from server.media.register import register_media
from server.opening import open_services
from server.records.signing import SigningKey
from server.services import Services
from server.settings import Settings

PHOTO = photo()
CHECK = "check_event:01hxxxxxxxxxxxxxxxxxxxxxxx"
PASSWORD = "reed-heron-dyke-31"
LONG_AGO = datetime.now(UTC) - timedelta(days=30)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    opened = open_services(Settings(data=tmp_path / "data"))
    yield opened
    opened.couch.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    app = Flask(__name__)
    register_media(app, services)
    return app.test_client(use_cookies=False)


def member_with(services: Services, role: str, scope: str = "county", login: str | None = None) -> str:
    member = services.directory.add_member(role, login=login, password=PASSWORD if login else None)
    services.directory.add_grant(member.id, role, scope, LONG_AGO)
    return member.id


def phone_of(services: Services, member: str) -> tuple[Device, dict[str, str]]:
    key = SigningKey.generate().public_jwk()
    device = services.directory.register_device(member=member, sign_key=key, agree_key=None)
    return device, {"Cookie": f"__Host-device={services.device_sessions.begin(device)}"}


def console_of(services: Services, role: str, scope: str = "county") -> dict[str, str]:
    member_with(services, role, scope, login=role)
    token, _member = services.console_sessions.sign_in(role, PASSWORD, address="test")
    return {"Cookie": f"__Host-console={token}"}


def keep_photo(services: Services, device: str, record: str = RECORD) -> None:
    """Put an entry with its verified photo where the door and ingest would have."""
    entry = {"entry": 1, "body": {"media": [promised(PHOTO)]}}
    services.couch.ensure("logs").bulk_docs([{"_id": f"{device}:0000000001", "entry": entry}])
    services.media.intake.keep_bytes(FileRef(device, 1, 1), PHOTO)
    file = {"number": 1, "state": "verified", **promised(PHOTO)}
    services.couch.ensure("central").bulk_docs([{"_id": record, "media": [file]}])


def publish_to(services: Services, audience: str, record: str = RECORD) -> None:
    feed = services.couch.ensure(f"{audience}-{services.epoch}")
    feed.bulk_docs([{"_id": record, "media": [{"number": 1, "state": "verified"}]}])


def own_feed(services: Services, member: str) -> str:
    return f"member-{services.directory.alias('feed', member)}"


class TestDevices:
    def test_a_phone_sees_what_its_members_feed_names_and_another_does_not(self, services, client):
        author = member_with(services, "volunteer", "self")
        device, own = phone_of(services, author)
        _other, others = phone_of(services, member_with(services, "volunteer", "self"))
        keep_photo(services, device.id)
        publish_to(services, own_feed(services, author))

        assert client.get(f"/media/{RECORD}/1", headers=own).status_code == 200
        assert client.get(f"/media/{RECORD}/1", headers=others).status_code == 404

    def test_a_phone_never_opens_an_original(self, services, client):
        author = member_with(services, "volunteer", "self")
        device, own = phone_of(services, author)
        keep_photo(services, device.id)
        publish_to(services, own_feed(services, author))

        assert client.get(f"/media/{RECORD}/1/original", headers=own).status_code == 404

    def test_a_revoked_phone_neither_sends_nor_sees(self, services, client):
        author = member_with(services, "volunteer", "self")
        device, own = phone_of(services, author)
        keep_photo(services, device.id)
        publish_to(services, own_feed(services, author))
        services.directory.revoke_device(device.id, datetime.now(UTC), by="system")

        seen = client.get(f"/media/{RECORD}/1", headers=own)
        sent = client.post("/sync/media/", headers=own | {"Tus-Resumable": "1.0.0", "Upload-Length": "5"})
        assert (seen.status_code, seen.json["reason"]) == (401, "revoked")
        assert (sent.status_code, sent.json["reason"]) == (401, "revoked")

    def test_nobody_signed_in_gets_401_for_everything(self, client):
        tus = {"Tus-Resumable": "1.0.0"}

        assert client.get(f"/media/{RECORD}/1").status_code == 401
        assert client.get(f"/media/{RECORD}/1/original").status_code == 401
        assert client.post("/sync/media/", headers=tus).status_code == 401
        assert client.head("/sync/media/" + "0" * 26, headers=tus).status_code == 401
        assert client.patch("/sync/media/" + "0" * 26, headers=tus).status_code == 401
        assert client.delete("/sync/media/" + "0" * 26, headers=tus).status_code == 401

    def test_announcing_without_end_is_a_429_that_says_when_to_come_again(self, services, client):
        _device, own = phone_of(services, member_with(services, "volunteer", "self"))
        headers = own | {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5",
            "Upload-Metadata": "entry MQ==,number MQ==",
        }

        answers = [client.post("/sync/media/", headers=headers) for _ in range(320)]
        assert answers[0].json["error"] == "entry_missing"
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["Retry-After"]) >= 1


class TestConsole:
    """Roles of the county see photos of their kind of record; each original is written down."""

    @pytest.mark.parametrize(
        ("role", "lead", "check"),
        [
            ("intake_clerk", 200, 404),
            ("prosecutor", 200, 200),
            ("chief_procurator", 200, 200),
            ("security_officer", 404, 404),
            ("auditor", 404, 404),
        ],
    )
    def test_a_role_opens_the_kinds_that_are_its_own(self, services, client, role, lead, check):
        keep_photo(services, "d01hyyyyyyyyyyyyyyyyyyyyyyy")
        keep_photo(services, "d01hzzzzzzzzzzzzzzzzzzzzzzz", record=CHECK)
        signed_in = console_of(services, role)

        assert client.get(f"/media/{RECORD}/1?size=thumb", headers=signed_in).status_code == lead
        assert client.get(f"/media/{RECORD}/1/original", headers=signed_in).status_code == lead
        assert client.get(f"/media/{CHECK}/1?size=thumb", headers=signed_in).status_code == check
        assert client.get(f"/media/{CHECK}/1/original", headers=signed_in).status_code == check

    def test_township_staff_see_copies_of_their_own_township_alone(self, services, client):
        keep_photo(services, "d01hyyyyyyyyyyyyyyyyyyyyyyy")
        signed_in = console_of(services, "township_staff", "township:371425104")
        publish_to(services, "township-371425109")
        assert client.get(f"/media/{RECORD}/1", headers=signed_in).status_code == 404

        publish_to(services, "township-371425104")
        assert client.get(f"/media/{RECORD}/1", headers=signed_in).status_code == 200
        assert client.get(f"/media/{RECORD}/1/original", headers=signed_in).status_code == 404

    def test_a_role_of_one_township_is_no_role_of_the_county(self, services, client):
        keep_photo(services, "d01hyyyyyyyyyyyyyyyyyyyyyyy")
        signed_in = console_of(services, "intake_clerk", "township:371425104")

        assert client.get(f"/media/{RECORD}/1", headers=signed_in).status_code == 404
        assert client.get(f"/media/{RECORD}/1/original", headers=signed_in).status_code == 404

    def test_opening_an_original_is_in_the_audit_with_who_and_what(self, services, client):
        keep_photo(services, "d01hyyyyyyyyyyyyyyyyyyyyyyy")
        signed_in = console_of(services, "prosecutor")
        client.get(f"/media/{RECORD}/1", headers=signed_in)
        assert services.audit.rows() == []

        client.get(f"/media/{RECORD}/1/original", headers=signed_in)
        [row] = services.audit.rows()
        who = services.directory.login("prosecutor")["member"]
        assert (row.kind, row.actor, row.about, row.params) == ("original_opened", who, RECORD, {"number": 1})

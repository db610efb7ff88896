"""The state tells a phone what to do in one small request, and can wait for a change."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.gateway.desk import Desk
from server.identity.device_sessions import SignInRefused
from server.identity.orders import give_order
from server.records.canonical import canonical, sha256_hex
from server.records.signing import is_signed_by
from server.services import Services
from tests.support.gateway_rig import Phone


def put(services: Services, database: str, document: dict[str, Any]) -> None:
    peer = services.couch.ensure(database)
    present = peer.get_many([document["_id"]]).get(document["_id"])
    assert peer.bulk_docs([{**document, **({"_rev": present["_rev"]} if present else {})}])[0].is_ok


def log_document(phone: Phone, through: int, epoch: str) -> dict[str, Any]:
    ack = {"through": through, "head": "ab" * 32, "beyond": [[5, 6]], "entries_seen": through}
    return {"_id": f"log:{phone.id}", "epoch": epoch, **ack}


@contextmanager
def asked_meanwhile(phone: Phone, query: str, **headers: str) -> Iterator[list[TestResponse]]:
    """Ask for the state in a thread of its own, and leave when it has been answered."""
    answers: list[TestResponse] = []
    thread = threading.Thread(target=lambda: answers.append(phone.state(query, **headers)))
    thread.start()
    try:
        yield answers
    finally:
        thread.join(20)


class TestAck:
    """DESIGN 2, "State": nothing is green before the server's own ack."""

    def test_a_log_of_which_the_server_holds_nothing_is_acknowledged_as_empty(self, phone):
        ack = phone.state().get_json()["ack"]

        assert (ack["through"], ack["head"], ack["beyond"]) == (0, None, [])
        assert ack["verdicts"]["rows"] == []

    def test_what_is_stored_and_not_yet_judged_has_no_ack(self, phone):
        phone.push([phone.note()])

        assert phone.state().get_json()["ack"] is None

    def test_the_ack_is_what_ingest_wrote_for_this_epoch(self, phone, services):
        put(services, "central", log_document(phone, 3, services.epoch))

        ack = phone.state().get_json()["ack"]

        assert (ack["through"], ack["head"], ack["beyond"]) == (3, "ab" * 32, [[5, 6]])
        assert "fork" not in ack

    def test_an_ack_of_another_epoch_does_not_count(self, phone, services):
        put(services, "central", log_document(phone, 3, "0" * 12))

        assert phone.state().get_json()["ack"] is None

    def test_a_fork_is_told(self, phone, services):
        put(services, "central", {**log_document(phone, 3, services.epoch), "fork": {"entry": 2}})

        assert phone.state().get_json()["ack"]["fork"] == {"entry": 2}


class TestBeacon:
    """DESIGN 2, "Time"."""

    def test_it_is_signed_by_the_server_key_over_time_and_epoch(self, phone, services):
        beacon = phone.state().get_json()["beacon"]

        assert beacon["epoch"] == services.epoch
        statement = {name: beacon[name] for name in ("at", "epoch", "nonce")}
        assert beacon["hash"] == sha256_hex(canonical(statement))
        key = services.server_key.public_jwk
        assert is_signed_by(key, bytes.fromhex(beacon["hash"]), beacon["sig"]) is True

    def test_it_does_not_change_the_etag_and_comes_with_a_304(self, phone):
        first = phone.state()

        second = phone.state(If_None_Match=first.headers["ETag"])

        assert (second.status_code, second.data) == (304, b"")
        beacon = json.loads(second.headers["Liandong-Beacon"])
        assert beacon.keys() == {"at", "epoch", "nonce", "hash", "sig"}
        assert beacon["at"] >= first.get_json()["beacon"]["at"]

    def test_nothing_to_do_costs_less_than_two_kilobytes(self, phone):
        first = phone.state()
        second = phone.state(If_None_Match=first.headers["ETag"])

        assert len(first.data) < 2000
        assert sum(len(name) + len(value) + 4 for name, value in second.headers) < 2000


class TestFeedsAndOrders:
    def test_granted_feeds_that_publish_has_made_are_told_with_their_version(self, phone, services):
        own = f"member-{services.directory.alias('feed', phone.member)}-{services.epoch}"
        for name, version in ((own, 7), (f"catalog-{services.epoch}", 3), (f"unit-x-{services.epoch}", 9)):
            services.couch.ensure(name).put_local("publish", {"version": version})

        assert phone.state().get_json()["feeds"] == {f"catalog-{services.epoch}": 3, own: 7}

    def test_orders_are_signed_and_name_the_device(self, phone, services):
        give_order(services.directory, phone.id, "wipe", feeds=["catalog"])

        order = phone.state().get_json()["orders"][0]

        assert (order["device"], order["kind"], order["feeds"]) == (phone.id, "wipe", ["catalog"])
        rest = {name: order[name] for name in ("id", "device", "kind", "at", "feeds")}
        assert order["hash"] == sha256_hex(canonical(rest))
        key = services.server_key.public_jwk
        assert is_signed_by(key, bytes.fromhex(order["hash"]), order["sig"]) is True

    def test_a_revoked_device_reads_its_state_and_no_feeds(self, phone, services):
        services.couch.ensure(f"catalog-{services.epoch}").put_local("publish", {"version": 1})
        phone.revoke()

        state = phone.state()

        assert state.status_code == 200
        assert state.get_json()["member"] == {
            "roles": [{"role": "volunteer", "scope": "self"}],
            "revoked": True,
        }
        assert state.get_json()["feeds"] == {}


class TestWait:
    """DESIGN 2: "and can wait for a change"."""

    def test_it_answers_when_ingest_has_written_the_ack(self, phone, services):
        etag = phone.state().headers["ETag"]
        with asked_meanwhile(phone, "?wait=15", If_None_Match=etag) as answers:
            time.sleep(0.3)  # so that it waits; a commit before would be seen as well
            began = time.monotonic()
            put(services, "central", log_document(phone, 1, services.epoch))

        assert time.monotonic() - began < 3
        assert answers[0].get_json()["ack"]["through"] == 1

    def test_it_ends_when_the_device_is_revoked(self, phone):
        etag = phone.state().headers["ETag"]
        with asked_meanwhile(phone, "?wait=15", If_None_Match=etag) as answers:
            time.sleep(0.3)
            began = time.monotonic()
            phone.revoke()

        assert time.monotonic() - began < 5
        assert answers[0].get_json()["member"]["revoked"] is True

    def test_time_is_up_with_a_304(self, phone):
        etag = phone.state().headers["ETag"]

        answer = phone.state("?wait=0.3", If_None_Match=etag)

        assert answer.status_code == 304

    def test_what_changed_since_the_etag_is_told_at_once(self, phone, services):
        etag = phone.state().headers["ETag"]
        put(services, "central", log_document(phone, 1, services.epoch))
        began = time.monotonic()

        assert phone.state("?wait=15", If_None_Match=etag).get_json()["ack"]["through"] == 1
        assert time.monotonic() - began < 2

    @pytest.mark.parametrize("wait", ["nan", "-1", "x", "1e400"])
    def test_an_odd_wait_breaks_nothing(self, phone, services, wait):
        put(services, "central", log_document(phone, 1, services.epoch))

        if wait != "1e400":  # which is thirty seconds
            assert phone.state(f"?wait={wait}").status_code == 200

    def test_one_device_cannot_wait_many_times_at_once(self, phone):
        etag = phone.state().headers["ETag"]
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(phone.state("?wait=1.5", If_None_Match=etag).status_code)

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

        assert sorted(statuses) == [304, 304, 304, 304, 429, 429]


def test_the_desk_has_no_state(services: Services) -> None:
    """The desk is a device of the directory, and nobody can sign in as it."""
    desk: Desk = services.desk
    challenge = services.device_sessions.challenge(desk.device)
    signature = services.server_key.sign(f"liandong-session:{challenge}".encode())

    with pytest.raises(SignInRefused):
        services.device_sessions.sign_in(desk.device, challenge, signature)

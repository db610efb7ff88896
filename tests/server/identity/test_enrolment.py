"""One-time codes, and orders that a phone can check."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.identity.enrolment import CodeRefused, Enrolment
from server.identity.orders import give_order, withdraw_order
from server.records.canonical import canonical, sha256_hex
from server.records.signing import SigningKey, is_signed_by


@pytest.fixture
def enrolment(directory, clock) -> Enrolment:
    return Enrolment(directory, valid_min=15, clock=clock)


@pytest.fixture
def member(directory) -> str:
    return directory.add_member("王秀英").id


def redeem(enrolment: Enrolment, code: str, **keys):
    fresh = {name: SigningKey.generate().public_jwk() for name in ("sign_key", "agree_key")}
    return enrolment.redeem(code, **(fresh | keys), label="手机", app="build-1")


class TestCodes:
    """DESIGN 7; ARCHITECTURE, Contracts: one-time, 10 digits, 15 min."""

    def test_a_code_makes_a_device_of_its_member(self, enrolment, directory, member):
        made = enrolment.make_code(member, by="m-officer")

        device = redeem(enrolment, made.code)

        assert re.fullmatch("[0-9]{10}", made.code)
        assert directory.device(device.id) == device
        assert (device.member, device.kind, device.label, device.app) == (member, "phone", "手机", "build-1")

    def test_blanks_and_dashes_do_not_count(self, enrolment, member):
        code = enrolment.make_code(member, by="m-officer").code

        assert redeem(enrolment, f" {code[:4]}-{code[4:7]} {code[7:]} ").member == member

    def test_a_code_is_good_for_fifteen_minutes(self, enrolment, member, clock):
        codes = [enrolment.make_code(member, by="m-officer").code for _ in range(2)]
        clock.forward(minutes=14, seconds=59)
        assert redeem(enrolment, codes[0]).member == member

        clock.forward(seconds=1)

        with pytest.raises(CodeRefused):
            redeem(enrolment, codes[1])

    def test_of_two_phones_at_once_one_gets_the_code(self, enrolment, directory, member):
        code = enrolment.make_code(member, by="m-officer").code

        def attempt(_: int) -> str:
            try:
                return redeem(enrolment, code).id
            except CodeRefused:
                return "refused"

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(attempt, range(8)))

        assert outcomes.count("refused") == 7
        assert len(directory.devices(member)) == 1

    def test_only_a_keyed_hash_of_the_code_is_stored(self, enrolment, member, couch, tmp_path):
        code = enrolment.make_code(member, by="m-officer").code
        couch.close()

        assert not any(code.encode() in path.read_bytes() for path in tmp_path.glob("couch.sqlite*"))

    def test_enrolling_anew_revokes_the_device_it_replaces(self, enrolment, directory, member):
        old = redeem(enrolment, enrolment.make_code(member, by="m-officer").code)

        new = redeem(enrolment, enrolment.make_code(member, by="m-officer", replaces=old.id).code)

        assert directory.device(old.id).revoked_by == "m-officer"
        assert directory.device(new.id).is_revoked is False

    def test_codes_whose_time_is_over_are_forgotten(self, enrolment, directory, member, clock):
        enrolment.make_code(member, by="m-officer")
        clock.forward(minutes=16)
        fresh = enrolment.make_code(member, by="m-officer")

        assert enrolment.forget_old() == 1
        assert redeem(enrolment, fresh.code).member == member


class TestOrders:
    """DESIGN 2, "Wipe": only on a server-signed order that names what to destroy."""

    def test_an_order_is_signed_over_everything_it_says(self, enrolment, directory, member, clock):
        device = redeem(enrolment, enrolment.make_code(member, by="m-officer").code)

        order = give_order(directory, device.id, "wipe", feeds=["catalog-x"], at=clock())

        said = {name: order[name] for name in ("id", "device", "kind", "at", "feeds")}
        assert said["at"] == "2026-11-23T06:00:00.000Z"
        assert order["hash"] == sha256_hex(canonical(said))
        assert is_signed_by(directory.server_key.public_jwk, bytes.fromhex(order["hash"]), order["sig"])
        assert directory.device(device.id).orders == (order,)

    def test_orders_add_up_and_can_be_withdrawn(self, enrolment, directory, member):
        device = redeem(enrolment, enrolment.make_code(member, by="m-officer").code)
        first, second = (give_order(directory, device.id, kind) for kind in ("lock", "re_enrol"))

        withdraw_order(directory, device.id, first["id"])

        assert [order["id"] for order in directory.device(device.id).orders] == [second["id"]]

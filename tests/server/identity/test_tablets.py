"""Tablets of stations: enrolment, persons who begin, and the secret of the rotating code (DESIGN 7)."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.identity.devices import Device
from server.identity.enrolment import CodeRefused, Enrolment
from server.identity.sealing import sealed_to
from server.identity.tablets import operators_of, replace_secret, revoke_device, tablets_of
from server.records.signing import SigningKey

STATION = "station:" + "0" * 26
OTHER = "station:" + "1" * 26
MARCH, APRIL = "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"


@pytest.fixture
def enrolment(directory, clock) -> Enrolment:
    return Enrolment(directory, valid_min=15, clock=clock)


@pytest.fixture
def supervisor(directory) -> str:
    member = directory.add_member("赵督导").id
    directory.add_grant(member, "supervisor", STATION, MARCH)
    return member


def enrolled(enrolment: Enrolment, station: str = STATION, replaces: str | None = None) -> Device:
    code = enrolment.make_tablet_code(station, by="m-officer", replaces=replaces).code
    keys = {name: SigningKey.generate().public_jwk() for name in ("sign_key", "agree_key")}
    return enrolment.redeem(code, **keys, label="平板", app="build-1")


def secrets_sent(directory, device: Device) -> list[tuple[str, int]]:
    orders = directory.device(device.id).orders
    return [(order["station"], order["number"]) for order in orders if order["kind"] == "new_secret"]


class TestEnrolment:
    def test_a_stations_code_makes_a_tablet_with_the_stations_grant_and_secret(self, enrolment, directory):
        tablet = enrolled(enrolment)

        grants = [(grant.role, grant.scope) for grant in directory.grants(tablet.id)]
        assert (tablet.kind, grants) == ("tablet", [("supervisor", STATION)])
        assert secrets_sent(directory, tablet) == [(STATION, 1)]
        assert [each.id for each in tablets_of(directory, STATION)] == [tablet.id]
        assert tablets_of(directory, OTHER) == []

    def test_a_tablet_reads_catalog_and_station_and_nobodys_own_feed(self, enrolment, directory):
        tablet = enrolled(enrolment)

        assert directory.device_audiences(tablet) == {"catalog", f"station-{'0' * 26}"}

    def test_an_answer_that_was_lost_is_given_again_whole(self, enrolment, directory):
        code = enrolment.make_tablet_code(STATION, by="m-officer").code
        keys = {name: SigningKey.generate().public_jwk() for name in ("sign_key", "agree_key")}
        first = enrolment.redeem(code, **keys, label="", app="")

        again = enrolment.redeem(code, **keys, label="", app="")

        assert again.id == first.id
        assert len(directory.grants(first.id)) == 1
        assert secrets_sent(directory, first) == [(STATION, 1)]


class TestOperators:
    """Who chooses a PIN proves by a code from the office that it is they (ARCHITECTURE, Contracts)."""

    def test_a_persons_code_begins_them_at_a_tablet_of_that_station(self, enrolment, directory, supervisor):
        tablet = enrolled(enrolment)
        code = enrolment.make_operator_code(supervisor, STATION, by="m-officer").code

        assert enrolment.begin_operator(code, tablet) == supervisor
        assert operators_of(directory, directory.device(tablet.id)) == [supervisor]

    def test_the_code_is_used_once_but_may_be_asked_again_by_that_tablet(self, enrolment, supervisor):
        tablet, second = enrolled(enrolment), enrolled(enrolment)
        code = enrolment.make_operator_code(supervisor, STATION, by="m-officer").code
        enrolment.begin_operator(code, tablet)

        assert enrolment.begin_operator(code, tablet) == supervisor
        with pytest.raises(CodeRefused):
            enrolment.begin_operator(code, second)

    def test_a_tablet_of_another_station_takes_it_not_even_where_they_supervise_both(
        self, enrolment, directory, supervisor
    ):
        elsewhere = enrolled(enrolment, OTHER)
        directory.add_grant(supervisor, "supervisor", OTHER, MARCH)
        code = enrolment.make_operator_code(supervisor, STATION, by="m-officer").code

        with pytest.raises(CodeRefused):
            enrolment.begin_operator(code, elsewhere)

    def test_codes_of_one_kind_are_none_of_another(self, enrolment, directory, supervisor):
        tablet = enrolled(enrolment)
        operator = enrolment.make_operator_code(supervisor, STATION, by="m-officer").code
        phone = enrolment.make_code(supervisor, by="m-officer").code
        keys = {name: SigningKey.generate().public_jwk() for name in ("sign_key", "agree_key")}

        with pytest.raises(CodeRefused):
            enrolment.redeem(operator, **keys, label="", app="")
        with pytest.raises(CodeRefused):
            enrolment.begin_operator(phone, tablet)

    def test_whose_grant_has_ended_is_no_operator_any_more(self, enrolment, directory, supervisor):
        tablet = enrolled(enrolment)
        code = enrolment.make_operator_code(supervisor, STATION, by="m-officer").code
        enrolment.begin_operator(code, tablet)

        directory.end_grant(directory.grants(supervisor)[0].id, APRIL)

        assert operators_of(directory, directory.device(tablet.id)) == []


class TestSecrets:
    """The secret is numbered, sealed to the tablet, and replaced on loss (DESIGN 7, 8)."""

    def test_revoking_a_tablet_replaces_the_secret_and_tells_the_others(self, enrolment, directory):
        lost, kept = enrolled(enrolment), enrolled(enrolment)

        revoke_device(directory, lost.id, APRIL, "m-officer")

        assert [(s.number, s.lost_at and s.lost_at.isoformat()) for s in _secrets(directory)] == [
            (1, "2026-04-01T00:00:00+00:00"),
            (2, None),
        ]
        assert secrets_sent(directory, kept) == [(STATION, 2)]
        assert secrets_sent(directory, lost) == [(STATION, 1)]

    def test_revoking_it_twice_replaces_it_once(self, enrolment, directory):
        lost = enrolled(enrolment)
        for _ in range(2):
            revoke_device(directory, lost.id, APRIL, "m-officer")

        assert directory.station_secrets.current(STATION).number == 2

    def test_a_tablet_in_place_of_another_has_the_next_secret(self, enrolment, directory):
        old = enrolled(enrolment)

        new = enrolled(enrolment, replaces=old.id)

        assert directory.device(old.id).is_revoked
        assert secrets_sent(directory, new) == [(STATION, 2)]

    def test_each_number_and_each_station_has_its_own(self, directory):
        replace_secret(directory, STATION, APRIL, "m-officer")

        keys = {s.key for s in (*_secrets(directory), directory.station_secrets.current(OTHER))}

        assert len(keys) == 3

    def test_another_process_knows_of_it(self, new_directory):
        one, other = new_directory(), new_directory()
        replace_secret(one, STATION, APRIL, "m-officer")
        other.accounts.refresh(is_urgent=True)

        assert other.station_secrets.current(STATION).number == 2

    def test_the_secret_stands_nowhere_in_accounts(self, enrolment, directory):
        enrolled(enrolment)
        secret = directory.station_secrets.current(STATION).key
        rows = directory.accounts.peer.all_docs(include_docs=True)
        kept = "".join(str(row.doc) for row in rows)

        for spelling in (secret.hex(), base64.b64encode(secret).decode(), str(secret)):
            assert spelling not in kept


class TestSealing:
    def test_only_the_holder_of_the_key_opens_it_and_only_for_what_it_is_about(self):
        private = ec.generate_private_key(ec.SECP256R1())
        sealed = sealed_to(_jwk(private), b"1" * 32, about="tablet one")

        assert _opened(private, sealed, "tablet one") == b"1" * 32
        for key, about in ((private, "tablet two"), (ec.generate_private_key(ec.SECP256R1()), "tablet one")):
            with pytest.raises(InvalidTag):
                _opened(key, sealed, about)


def _secrets(directory):
    return directory.station_secrets.all_of(STATION)


def _jwk(private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = private.public_key().public_numbers()
    return {name: _text(getattr(numbers, name).to_bytes(32)) for name in ("x", "y")}


def _opened(private: ec.EllipticCurvePrivateKey, sealed, about: str) -> bytes:
    x, y = (int.from_bytes(_bytes(sealed["key"][name])) for name in ("x", "y"))
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key())
    key = HKDF(SHA256(), 32, salt=None, info=about.encode()).derive(shared)
    return AESGCM(key).decrypt(_bytes(sealed["nonce"]), _bytes(sealed["text"]), about.encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

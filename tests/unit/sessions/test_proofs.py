"""Proofs of presence, checked long after (DOMAIN 5, ranks 3, 4, 5; DESIGN 2, "parts")."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from server.records.entry import new_entry, new_part, seal
from server.records.signing import SigningKey
from server.records.station_code import StationSecret
from server.sessions.proofs import PresenceProof, day_proofs
from tests.unit.records.bodies import FIX, ORDER, PARTICIPANT, STATION
from tests.unit.sessions.county import at, code

KEY = SigningKey.generate()
SECRET = b"station:a"


def documents(count: int = 2, **code_members: Any) -> list[dict[str, Any]]:
    """A phone's log of so many check events at the station, a minute apart."""
    found: list[dict[str, Any]] = []
    prev = None
    for number in range(1, count + 1):
        when = f"09:{number:02}"
        shown = {"value": code(when).value, "at": at(when).isoformat(), **code_members}
        body = {"kind": "in", "order": ORDER, "station": STATION, "station_version": 1, "code": shown}
        part = {"fix": new_part(dict(FIX))}
        entry = seal(
            new_entry(
                device="phone",
                number=number,
                prev=prev,
                record_id=f"check_event:{number:026}",
                author=PARTICIPANT,
                role="participant",
                at=at(when).isoformat(),
                body=body,
                app="test",
                parts=part,
            ),
            KEY,
        )
        found.append({"entry": entry, "parts": part})
        prev = entry["hash"]
    return found


def proofs(docs: list[dict[str, Any]], secret: bytes | None = SECRET) -> list[PresenceProof]:
    held = [] if secret is None else [StationSecret(1, secret)]
    return day_proofs(docs, {"phone": KEY.public_jwk()}, held)


class TestPresenceProof:
    """What a signature, a chain and a code still show when somebody asks months later."""

    def test_all_of_it_holds(self):
        first, second = proofs(documents())

        assert (first.holds, first.follows, first.parts, first.is_code_right) == (True, None, "whole", True)
        assert (second.holds, second.follows) == (True, True)

    def test_an_erased_position_leaves_the_proof_whole(self):
        docs = documents()
        docs[0]["parts"] = {}

        assert [(p.parts, p.holds) for p in proofs(docs)] == [("erased", True), ("whole", True)]

    def test_a_changed_position_does_not(self):
        docs = copy.deepcopy(documents())
        docs[0]["parts"]["fix"]["value"]["spread_m"] = 0

        assert [(p.parts, p.holds) for p in proofs(docs)] == [("changed", False), ("whole", True)]

    def test_a_changed_entry_is_altered(self):
        docs = copy.deepcopy(documents())
        docs[1]["entry"]["body"]["kind"] = "out"

        assert [(p.is_unaltered, p.is_signed) for p in proofs(docs)] == [(True, True), (False, True)]

    def test_another_key_signed_it(self):
        (proof, _) = day_proofs(documents(), {"phone": SigningKey.generate().public_jwk()}, [])

        assert (proof.is_unaltered, proof.is_signed, proof.holds) == (True, False, False)

    def test_an_entry_put_in_later_does_not_follow(self):
        docs = [documents()[0], documents(3)[1]]

        assert [p.follows for p in proofs(docs)] == [None, False]

    @pytest.mark.parametrize(("secret", "expected"), [(SECRET, True), (b"another", False), (None, None)])
    def test_the_code_is_checked_where_the_secret_is_held(self, secret, expected):
        assert proofs(documents(), secret)[0].is_code_right is expected

    def test_the_tablets_chain_head_in_the_code_is_an_entry_of_its_log(self):
        tablet = documents(1)
        tablet[0]["entry"]["device"] = "tablet"
        vouched = documents(1, head=tablet[0]["entry"]["hash"])
        forged = documents(1, head="ab" * 32)

        assert [proofs([*tablet, *docs])[0].head_known for docs in (vouched, forged)] == [True, False]

    def test_the_order_of_the_documents_does_not_matter(self):
        docs = documents(4)

        assert proofs(docs) == proofs(docs[::-1])

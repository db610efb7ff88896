"""A participant's states follow the orders; the identity goes with the last order's evidence (DOMAIN 6)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.identity.person_rules import NewPerson
from server.participants import people, register
from tests.server.retention.ended_order import act
from tests.support.entries import TOWNSHIP, CentreInTest, open_centre

ZHAO = NewPerson(
    name="赵某某",
    id_no="371425199103020018",
    birth_date=date(1991, 3, 2),
    phone="13812345678",
    act_on=date(2026, 9, 1),
)


@pytest.fixture
def centre(tmp_path: Path):
    with open_centre(tmp_path) as opened:
        yield opened


def begun(centre: CentreInTest) -> tuple[str, str, str]:
    """Register a person with an order; returns record, member and order."""
    done = register(centre.services, ZHAO, residence=TOWNSHIP, limits="", author="system", role="system")
    centre.work()
    assert state(centre, done.record_id) == "registered"
    _station, order = centre.station_and_order(done.claim.member)
    centre.work()
    return done.record_id, done.claim.member, order


def state(centre: CentreInTest, record: str) -> str | None:
    return centre.services.readmodel.record(record).state.state


class TestParticipant:
    def test_an_order_makes_active_and_the_last_one_s_end_closes(self, centre):
        record, member, order = begun(centre)
        assert state(centre, record) == "active"

        act(centre, order, "transfer", to="transferred", reason="移交", fields={"to_county": "371426"})
        centre.work()

        assert state(centre, record) == "closed"
        assert people(centre.services).is_known(member)  # nobody has said until when

    def test_the_identity_is_erased_from_accounts_and_journal_when_its_time_is_over(self, centre, tmp_path):
        record, member, order = begun(centre)
        accounts = centre.services.couch.ensure("accounts")
        sealed = accounts.get(f"person:{member}")["sealed"].encode()
        journal = centre.services.settings.journal_folder / "people.jsonl"
        assert sealed in journal.read_bytes()
        act(centre, order, "transfer", to="transferred", reason="移交", fields={"to_county": "371426"})

        act(centre, order, "hold", reason="期满", fields={"hold_until": "2020-01-01"})
        centre.work()

        assert state(centre, record) == "anonymised"
        assert people(centre.services).open(member) is None
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert [path.name for path in files if sealed in path.read_bytes()] == []
        assert "identity_erased" in {row.kind for row in centre.services.audit.rows(limit=20)}

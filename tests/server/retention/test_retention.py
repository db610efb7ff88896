"""Positions and session photos go when their time is over, from every place; the proofs stay (DOMAIN 6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.gateway.append import append_rows
from server.ingest.ingest import Ingest
from server.media.arrivals import FileRef
from server.records.entry import entry_hash, verify_signature
from server.records.erasure import erased_id
from server.retention.due import item_of
from server.retention.retention import Retention
from sync.errors import Conflict
from tests.server.retention.ended_order import EndedOrder, act, end, ended_order, holding
from tests.support.entries import CentreInTest, open_centre
from tests.support.product_store import URL


@pytest.fixture
def centre(tmp_path: Path):
    with open_centre(tmp_path) as opened:
        yield opened


def checked_anew(centre: CentreInTest) -> None:
    """A worker that starts looks at what is due; then everything runs until nothing is left."""
    centre.work()


def by_the_door(centre: CentreInTest, phone: str, *rows: dict) -> list[dict]:
    central = centre.services.couch.ensure("central")

    def erased(ids):
        found = central.get_many([erased_id(each) for each in ids])
        return {doc_id.partition(":")[2]: doc for doc_id, doc in found.items()}

    sent = [{name: row[name] for name in ("_id", "entry", "parts")} for row in rows]
    return append_rows(centre.services.couch.ensure("logs"), phone, sent, b"{}", erased=erased)


class TestErasing:
    def test_nothing_of_it_is_left_in_any_file(self, centre, tmp_path):
        ended = ended_order(centre, held_for_days=89)
        before = holding(tmp_path, ended.secrets)
        databases = {"readmodel.sqlite"} if URL else {"couch.sqlite", "readmodel.sqlite"}
        assert databases <= {name.removesuffix("-wal") for name in before}
        assert any(name.startswith("media/originals/") for name in before)

        end_and_erase(centre, ended)

        assert holding(tmp_path, ended.secrets) == []

    def test_it_stays_until_the_day_comes(self, centre, tmp_path):
        ended = ended_order(centre, held_for_days=89)

        assert Retention(centre.services).due() == []
        assert holding(tmp_path, ended.secrets) != []

    def test_an_order_that_is_kept_until_nobody_said_when_is_never_due(self, centre):
        ended = ended_order(centre, held_for_days=89)
        assert centre.services.readmodel.record(ended.order).state.value("hold_until") is not None
        phone = centre.phone()
        _station, order = centre.station_and_order(phone.member)
        centre.work()

        end(centre, order, held_for_days=None)

        assert Retention(centre.services).due() == []

    def test_the_proof_of_each_entry_still_verifies(self, centre):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)

        for number, event in enumerate(ended.events, start=1):
            doc = centre.central(event["entry"]["id"])
            assert doc["entry"] == event["entry"]
            assert doc["parts"] == {}
            assert entry_hash(doc["entry"]) == doc["entry"]["hash"]
            assert verify_signature(doc["entry"], ended.phone.key.public_jwk())
            assert doc["receipts"][-1]["verdict"] == "accepted"
            verdict = centre.services.readmodel.verdict(ended.phone.device, number)
            assert verdict.flags == []
        assert ended.events[1]["entry"]["prev"] == ended.events[0]["entry"]["hash"]
        photo = centre.central(ended.events[0]["entry"]["id"])["media"][0]
        assert (photo["state"], photo["sha256"]) == ("erased", ended.photo_sha256)

    def test_what_was_erased_and_why_is_written_down(self, centre):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)

        rows = centre.services.couch.ensure("central").all_docs(
            start="erasure:", end="erasure:\uffff", include_docs=True
        )
        [body] = [row.doc["entry"]["body"] for row in rows]
        assert (body["order"], body["keep_days"]) == (ended.order, 90)
        assert body["items"] == [
            {"log": ended.events[0]["_id"], "parts": ["fix"], "files": [1]},
            {"log": ended.events[1]["_id"], "parts": ["fix"], "files": []},
        ]
        assert "erased" in {row.kind for row in centre.services.audit.rows(limit=10)}

    def test_the_phone_is_ordered_once_to_erase_its_own_copies(self, centre):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)
        Retention(centre.services).run_once()

        orders = centre.services.directory.device(ended.phone.device).orders
        [order] = [order for order in orders if order["kind"] == "erase"]
        assert order["entries"] == [
            {"entry": 1, "parts": ["fix"], "files": [1]},
            {"entry": 2, "parts": ["fix"], "files": []},
        ]
        assert order["sig"]

    def test_the_picture_of_a_paper_sheet_is_case_material_and_stays(self):
        media = [{"number": 1, "state": "verified"}]
        doc = {"log": "d:1", "parts": {}, "media": media}

        assert item_of({**doc, "entry": {"body": {"kind": "late_entry"}}}) is None
        assert item_of({**doc, "entry": {"body": {"kind": "in"}}})["files"] == [1]


class TestComingBack:
    def test_a_row_sent_again_is_answered_ok_and_brings_nothing_back(self, centre, tmp_path):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)

        answers = by_the_door(centre, ended.phone.device, *ended.events)
        centre.work()

        assert [answer.get("ok") for answer in answers] == [True, True]
        assert holding(tmp_path, ended.secrets) == []

    def test_an_entry_that_the_log_has_lost_comes_back_without_what_was_erased(self, centre, tmp_path):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)
        logs = centre.services.couch.ensure("logs")
        row = ended.events[0]["_id"]
        logs.purge({row: [logs.get(row)["_rev"]]})

        for _twice in range(2):
            [answer] = by_the_door(centre, ended.phone.device, ended.events[0])
            assert answer.get("ok") is True
        centre.work()

        assert logs.get(row)["parts"] == {}
        assert holding(tmp_path, ended.secrets) == []
        assert centre.central(ended.events[0]["entry"]["id"])["receipts"][-1]["verdict"] == "accepted"

    def test_ingest_lets_no_erased_part_in_that_came_past_the_door(self, centre, tmp_path):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)
        services, record = centre.services, ended.events[0]["entry"]["id"]
        for name, doc_id in (("logs", ended.events[0]["_id"]), ("central", record)):
            peer = services.couch.ensure(name)
            peer.purge({doc_id: [peer.get(doc_id)["_rev"]]})
        centre.send(ended.events[0])

        while Ingest(services).run_once():
            pass

        found = centre.central(record)
        assert (found["parts"], found["receipts"][-1]["verdict"]) == ({}, "accepted")

    def test_the_photo_is_not_taken_in_again(self, centre, tmp_path):
        ended = ended_order(centre, held_for_days=89)
        end_and_erase(centre, ended)

        ref = FileRef(ended.phone.device, 1, 1)
        with pytest.raises(Conflict):
            centre.services.media.intake.begin(ref, len(ended.photo_bytes))
        centre.services.media.intake.keep_bytes(ref, ended.photo_bytes)
        centre.work()

        assert holding(tmp_path, ended.secrets) == []


class TestSharedPhoto:
    def test_a_photo_that_another_record_names_stays_for_that_one(self, centre):
        ended = ended_order(centre, held_for_days=89)
        file = ended.events[0]["entry"]["body"]["media"][0]
        centre.send(centre.phone().lead(media=[file], no_photo_reason=None))
        centre.work()

        end_and_erase(centre, ended)

        assert centre.services.media.store.has(ended.photo_sha256)


def end_and_erase(centre: CentreInTest, ended: EndedOrder) -> None:
    """The day comes: the evidence need be kept no longer."""
    act(centre, ended.order, "hold", reason="期满", fields={"hold_until": "2020-01-01"})
    checked_anew(centre)

"""Bytes that are no entry may be megabytes each: a page of them fits into memory (ATTACKS 7.33)."""

from __future__ import annotations

import pytest

from server import bounded_page as page_module
from server.bounded_page import bounded_page
from tests.support.entries import CentreInTest, opaque


class TestHeavyRows:
    def test_a_page_ends_where_it_becomes_heavy_and_the_next_goes_on_there(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_module, "AT_ONCE", 1)
        monkeypatch.setattr(page_module, "MOST_OPAQUE_CHARS", 1500)
        phone, logs = centre.phone(), centre.services.couch.ensure("logs")
        heavy = [opaque(phone.device, bytes([number]) * 750, "not_json") for number in range(3)]
        light = [phone.lead() for _ in range(4)]
        centre.send(*light[:2], *heavy, *light[2:])

        first = bounded_page(logs, "0", 500)
        second = bounded_page(logs, first.last_seq, 500)

        # In which order they come is the store's: a cluster's rows are displaced.
        seen = [*first.rows, *second.rows]
        assert sorted(row.id for row in seen) == sorted(doc["_id"] for doc in [*light, *heavy])
        assert sum(":opaque:" in row.id for row in first.rows) == 2
        assert ":opaque:" in first.rows[-1].id
        assert (first.pending, second.pending) == (len(second.rows), 0)

    def test_all_of_it_gets_receipts(self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page_module, "AT_ONCE", 1)
        monkeypatch.setattr(page_module, "MOST_OPAQUE_CHARS", 1)
        phone = centre.phone()
        centre.send(
            *(opaque(phone.device, bytes([number]) * 40, "not_json") for number in range(3)), phone.lead()
        )
        centre.work()

        assert centre.services.readmodel.quarantine_count("refused") == 3
        row = centre.services.readmodel.verdict(phone.device, 1)
        assert row is not None
        assert row.verdict == "accepted"

    def test_a_document_that_changes_while_it_is_read_stands_once(
        self, centre: CentreInTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_module, "AT_ONCE", 1)
        phone, logs = centre.phone(), centre.services.couch.ensure("logs")
        one, other = phone.lead(), phone.lead()
        centre.send(one, other)
        changes, seen = type(logs).changes, []

        def changing(peer, since, **options):
            page = changes(peer, since, **options)
            if not seen:
                seen.append(page)
                stored = logs.get(one["_id"])
                centre.send({**stored, "parts": {}})
            return page

        monkeypatch.setattr(type(logs), "changes", changing)

        page = bounded_page(logs, "0", 500)

        assert sorted(row.id for row in page.rows) == [one["_id"], other["_id"]]

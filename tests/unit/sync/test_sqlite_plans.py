"""What clients ask often is answered by an index: no statement walks a table that grows."""

from __future__ import annotations

from typing import Any

import pytest

from sync.peer import ReadOptions
from sync.sqlite import open_server

A = "a" * 32
# Tables that have a row for each document, body, checkpoint or purge.
GROWING = ("document", "body", "local", "purged", "seq_range")


@pytest.fixture
def server(tmp_path):
    opened = open_server(tmp_path / "couch.sqlite")
    peer = opened.create("a")
    peer.bulk_docs([{"_id": f"d{number}", "v": number} for number in range(50)])
    yield opened
    opened.close()


@pytest.fixture
def statements(server, monkeypatch):
    """Every statement that the engine runs from now on, with the last values bound to it."""
    seen: dict[str, Any] = {}

    def note(cursor, statement, bindings):
        seen[statement] = bindings
        return True

    server._writer._connection.exec_trace = note
    real = type(server._readers)._take

    def take(readers):
        connection = real(readers)
        connection.exec_trace = note
        return connection

    monkeypatch.setattr(type(server._readers), "_take", take)
    return seen


def scans(server, statements) -> list[str]:
    """Return each statement that walks a growing table, with the line of its plan."""
    connection = server._writer._connection
    connection.exec_trace = None
    found = []
    for statement, bindings in statements.items():
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")):
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", bindings):
                names = {"d": "document", "b": "body"}
                table = step.split()[1] if step.startswith("SCAN") else ""
                if names.get(table, table) in GROWING:
                    found.append(f"{statement}: {step}")
    return found


def ask_everything(peer) -> None:
    """Every call that a client can make of a Peer."""
    all_options = ReadOptions(revs=True, conflicts=True, latest=True)
    [row] = peer.bulk_docs([{"_id": "new", "v": 1}])
    peer.bulk_docs([{"_id": "new", "_rev": row.rev, "v": 2}])
    peer.bulk_docs([{"_id": "new", "_revisions": {"start": 2, "ids": ["b" * 32, A]}}], new_edits=False)
    peer.info()
    peer.get("new", options=all_options)
    peer.get_many(["d1", "d2"])
    peer.open_revs("new", "all", options=all_options)
    peer.bulk_get([("d1", None), ("new", row.rev)], options=all_options)
    peer.revs_diff({"d1": [f"1-{A}"]})
    half = peer.changes(limit=20).last_seq
    for style in ("main_only", "all_docs"):
        peer.changes(half, limit=5, style=style, include_docs=True, options=all_options)
    peer.changes(half, limit=5, descending=True)
    peer.changes(limit=1, doc_ids=["d1", "d2"])
    peer.changes(limit=1, design_only=True)
    peer.changes(limit=2, selector={"v": {"$gt": 3}})
    peer.all_docs(start="d1", limit=3, include_docs=True)
    peer.count_before("d1")
    peer.count_before("d1", descending=True)
    peer.all_docs(end="d4", descending=True, limit=3)
    peer.all_docs(keys=["d1"])
    peer.put_local("checkpoint", {})
    peer.get_local("checkpoint")
    peer.delete_local("checkpoint")
    peer.purge({"d9": [peer.get("d9")["_rev"]]})
    peer.revs_diff({"d9": [f"1-{A}"]})
    peer.compact()


class TestPlans:
    """Costs are flat from a thousand documents to a million."""

    def test_no_call_scans_a_table_that_grows(self, server, statements):
        ask_everything(server.open("a"))
        server.create("b")
        server.delete("b")
        assert len(statements) > 25
        assert scans(server, statements) == []

    def test_a_statement_that_scans_is_seen(self, server):
        scanning = {"SELECT count(*) FROM document": (), "SELECT * FROM body b WHERE b.json = ?": (b"",)}
        assert len(scans(server, scanning)) == 2

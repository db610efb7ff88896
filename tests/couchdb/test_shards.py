"""What the contract's neighbours rest on, asked of a real CouchDB. Set COUCHDB_URL to run it."""

from __future__ import annotations

import secrets

import pytest

from sync.couchdb import open_server
from sync.couchdb.address import quoted_id
from sync.couchdb.peer import CouchPeer
from tests.contract.backends import COUCHDB_URL
from tests.contract.neighbours import near

pytestmark = pytest.mark.skipif(
    not COUCHDB_URL, reason="set COUCHDB_URL to a CouchDB, with its administrator"
)


def test_neighbours_lie_in_one_shard_and_others_do_not() -> None:
    server = open_server(COUCHDB_URL, prefix=f"t{secrets.token_hex(4)}-")
    peer = server.create("leads")
    ranges = [_ranges(peer, [near(f"d{n}") for n in range(20)]), _ranges(peer, [f"d{n}" for n in range(20)])]
    server.remove_everything()
    server.close()
    assert [len(found) for found in ranges] == [1, 2]


def _ranges(peer: CouchPeer, ids: list[str]) -> set[str]:
    return {peer.asking.ask("GET", f"_shards/{quoted_id(doc_id)}").json()["range"] for doc_id in ids}

"""Documents whose id is a lock, on a cluster: of those who write at once one at most gets it.

Set COUCHDB_CLUSTER_URL to its first node; nothing is stopped here.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.identity.accounts import Accounts
from server.identity.audit import Audit
from server.identity.people_journal import PeopleJournal
from server.journal import Journal
from sync.couchdb import CouchServer, open_server
from sync.errors import Overloaded

URL = os.environ.get("COUCHDB_CLUSTER_URL", "")
WRITERS = 6
ROUNDS = 40

pytestmark = pytest.mark.skipif(not URL, reason="set COUCHDB_CLUSTER_URL to the first node of a cluster")


@pytest.fixture
def store() -> Iterator[CouchServer]:
    opened = open_server(URL, prefix=f"t{secrets.token_hex(4)}-")
    yield opened
    opened.remove_everything()
    opened.close()


@pytest.fixture
def accounts(store: CouchServer, tmp_path: Path) -> list[Accounts]:
    """The same county as several web processes see it."""
    return [Accounts(store, PeopleJournal(Journal(tmp_path), "secret")) for _ in range(WRITERS)]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    gate, outcomes = threading.Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes.append(call())
        except Overloaded:
            outcomes.append(False)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


class TestLocks:
    """PROTOCOL 4: a revision is named after its content, and each node has a copy of its own."""

    def test_the_very_same_content_is_created_by_one(self, accounts: list[Accounts]) -> None:
        for number in range(ROUNDS):
            document = {"_id": f"used_challenge:{number}", "expires_at": "2026-11-23T00:00:00.000Z"}
            outcomes = at_once([lambda each=each, doc=document: each.create(doc) for each in accounts])
            assert outcomes.count(True) <= 1
            standing = accounts[0].peer.open_revs(document["_id"], "all")
            assert len([leaf for leaf in standing if not leaf.get("_deleted")]) == outcomes.count(True)

    def test_no_failure_of_several_at_once_goes_uncounted(self, accounts: list[Accounts]) -> None:
        def count(found: Any) -> Any:
            return {"failures": [*(found or {}).get("failures", []), "at one moment"]}

        outcomes = at_once([lambda each=each: each.update("lockout:x", count) for each in accounts])
        counted = len((accounts[0].find("lockout:x") or {})["failures"])
        assert counted == len([outcome for outcome in outcomes if outcome])

    def test_of_rows_of_one_moment_none_is_lost_from_the_audit(self, store: CouchServer) -> None:
        audits = [Audit(store) for _ in range(WRITERS)]
        written = [
            row
            for _ in range(5)
            for row in at_once([lambda each=each: each.append("login", actor="m1") for each in audits])
        ]
        assert all(written)
        assert Counter(row.n for row in written) == Counter(range(1, len(written) + 1))
        assert audits[0].verify() is None

"""Restored at a random moment, the centre gets back everything that any replica still holds."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from sync.peer import SEQ_START, Peer
from sync.replication.replicator import Replication
from sync.sqlite import SqliteServer, open_server
from tests.support.soak import scaled

SEED = int(os.environ.get("CHAOS_SEED", "20261123"))
CLIENTS = 3


class Centre:
    """A server that is backed up now and then, and restored."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "centre.sqlite"
        self.copy = folder / "backup.sqlite"
        self.server: SqliteServer = open_server(self.path)
        self.server.create("logs")

    @property
    def peer(self) -> Peer:
        return self.server.open("logs")

    def back_up(self) -> None:
        self.copy.unlink(missing_ok=True)
        self.server.backup_to(self.copy)

    def restore(self) -> None:
        """Put the backup in the place of the data, as a new epoch."""
        self.server.close()
        for part in self.path.parent.glob(f"{self.path.name}*"):
            part.unlink()
        shutil.copy(self.copy, self.path)
        self.server = open_server(self.path)
        self.server.change_epoch()


class PlainFollower:
    """A client that only remembers the last seq it was given, as most do."""

    def __init__(self) -> None:
        self.since = SEQ_START
        self.seen: set[tuple[str, str]] = set()

    def follow(self, peer: Peer) -> None:
        page = peer.changes(self.since, style="all_docs")
        self.seen |= {(row.id, rev) for row in page.rows for rev in row.revs}
        self.since = page.last_seq


def synchronise(client: Peer, centre: Peer, name: str) -> None:
    Replication(client, centre, f"push-{name}").run()
    Replication(centre, client, f"pull-{name}").run()


def write_somewhere(peer: Peer, chance: random.Random, number: int) -> None:
    if chance.random() < 0.5:
        peer.bulk_docs([{"_id": f"new{number}", "v": number}])
        return
    rows = peer.all_docs(include_docs=True, limit=30)
    if rows:
        doc = chance.choice(rows).doc
        peer.bulk_docs([{**doc, "v": number} | ({"_deleted": True} if chance.random() < 0.1 else {})])


def revisions(peer: Peer) -> set[tuple[str, str]]:
    return {(row.id, rev) for row in peer.changes(style="all_docs").rows for rev in row.revs}


def missing_at(peer: Peer, held: set[tuple[str, str]]) -> set[tuple[str, str]]:
    asked: dict[str, list[str]] = {}
    for doc_id, rev in held:
        asked.setdefault(doc_id, []).append(rev)
    return {(doc_id, rev) for doc_id, each in peer.revs_diff(asked).items() for rev in each.missing}


@pytest.fixture
def clients(tmp_path):
    servers = [open_server(tmp_path / f"client{number}.sqlite") for number in range(CLIENTS)]
    yield [server.create("logs") for server in servers]
    for server in servers:
        server.close()


class TestRestore:
    """RELIABILITY T12."""

    @pytest.mark.timeout(600)
    def test_everything_that_a_replica_holds_is_back_and_nothing_is_skipped(self, tmp_path, clients):
        chance = random.Random(SEED)
        centre = Centre(tmp_path)
        epochs = {centre.server.epoch}
        follower = PlainFollower()
        number = 0
        for moment in range(scaled(100, 2000)):
            steps = chance.randint(4, 10)
            backed_up_at = chance.randrange(steps)
            for step in range(steps):
                number += 1
                client = chance.randrange(CLIENTS)
                write_somewhere(clients[client], chance, number)
                if chance.random() < 0.5:
                    synchronise(clients[client], centre.peer, str(client))
                if step == backed_up_at:
                    centre.back_up()
            follower.follow(centre.peer)
            held = set().union(*(revisions(client) for client in clients))
            centre.restore()
            epochs.add(centre.server.epoch)
            for _ in range(2):
                for name, client in enumerate(clients):
                    synchronise(client, centre.peer, str(name))
            follower.follow(centre.peer)
            assert revisions(centre.peer) <= follower.seen, f"moment {moment}"
            assert missing_at(centre.peer, held) == set(), f"moment {moment}"
            for client in clients:
                assert missing_at(client, held) == set(), f"moment {moment}"
                assert revisions(client) == revisions(centre.peer), f"moment {moment}"
        assert len(epochs) == scaled(100, 2000) + 1
        centre.server.close()

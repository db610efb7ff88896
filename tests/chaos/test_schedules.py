"""Random edits, deletes, conflicts, resolutions and replications with loss, repetition, disorder and
crashes: in the end every replica shows the same tree, the one that a naive oracle says.

A schedule is its number: CHAOS_SEED=<number> with SCHEDULES=1 runs that one alone.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from sync.peer import Peer, ReadOptions
from sync.revision import Revision
from sync.revision_tree import RevisionTree
from sync.sqlite import SqliteServer, open_server
from tests.chaos.oracle import Branch, NaiveDocument
from tests.support.soak import scaled

SEED = int(os.environ.get("CHAOS_SEED", "0"))
CORE_SCHEDULES = int(os.environ.get("SCHEDULES", scaled(10_000, 200_000)))
FILE_SCHEDULES = int(os.environ.get("SCHEDULES", scaled(1_000, 20_000)))
REPLICAS = 3
ACTIONS = ("edit", "edit", "edit", "delete", "conflict", "resolve", "replicate", "replicate", "replicate")


class CoreReplica:
    """A document as the pure core holds it, beside the oracle's."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.tree: RevisionTree | None = None
        self.naive = NaiveDocument(limit)

    def branches(self) -> list[tuple[Branch, bool]]:
        """What replication delivers of it: each leaf with its history."""
        if self.tree is None:
            return []
        tree = self.tree
        return [(tuple(tree.history(leaf)), leaf in tree.deleted) for leaf in tree.leaves]

    def deliver(self, branch: Branch, is_deleted: bool) -> None:
        delivered = RevisionTree.of_path(branch, is_deleted=is_deleted)
        if self.tree is not None:
            is_known = branch[0] in self.tree
            delivered = self.tree.merged(RevisionTree(delivered.parents) if is_known else delivered)
        self.tree = delivered.stemmed(self.limit)
        self.naive.deliver(branch, is_deleted)

    def shown(self) -> object:
        """The tree as anybody can see it: whether an inner revision was deleted is history."""
        return self.tree and (self.tree.parents, self.tree.leaves, self.tree.deleted & set(self.tree.leaves))

    def check(self, label: str) -> None:
        if self.tree is None:
            return
        shown = {branch for branch, _ in self.branches()}
        assert shown == self.naive.branches(), label
        assert self.tree.winner == self.naive.winner(), label
        assert set(self.tree.deleted) == self.naive.deleted, label


def act(replica, action, chance, new_branch) -> None:
    """Do one thing on one replica; `new_branch(history, is_deleted)` makes it so."""
    branches = replica.branches()
    if not branches:
        new_branch((), False)
    elif action in ("edit", "delete"):
        branch, _ = branches[0] if chance.random() < 0.7 else chance.choice(branches)
        new_branch(branch, action == "delete")
    elif action == "conflict":
        branch, _ = chance.choice(branches)
        new_branch(branch[chance.randint(1, len(branch)) :], chance.random() < 0.2)
    else:  # resolve: all that lost are deleted, and the winner goes on
        for branch, is_deleted in branches[1:]:
            if not is_deleted:
                new_branch(branch, True)
        new_branch(branches[0][0], False)


def lossy(sent: list, chance) -> list:
    """Return what arrives: some lost, some twice, in another order."""
    arrived = [each for each in sent if chance.random() > 0.3]
    arrived += [each for each in sent if chance.random() < 0.1]
    chance.shuffle(arrived)
    return arrived


def run_on_the_core(seed: int) -> list[CoreReplica]:
    chance = random.Random(seed)
    limit = chance.choice([1000, 1000, 20, 5, 3])
    replicas = [CoreReplica(limit) for _ in range(REPLICAS)]
    for step in range(chance.randint(10, 30)):
        replica = chance.choice(replicas)
        action = chance.choice(ACTIONS)
        if action == "replicate":
            other = chance.choice(replicas)
            for branch, is_deleted in lossy(other.branches(), chance):
                replica.deliver(branch, is_deleted)
                if chance.random() < 0.05:
                    break  # a crash: what came before is kept, the rest never arrives
        else:

            def new_branch(history, is_deleted, replica=replica):
                generation = history[0][0] + 1 if history else 1
                revision = Revision(generation, f"{chance.getrandbits(128):032x}")
                replica.deliver((revision, *history), is_deleted)

            act(replica, action, chance, new_branch)
        replica.check(f"seed {seed}, step {step}")
    for _ in range(2):
        for source in replicas:
            for target in replicas:
                for branch, is_deleted in source.branches():
                    target.deliver(branch, is_deleted)
    return replicas


class TestTheCore:
    """RELIABILITY T1."""

    @pytest.mark.timeout(600)
    def test_every_replica_ends_with_the_same_tree_and_the_oracles(self):
        print(f"seeds {SEED} to {SEED + CORE_SCHEDULES - 1}")
        for seed in range(SEED, SEED + CORE_SCHEDULES):
            first, *others = run_on_the_core(seed)
            first.check(f"seed {seed}, at the end")
            for other in others:
                other.check(f"seed {seed}, at the end")
                assert first.shown() == other.shown(), f"seed {seed}"


class FileReplica:
    """A document in an SQLite file, beside the oracle's; every write goes through the engine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.server: SqliteServer = open_server(path)
        self.naive = NaiveDocument(1000)
        self.peer: Peer

    def begin(self, name: str) -> None:
        self.peer = self.server.create(name)
        self.naive = NaiveDocument(1000)

    def leaves(self) -> list[dict]:
        rows = self.peer.bulk_get([("doc", None)], options=ReadOptions(revs=True))
        return rows[0].docs

    def branches(self) -> list[tuple[Branch, bool]]:
        return [(branch_of(leaf), "_deleted" in leaf) for leaf in self.leaves()]

    def edit(self, history: Branch, is_deleted: bool, body: dict) -> None:
        """An ordinary edit where it extends a leaf; else as replication brings it."""
        branches = self.branches()
        leaves = {branch[0] for branch, _ in branches}
        is_over = all(gone for _, gone in branches)
        offered = {"_id": "doc", **body} | ({"_deleted": True} if is_deleted else {})
        if not history or history[0] in leaves:
            parent = {"_rev": text(history[0])} if history else {}
            [row] = self.peer.bulk_docs([offered | parent])
            if row.is_ok:
                if not history and not row.rev.startswith("1-"):
                    history = self.naive.back_from(self.naive.winner())  # a tombstone goes on (B23)
                generation, _, digest = row.rev.partition("-")
                self.naive.deliver(((int(generation), digest), *history), is_deleted)
                return
            assert not history or is_over  # of a deleted document no revision is extended by name
        digest = f"{random.Random(str(body)).getrandbits(128):032x}"
        generation = history[0][0] + 1 if history else 1
        ids = [digest, *(rev[1] for rev in history)]
        self.receive([offered | {"_revisions": {"start": generation, "ids": ids}}])

    def receive(self, docs: list[dict]) -> None:
        assert all(row.is_ok for row in self.peer.bulk_docs(docs, new_edits=False))
        for doc in docs:
            self.naive.deliver(branch_of(doc), "_deleted" in doc)

    def crash(self, folder: Path) -> None:
        """Go on with what is on disk at this moment, as after kill -9."""
        folder.mkdir()
        for part in self.path.parent.glob(f"{self.path.name}*"):
            if not part.name.endswith("-shm"):
                shutil.copy(part, folder / part.name)
        self.server.close()
        self.path = folder / self.path.name
        self.server = open_server(self.path)
        self.peer = self.server.open(self.peer.name)

    def check(self, label: str) -> None:
        branches = self.branches()
        assert {branch for branch, _ in branches} == self.naive.branches(), label
        if branches:
            [row] = self.peer.changes(style="all_docs").rows
            assert row.revs[0] == text(self.naive.winner()), label
            assert row.is_deleted == (self.naive.winner() in self.naive.deleted), label


def branch_of(doc: dict) -> Branch:
    start, ids = doc["_revisions"]["start"], doc["_revisions"]["ids"]
    return tuple((start - age, digest) for age, digest in enumerate(ids))


def text(rev: tuple[int, str]) -> str:
    return f"{rev[0]}-{rev[1]}"


@pytest.fixture
def replicas(tmp_path):
    made = [FileReplica(tmp_path / f"{number}.sqlite") for number in range(REPLICAS)]
    yield made
    for replica in made:
        replica.server.close()


def run_on_files(seed: int, replicas: list[FileReplica], folder: Path) -> None:
    chance = random.Random(seed)
    for replica in replicas:
        replica.begin(f"s{seed}")
    for step in range(chance.randint(8, 16)):
        replica = chance.choice(replicas)
        action = chance.choice(ACTIONS)
        if action == "replicate":
            replicate(chance.choice(replicas), replica, chance)
        else:

            def new_branch(history, is_deleted, replica=replica, step=step):
                replica.edit(history, is_deleted, {"v": f"{seed}/{step}/{chance.random()}"})

            act(replica, action, chance, new_branch)
        if chance.random() < 0.01:
            replica.crash(folder / f"{seed}-{step}")
    for _ in range(2):
        for source in replicas:
            for target in replicas:
                replicate(source, target, None)


def replicate(source: FileReplica, target: FileReplica, chance) -> None:
    """One pull as the protocol has it; with `chance`, over a bad network."""
    wanted = {"doc": [text(branch[0]) for branch, _ in source.branches()]}
    missing = target.peer.revs_diff(wanted)
    asked = missing["doc"].missing if missing else []
    if chance is not None and chance.random() < 0.3:
        asked = wanted["doc"]  # a source need not ask what is missing (PROTOCOL D55)
    docs = (
        [
            doc
            for doc in source.peer.open_revs("doc", asked, options=ReadOptions(revs=True))
            if not isinstance(doc, str)
        ]
        if asked
        else []
    )
    target.receive(docs if chance is None else lossy(docs, chance))


class TestFiles:
    """RELIABILITY T1, on SQLite files."""

    @pytest.mark.timeout(600)
    def test_every_replica_ends_with_the_same_leaves_winner_and_bodies(self, replicas, tmp_path):
        print(f"seeds {SEED} to {SEED + FILE_SCHEDULES - 1}")
        for seed in range(SEED, SEED + FILE_SCHEDULES):
            run_on_files(seed, replicas, tmp_path)
            shown = [replica.leaves() for replica in replicas]
            assert shown[0] == shown[1] == shown[2], f"seed {seed}"
            for replica in replicas:
                replica.check(f"seed {seed}")

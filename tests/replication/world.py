"""Three databases, replications between them, people who write, and what may befall all of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from greenlet import GreenletExit, getcurrent

from sync.errors import SyncError
from sync.replication.replicator import Pace, Replication, Result
from tests.replication.faulty_link import FaultyLink, Weather
from tests.replication.scheduler import Scheduler
from tests.support.memory_peer import MemoryPeer
from tests.support.peers import histories, holdings

Link = tuple[int, int]
ONE_WAY: tuple[Link, ...] = ((0, 1),)
CHAIN = ((0, 1), (1, 2))
BOTH_WAYS = ((0, 1), (1, 0))
RING = ((0, 1), (1, 2), (2, 0))
MESH = (*RING, (1, 0), (0, 2))
# What one link misses another may bring: most worlds have no other.
TOPOLOGIES = (ONE_WAY, ONE_WAY, ONE_WAY, CHAIN, BOTH_WAYS, RING, MESH)
STEPS = 60_000
DOCUMENTS = 12


class World:
    """One seed: `live` is the time of trouble, `settle` the healing; then all hold the same."""

    def __init__(self, seed: int, peers: list[Any] | None = None) -> None:
        self.scheduler = Scheduler(seed)
        self.random = self.scheduler.random
        # Some worlds are calm: there a replication must end without ever starting over.
        self.weather = Weather(self.scheduler, self.random.choice((0.0, 0.02, 0.08, 0.2)))
        self.peers = peers or [MemoryPeer(name) for name in "abc"]
        self.is_memory = peers is None
        self.links = self.random.choice(TOPOLOGIES)
        self._copies: list[tuple[MemoryPeer, Any]] = []
        self._running: dict[Link, Any] = {}
        self._is_thin = self.is_memory and self.random.random() < 0.35
        self._edits = 0
        checkpoint_s = self.random.choice((0.0, 0.2, 5.0))
        self._pace = Pace(
            batch_rows=4,
            batch_bytes=2_000,
            checkpoint_s=checkpoint_s,
            # One that gives up, or is killed, before it could write down what has too few copies forgets
            # it (ARCHITECTURE, "Decisions"): the one loss that is known, and no part of this.
            attempts=1000 if self._is_thin else 6,
            refusals_kept=self.random.choice((2, 1000)),
        )
        if self.is_memory:
            self.weather.ambush = self._ambush

    def live(self) -> None:
        """Times in which everything happens; between them one peer's file may be set back."""
        for _ in range(self.random.randint(1, 3)):
            self.scheduler.spawn(self._write)
            for link in self.links:
                self._running[link] = self.scheduler.spawn(lambda link=link: self._keep_replicating(link))
            if self.weather.storm:
                self.scheduler.spawn(self._befall)
            if self.is_memory:
                self.scheduler.spawn(self._keep_copies)
            self.scheduler.run(STEPS)
            if self._copies and self.random.random() < 0.6:
                # Only while nothing runs: who sets a file back under a running server tells nobody.
                peer, state = self.random.choice(self._copies)
                peer.restore(state, is_silent=True)

    def settle(self) -> list[Result]:
        """Trouble ends; then the replications run, each once from everyone to everyone it leads to."""
        self.weather.heal()
        if self.is_memory:
            self._regain_copies()
        rounds = 1 if self.links in (ONE_WAY, CHAIN) else 3
        return [self._run(link) for _ in range(rounds) for link in self.links]

    def _run(self, link: Link) -> Result:
        done: list[Result] = []
        self.scheduler.spawn(lambda: done.append(self._replication(link).run()))
        self.scheduler.run(STEPS)
        return done[0]

    def _replication(self, link: Link) -> Replication:
        source, target = (FaultyLink(self.peers[place], self.weather) for place in link)
        name = f"{link[0]}{link[1]}" * 16
        return Replication(
            source, target, name, pace=self._pace, clock=self.scheduler, ahead=self.scheduler.read_ahead
        )

    def _keep_replicating(self, link: Link) -> None:
        for _ in range(self.random.randint(1, 4)):
            try:
                self._replication(link).run()
            except SyncError:
                self.scheduler.sleep(self.random.random())
            self.scheduler.sleep(self.random.random() * 2)

    def _write(self) -> None:
        for _ in range(self.random.randint(5, 40)):
            self._edit(self.random.choice(self.peers), f"d{self.random.randrange(DOCUMENTS)}")
            self.scheduler.sleep(self.random.random() * 0.5)

    def _edit(self, peer: Any, doc_id: str) -> None:
        """Extend a leaf, begin a branch beside it, or delete it."""
        self._edits += 1
        members: dict[str, Any] = {"n": self._edits, "text": "x" * self.random.choice((0, 900, 900))}
        if self.random.random() < 0.2:
            members["_deleted"] = True
        try:
            rows = peer.changes(style="all_docs").rows
            leaves = next((row.revs for row in rows if row.id == doc_id), None)
            if leaves is None:
                peer.bulk_docs([{"_id": doc_id, **members}])
            elif self.random.random() < 0.5:
                digest = f"{self._edits:032x}"
                peer.bulk_docs([{"_id": doc_id, "_rev": f"1-{digest}", **members}], new_edits=False)
            else:
                peer.bulk_docs([{"_id": doc_id, "_rev": self.random.choice(leaves), **members}])
        except SyncError:
            return  # the database is deleted at present

    def _befall(self) -> None:
        events: list[Callable[[], None]] = [self._deny, self._grant, self._damage, self._turn_the_clock]
        if self.is_memory:
            events += [self._restore, self._make_again]
        if self._is_thin:
            events += [self._lose_copies, self._lose_copies, self._regain_copies]
        else:
            events += [self._kill] * 2
        for _ in range(self.random.randint(0, 12)):
            self.random.choice(events)()
            self.scheduler.sleep(self.random.random() * 2)
        if self.is_memory:
            self._regain_copies()

    def _kill(self) -> None:
        """A replicator's process ends where it stands, and another one begins."""
        link = self.random.choice(sorted(self._running))
        actor = self._running[link]
        if not actor.dead:
            self.scheduler.kill(actor)
            self._running[link] = self.scheduler.spawn(lambda: self._keep_replicating(link))

    def _deny(self) -> None:
        self.weather.denied.add(f"d{self.random.randrange(DOCUMENTS)}")

    def _grant(self) -> None:
        self.weather.denied.clear()

    def _damage(self) -> None:
        self.weather.unreadable.add(f"d{self.random.randrange(DOCUMENTS)}")

    def _turn_the_clock(self) -> None:
        self.scheduler.wall_skew_s = self.random.uniform(-1, 1) * 10 * 365 * 86_400

    def _keep_copies(self) -> None:
        for _ in range(self.random.randint(0, 6)):
            self.scheduler.sleep(self.random.random() * 3)
            peer = self.random.choice(self.peers[:2])
            self._copies.append((peer, peer.state.copied()))

    def _restore(self) -> None:
        if self._copies:
            peer, state = self.random.choice(self._copies)
            peer.restore(state, is_silent=False)

    def _make_again(self) -> None:
        peer = self.random.choice(self.peers)
        peer.is_deleted = True
        self.scheduler.sleep(self.random.random())
        peer.make_again()

    def _ambush(self, peer: MemoryPeer) -> None:
        """In the middle of a call: made again, set back, or a node with the only copies lost."""
        copies = [state for of, state in self._copies if of is peer]
        if peer.is_thin:
            peer.lose_copies(keeps_local=self.random.random() < 0.5)
        elif not self._is_thin and getcurrent() in self._running.values() and self.random.random() < 0.6:
            raise GreenletExit  # the process of the replicator, killed in the middle of its call
        elif copies and self.random.random() < 0.5:
            peer.restore(self.random.choice(copies), is_silent=False)
        elif self.random.random() < 0.3:
            peer.make_again()

    def _regain_copies(self) -> None:
        for peer in self.peers:
            peer.regain_copies()

    def _lose_copies(self) -> None:
        self.random.choice(self.peers).lose_copies(keeps_local=self.random.random() < 0.5)

    def shortfall(self) -> list[str]:
        """Return what a target lacks of its source, where nothing is missing an empty list."""
        held = [holdings(peer) for peer in self.peers]
        lacking = []
        for source, target in self.links:
            for doc_id, leaves in held[source].items():
                known = self.peers[target].revs_diff({doc_id: [leaf["_rev"] for leaf in leaves]})
                lacking += [f"{source}→{target} {doc_id} {known}"] if known else []
        if self.links in (BOTH_WAYS, RING, MESH):
            ends = {place for link in self.links for place in link}
            first, *others = [held[place] for place in ends]
            lacking += [] if all(each == first for each in others) else ["leaves or bodies differ"]
        return lacking

    def revisions(self) -> set[Any]:
        """Return every leaf that any of them holds, and with it all that led to it."""
        held = [histories(peer) for peer in self.peers]
        return {
            (doc_id, digest)
            for each in held
            for doc_id, leaves in each.items()
            for ids in leaves
            for digest in ids
        }

"""Follow a changes feed from a checkpoint that is kept beside what following it brings about.

At least once: after a crash, a stale checkpoint (a cluster's `_local` documents, PROTOCOL 4) or in another
life of either database rows come again, so what is done with them must be idempotent. Rows of different
documents come in no order that may be relied on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from sync.backoff import Backoff
from sync.clock import Clock, SystemClock
from sync.errors import SyncError
from sync.peer import SEQ_START, ChangesPage, Peer, Seq

PAGE: Final = 500
WAIT_S: Final = 25.0

Lives = list[str]
Read = Callable[[Peer, Seq], ChangesPage]


def read_page(peer: Peer, since: Seq) -> ChangesPage:
    """Return the next rows with the winners' documents."""
    return peer.changes(since, limit=PAGE, include_docs=True)


class Follower:
    """A place in the feed of `peer`, kept in a `_local` document of `kept_in`.

    The place belongs to these lives of both databases; `lives` names more that it depends on.
    """

    def __init__(
        self,
        peer: Peer,
        kept_in: Peer,
        local_id: str,
        *,
        lives: Callable[[], Lives] = list,
        read: Read = read_page,
    ) -> None:
        self._peer = peer
        self._kept_in = kept_in
        self._local_id = local_id
        self._more_lives = lives
        self._read = read
        self._life: Lives | None = None
        self._since = self._saved = SEQ_START

    @property
    def since(self) -> Seq:
        return self._since

    def begin(self) -> bool | None:
        """Find the place in another life than before: True goes on from the checkpoint, False begins
        at the start; None when it is the same life and nothing has changed."""
        life = [
            *self._more_lives(),
            self._peer.info().instance_start_time,
            self._kept_in.info().instance_start_time,
        ]
        if life == self._life:
            return None
        found = self._kept_in.get_local(self._local_id) or {}
        goes_on = found.get("life") == life and isinstance(found.get("since"), str)
        self._since = self._saved = found["since"] if goes_on else SEQ_START
        self._life = life
        return goes_on

    def next_page(self) -> ChangesPage:
        """Return the rows after the place; it moves only by `passed`."""
        return self._read(self._peer, self._since)

    def passed(self, seq: Seq) -> None:
        """Move on, for as long as this process lives."""
        self._since = seq

    def save(self, seq: Seq) -> None:
        """Write down that all up to here is done; everything that was done is durable."""
        self._kept_in.put_local(self._local_id, {"life": self._life, "since": seq})
        self._saved = seq

    def run_once(self, take: Callable[[ChangesPage], Any]) -> bool:
        """Take the next page, then save the place; False when there was none."""
        self.begin()
        page = self.next_page()
        if page.rows:
            take(page)
        if page.last_seq != self._saved:
            self.save(page.last_seq)
        self.passed(page.last_seq)
        return bool(page.rows)

    def follow(
        self,
        take: Callable[[ChangesPage], Any],
        cancelled: threading.Event,
        *,
        wait_s: float = WAIT_S,
        clock: Clock | None = None,
        on_trouble: Callable[[SyncError], None] = lambda _: None,
    ) -> None:
        """Take page after page as they come, until cancelled; trouble is told and waited out."""
        clock = clock or SystemClock()
        backoff = Backoff(clock, attempts=None, is_patient=True)
        while not cancelled.is_set():
            try:
                if not self.run_once(take):
                    self._peer.wait(self._since, wait_s)
                backoff.succeeded()
            except SyncError as error:
                delay_s = backoff.delay_s(error)
                if delay_s is None:
                    raise
                on_trouble(error)
                clock.sleep(delay_s, cancelled)

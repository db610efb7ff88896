"""Many actors on one thread, taken on in an order that a seed decides, in a time that never passes
by itself: the same seed is the same run."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

END = object()


class Scheduler:
    """Runs actors; each gives way in `pause` and `sleep`. Also the clock of all of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.elapsed_s = 0.0
        self.wall_skew_s = 0.0
        self._hub = getcurrent()
        self._ready: list[greenlet] = []
        self._asleep: list[tuple[float, int, greenlet]] = []
        self._naps = 0
        self.steps = 0

    def spawn(self, work: Callable[[], Any]) -> greenlet:
        actor = greenlet(work, parent=self._hub)
        self._ready.append(actor)
        return actor

    def kill(self, actor: greenlet) -> None:
        """End an actor where it stands, as kill -9 ends a process: nothing of it runs any more."""
        self._ready = [each for each in self._ready if each is not actor]
        self._asleep = [each for each in self._asleep if each[2] is not actor]
        actor.parent = getcurrent()
        actor.throw(GreenletExit)
        actor.parent = self._hub

    def pause(self) -> None:
        self._ready.append(getcurrent())
        self._hub.switch()

    def sleep(self, seconds: float, _cancelled: threading.Event | None = None) -> None:
        self._naps += 1
        self._asleep.append((self.elapsed_s + seconds, self._naps, getcurrent()))
        self._hub.switch()

    def run(self, limit: int) -> None:
        """Run until nobody is left, or for so many steps."""
        for _ in range(limit):
            if not self._ready and not self._wake():
                return
            self.steps += 1
            # Swap with the last: taking from the middle of a list is what costs.
            place = self.random.randrange(len(self._ready))
            self._ready[place], self._ready[-1] = self._ready[-1], self._ready[place]
            actor = self._ready.pop()
            actor.parent = getcurrent()
            actor.switch()
            self.elapsed_s += 0.01
            if self._asleep and min(self._asleep)[0] <= self.elapsed_s:
                self._wake()
        raise AssertionError(f"not finished after {limit} steps")

    def _wake(self) -> bool:
        if not self._asleep:
            return False
        soonest = min(self._asleep, key=lambda each: each[:2])
        self._asleep.remove(soonest)
        self.elapsed_s = max(self.elapsed_s, soonest[0])
        self._ready.append(soonest[2])
        return True

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self.elapsed_s + self.wall_skew_s)

    def chance(self) -> float:
        return self.random.random()

    def read_ahead(self, items: Iterator[Any]) -> Generator[Any, None, None]:
        """As sync.replication.read_ahead, by an actor instead of a thread."""
        waiting: list[tuple[Any, BaseException | None]] = []
        is_over = False

        def read() -> None:
            try:
                for item in items:
                    while waiting and not is_over:
                        self.pause()
                    if is_over:
                        return
                    waiting.append((item, None))
                waiting.append((END, None))
            except Exception as error:
                waiting.append((END, error))

        self.spawn(read)
        try:
            while True:
                while not waiting:
                    self.pause()
                item, error = waiting.pop(0)
                if error is not None:
                    raise error
                if item is END:
                    return
                yield item
        finally:
            is_over = True

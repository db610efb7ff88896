"""Read the next batch while the present one is written: a thread, and a queue that bounds memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import Any, Final, TypeVar

T = TypeVar("T")

DEPTH: Final = 1
"""Batches that wait; with the one being read and the one being written three are in memory."""

_END: Final = object()


def read_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Yield what `items` yields, in order; what it raises is raised here at its place.

    `items` runs in a thread of its own, which ends when this generator is closed.
    """
    waiting: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue(DEPTH)
    has_ended = threading.Event()

    def put(item: Any, error: BaseException | None = None) -> bool:
        while not has_ended.is_set():
            try:
                waiting.put((item, error), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def run() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as error:  # noqa: BLE001 - raised to whoever reads
            put(_END, error)
        else:
            put(_END)

    thread = threading.Thread(target=run, name="replicator-reader", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is _END:
                return
            yield item
    finally:
        has_ended.set()
        thread.join()

"""A few decodings at once: a picture at the pixel limit takes a second of a core and some 160 MB.

Whoever waits for a turn holds no thread of the pool, which all of storage needs too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sync.errors import Overloaded

MOST_AT_ONCE: Final = 2
PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.01

_TURNS: Final = threading.BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def a_turn() -> Iterator[None]:
    """Take a turn at decoding; to be entered outside `run_blocking`. Raises: Overloaded."""
    deadline = time.monotonic() + PATIENCE_S
    # Not a blocking acquire: in the web process it would stop the hub.
    while not _TURNS.acquire(blocking=False):
        if time.monotonic() > deadline:
            raise Overloaded("too many photos at once")
        time.sleep(_LOOK_S)
    try:
        yield
    finally:
        _TURNS.release()

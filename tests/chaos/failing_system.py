"""Calls to the operating system that fail: SQLite's own table of them is pointed at ours.

The engine runs as it does in earnest, with shared memory, readers and its writer's thread.
"""

from __future__ import annotations

import ctypes
import errno
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import apsw

from sync.sqlite.connections import load_checksums

_INT, _POINTER, _SIZE, _OFFSET = ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64

SIGNATURES: dict[str, tuple[Any, ...]] = {
    "pwrite64": (ctypes.c_ssize_t, _INT, _POINTER, _SIZE, _OFFSET),
    "pread64": (ctypes.c_ssize_t, _INT, _POINTER, _SIZE, _OFFSET),
    "open": (_INT, ctypes.c_char_p, _INT, _INT),
    "ftruncate": (_INT, _INT, _OFFSET),
    "unlink": (_INT, ctypes.c_char_p),
    "fstat": (_INT, _INT, _POINTER),
}
ERRORS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}


class _Unix(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("unix-tapped", "unix")


@dataclass
class Tap:
    """Counts calls of one kind; `fails(number, arguments)` says which of them fail."""

    fails: Callable[[int, tuple[Any, ...]], bool]
    code: int = errno.EIO
    calls: int = 0


@contextmanager
def tapped(call: str, tap: Tap) -> Iterator[Tap]:
    """Let `tap` stand before one system call of SQLite's."""
    load_checksums()
    unix = _Unix()
    kind = ctypes.CFUNCTYPE(*SIGNATURES[call], use_errno=True)
    real = kind(unix.xGetSystemCall(call))
    counting = threading.Lock()

    def stand_in(*arguments: Any) -> int:
        with counting:
            tap.calls += 1
            number = tap.calls
        if tap.fails(number, arguments):
            ctypes.set_errno(tap.code)
            return -1
        return int(real(*arguments))

    pointer = kind(stand_in)
    unix.xSetSystemCall(call, ctypes.cast(pointer, ctypes.c_void_p).value)
    try:
        yield tap
    finally:
        unix.xSetSystemCall(call, 0)
        unix.unregister()


def nth(point: int) -> Callable[[int, tuple[Any, ...]], bool]:
    return lambda number, _: number == point

"""The journal: lines outside the databases, each on disk when `append` returns.

A restore of an older backup puts back from it what the desk did, and who was enrolled, granted and revoked.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

Line = dict[str, Any]
TAIL_BYTES: Final = 1 << 17
"""Read from the end at first; a line with large parts takes more."""


class Journal:
    """Named files in one folder: each desk's, and that of people; one writer at a time of all processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def locked(self, name: str = "desk") -> Iterator[None]:
        """Hold the lock between processes and threads; never across a switch of greenlets."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / f"{name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def last(self, name: str) -> Line | None:
        """Return the newest line; a line that a crash cut short was never acknowledged and is removed."""
        path = self._path(name)
        if not path.exists():
            return None
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            tail = _tail(file, size)
            whole = tail[: tail.rfind(b"\n") + 1]
            if len(whole) != len(tail):
                file.truncate(size - len(tail) + len(whole))
        lines = whole.splitlines()
        return orjson.loads(lines[-1]) if lines else None

    def append(self, name: str, lines: list[Line]) -> int:
        """Write the lines to disk and return the size before them, for `cut_back`."""
        path = self._path(name)
        is_new = not path.exists()
        with path.open("ab") as file:
            size = file.tell()
            file.write(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            folder = os.open(self._folder, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        return size

    def cut_back(self, name: str, size: int) -> None:
        """Take back lines whose entries reached no database."""
        with self._path(name).open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())

    def rewrite(self, name: str, change: Callable[[Line], Line]) -> int:
        """Write lines anew where `change` makes another of them, each as long as it was; returns how many.

        A shorter line is filled up with blanks: a restore keeps whichever journal is the longer one.
        Hold the lock.
        """
        changed, whole = 0, []
        for line in self.content(name).splitlines(keepends=True):
            fresh = orjson.dumps(change(orjson.loads(line))) if line.endswith(b"\n") else line
            is_other = line.endswith(b"\n") and orjson.loads(fresh) != orjson.loads(line)
            changed += is_other
            whole.append(fresh.ljust(len(line) - 1) + b"\n" if is_other else line)
        if changed:
            path = self._path(name)
            beside = path.with_name(f".{path.name}.rewritten")
            with beside.open("wb") as file:
                file.write(b"".join(whole))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        return changed

    def devices(self) -> list[str]:
        """Return the desks of all epochs that have a journal."""
        return sorted(path.stem for path in self._folder.glob("desk-*.jsonl"))

    def content(self, name: str) -> bytes:
        return self._path(name).read_bytes() if self._path(name).exists() else b""

    def lines(self, name: str, start: int = 0) -> Iterator[Line]:
        """Return every whole line that begins at or behind `start` bytes, the oldest first."""
        if not self._path(name).exists():
            return
        with self._path(name).open("rb") as file:
            file.seek(start)
            for line in file:
                if line.endswith(b"\n"):
                    yield orjson.loads(line)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jsonl"


def _tail(file: BinaryIO, size: int) -> bytes:
    """Return the end of the file, long enough to hold the last whole line from its beginning."""
    length = TAIL_BYTES
    while True:
        file.seek(max(0, size - length))
        tail = file.read()
        if length >= size or tail.count(b"\n") >= 2:
            return tail
        length *= 4

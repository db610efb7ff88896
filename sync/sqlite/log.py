"""The write-ahead log as it lies on disk: whether what SQLite will not read of it is a torn end, or damage.

After a crash SQLite believes the log up to the first frame whose checksum does not match. A power cut
leaves that frame in the last transaction, which nobody was told of. A flipped bit leaves whole
transactions after it: those were acknowledged, and dropping them silently would lose them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from sync.errors import StorageFailed

_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24
_MAGIC: Final = 0x377F0682  # the last bit says that checksums are big-endian
_SHARED_FRAMES_OFFSET: Final = 16

Checksum = tuple[int, int]


class Frame(NamedTuple):
    """`is_commit`: the last one of a transaction. `data`: what its checksum covers."""

    number: int
    is_commit: bool
    salts: bytes
    checksum: Checksum
    data: bytes


class Log:
    """One reading of the `-wal` file beside a database."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes() if path.exists() else b""
        header = self._bytes[:_HEADER_BYTES]
        self._order = "<" if header[3:4] == b"\x82" else ">"
        self.page_bytes = int.from_bytes(header[8:12], "big") or 4096
        self.salts = header[16:24]
        self._first = self.checksum((0, 0), header[:24]) if len(header) == _HEADER_BYTES else (0, 0)
        is_known = int.from_bytes(header[:4], "big") | 1 == _MAGIC | 1
        self.is_header_whole = is_known and self._first == struct.unpack(">2I", header[24:])

    def frames(self, first: int = 1) -> Iterator[Frame]:
        """Yield what has the length of frames, from frame `first` on, whole or not."""
        size = _FRAME_HEADER_BYTES + self.page_bytes
        for number in count(first):
            start = _HEADER_BYTES + (number - 1) * size
            frame = self._bytes[start : start + size]
            if len(frame) < size:
                return
            checksum = struct.unpack_from(">2I", frame, 16)
            is_commit = frame[4:8] != b"\0\0\0\0"
            data = frame[:8] + frame[_FRAME_HEADER_BYTES:]
            yield Frame(number, is_commit, frame[8:16], checksum, data)

    def damaged_frames(self, last: int) -> Iterator[int]:
        """Yield the frames up to `last`, all of which were written whole, that no longer are."""
        before = self._first
        for frame in self.frames():
            if frame.number > last:
                return
            if frame.salts != self.salts or self.checksum(before, frame.data) != frame.checksum:
                yield frame.number
            before = frame.checksum

    def has_commits_beyond(self, last: int) -> bool:
        """Whether frames that SQLite does not believe hold a commit, and the start of the next one.

        Those after the broken frame follow from what it says its checksum is, or from what it ought to be.
        """
        before = next((frame.checksum for frame in self.frames(last) if last), self._first)
        for frame in self.frames(last + 1):
            expected = self.checksum(before, frame.data)
            if expected != frame.checksum or frame.salts != self.salts:
                return any(self._is_followed(frame, seed) for seed in {frame.checksum, expected})
            before = expected
        return False

    def _is_followed(self, broken: Frame, seed: Checksum) -> bool:
        has_commit = broken.is_commit
        # What an earlier round of the log left has other salts, and was copied into the file long ago.
        salts = self.salts if self.is_header_whole else None
        for frame in self.frames(broken.number + 1):
            if self.checksum(seed, frame.data) != frame.checksum or (salts or frame.salts) != frame.salts:
                return False
            if has_commit:
                return True
            seed, salts, has_commit = frame.checksum, frame.salts, frame.is_commit
        return False

    def checksum(self, before: Checksum, data: bytes) -> Checksum:
        """SQLite's checksum of a log, carried on from the frame before."""
        one, other = before
        words = iter(struct.unpack(f"{self._order}{len(data) // 4}I", data))
        for even, odd in zip(words, words, strict=True):
            one = (one + even + other) & 0xFFFF_FFFF
            other = (other + odd + one) & 0xFFFF_FFFF
        return one, other


def log_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def frames_in_use(path: Path) -> int:
    """Return how many frames of the log SQLite believes, as its processes tell each other."""
    shared = path.with_name(f"{path.name}-shm")
    if not shared.exists():
        return 0
    with shared.open("rb") as index:
        index.seek(_SHARED_FRAMES_OFFSET)
        return int.from_bytes(index.read(4), "little")


def refuse_damaged_log(path: Path) -> None:
    """Raises: StorageFailed when acknowledged commits lie in the log that SQLite would drop.

    Call it with the write lock held, so that nobody appends meanwhile.
    """
    believed = frames_in_use(path)
    if Log(log_beside(path)).has_commits_beyond(believed):
        raise StorageFailed(
            f"{path.name}-wal is damaged after frame {believed}: commits that come later cannot be read.",
            error="damaged",
            hint="Repair the file from a peer, or restore a backup; the file is left as it is.",
        )

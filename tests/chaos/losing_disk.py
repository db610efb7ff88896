"""A disk that remembers every write and sync, and shows what a power cut could have left."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import apsw

Style = Literal["dropped", "prefix", "random", "torn", "reordered"]
STYLES: tuple[Style, ...] = ("dropped", "prefix", "random", "torn", "reordered")
SECTOR_BYTES = 512


@dataclass(frozen=True)
class Event:
    """`data` None is a truncation to `offset`; `is_sync` says all before it is on the platter.

    `acknowledged` is `<id>@<generation>`, told to a client at this moment.
    """

    file: str
    offset: int = 0
    data: bytes | None = None
    is_sync: bool = False
    acknowledged: str | None = None


@dataclass
class Recording:
    """Everything that happened, in order, from the files' first content on."""

    first: dict[str, bytes]
    events: list[Event] = field(default_factory=list)

    def images(self, moments: list[int]) -> Iterator[Image]:
        """Yield what a power cut after each of so many events finds; `moments` ascend."""
        image = Image({name: bytearray(first) for name, first in self.first.items()})
        done = 0
        for moment in moments:
            for event in self.events[done:moment]:
                image.add(event)
            done = moment
            yield image


@dataclass
class Image:
    """What is on the platter, and the writes since that a power cut may or may not leave."""

    platter: dict[str, bytearray]
    unsynced: dict[str, list[Event]] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        if event.acknowledged:
            doc_id, _, generation = event.acknowledged.partition("@")
            self.acknowledged[doc_id] = int(generation)
        elif event.is_sync:
            for written in self.unsynced.pop(event.file, ()):
                _apply(self.platter[event.file], written)
        else:
            self.unsynced.setdefault(event.file, []).append(event)

    def write(self, folder: Path, style: Style, chance: random.Random) -> None:
        """Write the files as a power cut now may leave them."""
        for name, platter in self.platter.items():
            content = bytearray(platter)
            for event in _survivors(self.unsynced.get(name, []), style, chance):
                _apply(content, event)
            (folder / name).write_bytes(content)


def _survivors(unsynced: list[Event], style: Style, chance: random.Random) -> list[Event]:
    if style == "dropped":
        return []
    if style == "prefix":
        return unsynced[: chance.randint(0, len(unsynced))]
    kept = [event for event in unsynced if chance.random() < 0.5]
    if style == "reordered":
        chance.shuffle(kept)
    return [_torn(event, chance) for event in kept] if style == "torn" else kept


def _torn(event: Event, chance: random.Random) -> Event:
    if not event.data:
        return event
    sectors = chance.randint(0, len(event.data) // SECTOR_BYTES + 1)
    return Event(event.file, event.offset, event.data[: sectors * SECTOR_BYTES])


def _apply(content: bytearray, event: Event) -> None:
    if event.data is not None:
        missing = event.offset - len(content)
        content.extend(bytes(max(missing, 0)))
        content[event.offset : event.offset + len(event.data)] = event.data
    else:
        del content[event.offset :]


class RecordingDisk(apsw.VFS):
    """An SQLite VFS over the real one that writes down what it does."""

    NAME = "recording"

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        super().__init__(self.NAME, "")

    def xOpen(self, name, flags):
        return _RecordingFile(self.recording, name, flags)


class _RecordingFile(apsw.VFSFile):
    def __init__(self, recording: Recording, name, flags) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._file = Path(path or "temporary").name
        self._recording = recording
        recording.first.setdefault(self._file, b"")

    def xWrite(self, data, offset):
        super().xWrite(data, offset)  # first: the shim below puts the page's checksum into it
        self._recording.events.append(Event(self._file, offset, bytes(data)))

    def xTruncate(self, size):
        self._recording.events.append(Event(self._file, size))
        super().xTruncate(size)

    def xSync(self, flags):
        super().xSync(flags)
        self._recording.events.append(Event(self._file, is_sync=True))


class FailingDisk(apsw.VFS):
    """An SQLite VFS over the real one whose n-th "write" or "sync" fails, once."""

    NAME = "failing"

    def __init__(self, operation: str, point: int) -> None:
        self.operation = operation
        self.left = point
        super().__init__(self.NAME, "")

    def xOpen(self, name, flags):
        return _FailingFile(self, name, flags)

    def count(self, operation: str, result: int) -> None:
        """Raises: apsw.IOError, when it is this operation's turn."""
        if operation == self.operation:
            self.left -= 1
            if self.left == 0:
                error = apsw.IOError("the disk failed")
                error.extendedresult = result
                raise error


class _FailingFile(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, name, flags) -> None:
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data, offset):
        self._disk.count("write", apsw.SQLITE_IOERR_WRITE)
        super().xWrite(data, offset)

    def xSync(self, flags):
        self._disk.count("sync", apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)

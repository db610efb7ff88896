"""Power cuts at every point of a run of writes: nothing acknowledged is lost, nothing is malformed."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import apsw
import pytest

from sync.sqlite import open_server
from sync.sqlite.connections import configure
from sync.sqlite.database import sweep_dropped
from sync.sqlite.peer import SqlitePeer
from sync.sqlite.writer import Writer
from tests.chaos.losing_disk import STYLES, Event, Recording, RecordingDisk
from tests.support.soak import scaled

IMAGES = scaled(10_000, 100_000)
SEED = int(os.environ.get("CHAOS_SEED", "20261123"))


@pytest.fixture
def images(tmp_path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    return folder


def record(path, *, synchronous):
    """Write through the engine's own writer onto a recording disk, from several threads."""
    prepared = open_server(path)
    prepared.create("logs")
    prepared.close()
    recording = Recording({path.name: path.read_bytes()})
    disk = RecordingDisk(recording)
    connection = apsw.Connection(str(path), vfs=RecordingDisk.NAME)
    # A Python VFS has no shared memory: one connection, that keeps its index of the WAL to itself.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    configure(connection)
    connection.execute(f"PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = 30")
    writer = Writer(connection, on_commit=lambda _: None, on_idle=sweep_dropped)
    peer = SqlitePeer("logs", None, writer, None)
    threads = [threading.Thread(target=write, args=(peer, recording, name)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    disk.unregister()
    return recording


def write(peer, recording, name):
    """100 transactions: new documents, and every third time an edit of an older one."""
    revs = {}
    for number in range(100):
        doc_id = f"{name}{number}" if number % 3 or not number else f"{name}{number // 3}"
        offered = {"_id": doc_id, "v": "x" * (50 + 37 * number)}
        [row] = peer.bulk_docs([offered | ({"_rev": revs[doc_id]} if doc_id in revs else {})])
        assert row.is_ok
        revs[doc_id] = row.rev
        recording.events.append(Event("", acknowledged=f"{doc_id}@{row.rev.partition('-')[0]}"))


def what_is_left(recording, folder, count):
    """Open `count` images of power cuts; return the moments that lost something and those malformed."""
    chance = random.Random(SEED)
    lost, malformed = [], []
    moments = sorted(chance.randint(1, len(recording.events)) for _ in range(count))
    for number, image in enumerate(recording.images(moments)):
        image.write(folder, STYLES[number % len(STYLES)], chance)
        connection = apsw.Connection(str(folder / "couch.sqlite"))
        try:
            stored = {
                doc_id: int(rev.partition("-")[0])
                for doc_id, rev in connection.execute("SELECT id, rev FROM document")
            }
            if connection.pragma("integrity_check") != "ok":
                malformed.append(moments[number])
            if any(stored.get(doc_id, 0) < generation for doc_id, generation in image.acknowledged.items()):
                lost.append(moments[number])
        except (apsw.CorruptError, apsw.IOError):
            malformed.append(moments[number])
        connection.close()
        for leftover in folder.iterdir():
            leftover.unlink()
    return lost, malformed


class TestPowerLoss:
    """RELIABILITY T4, PROTOCOL C51."""

    def test_no_power_cut_loses_an_acknowledged_write(self, tmp_path, images):
        recording = record(tmp_path / "couch.sqlite", synchronous="FULL")
        assert sum(event.acknowledged is not None for event in recording.events) == 300
        assert what_is_left(recording, images, IMAGES) == ([], [])

    def test_the_disk_does_lose_writes_that_were_not_synced(self, tmp_path, images):
        # The control: with synchronous=NORMAL the same run must lose something, or this test sees nothing.
        recording = record(tmp_path / "couch.sqlite", synchronous="NORMAL")
        lost, malformed = what_is_left(recording, images, 60)
        assert len(lost) > 10
        assert malformed == []

"""Power cuts at every point of a run of writes: nothing acknowledged is lost, nothing is malformed."""

from __future__ import annotations

import random
import threading

import apsw
from losing_disk import STYLES, Event, Recording, RecordingDisk

from sync.sqlite import open_server
from sync.sqlite.connections import configure
from sync.sqlite.database import sweep_dropped
from sync.sqlite.peer import SqlitePeer
from sync.sqlite.writer import Writer
from tests.support.soak import scaled

IMAGES = scaled(750, 10_000)
SEED = 20261123


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
    for number in range(70):
        doc_id = f"{name}{number}"
        [row] = peer.bulk_docs([{"_id": doc_id, "v": "x" * (50 + 37 * number)}])
        assert row.is_ok
        recording.events.append(Event("", acknowledged=doc_id))


def what_is_left(recording, folder, count):
    """Open `count` images of power cuts; return those that lost something and those malformed."""
    chance = random.Random(SEED)
    lost, malformed = [], []
    for number in range(count):
        image = folder / str(number)
        image.mkdir()
        moment = chance.randint(1, len(recording.events))
        recording.write_image(image, moment, STYLES[number % len(STYLES)], chance)
        connection = apsw.Connection(str(image / "couch.sqlite"))
        try:
            stored = {doc_id for (doc_id,) in connection.execute("SELECT id FROM document")}
            if connection.pragma("integrity_check") != "ok":
                malformed.append(number)
            if not recording.acknowledged_before(moment) <= stored:
                lost.append(number)
        except apsw.CorruptError:
            malformed.append(number)
        connection.close()
    return lost, malformed


class TestPowerLoss:
    """RELIABILITY T4, PROTOCOL C51."""

    def test_no_power_cut_loses_an_acknowledged_write(self, tmp_path):
        recording = record(tmp_path / "couch.sqlite", synchronous="FULL")
        assert len(recording.acknowledged_before(len(recording.events))) == 210
        assert what_is_left(recording, tmp_path, IMAGES) == ([], [])

    def test_the_disk_does_lose_writes_that_were_not_synced(self, tmp_path):
        # The control: with synchronous=NORMAL the same run must lose something, or this test sees nothing.
        recording = record(tmp_path / "couch.sqlite", synchronous="NORMAL")
        lost, malformed = what_is_left(recording, tmp_path, 60)
        assert len(lost) > 10
        assert malformed == []

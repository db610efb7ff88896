"""Every n-th call to the operating system fails once, at every n: no false success, no corruption."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import apsw
import pytest
from flask import Flask

from sync.errors import StorageFailed, SyncError
from sync.http import Access, Limits, create_blueprint
from sync.sqlite import open_server
from sync.sqlite.repair import repair
from sync.sqlite.scrub import check
from tests.chaos.failing_system import ERRORS, Tap, nth, tapped

FORMAT_1 = Path(__file__).parents[1] / "unit" / "sync" / "format_1.sql"


class Told:
    """What the engine acknowledged: the generation of each document, and those purged."""

    def __init__(self) -> None:
        self.generations: dict[str, int] = {}
        self.revs: dict[str, str] = {}
        self.refused = 0

    def write(self, peer, doc_id) -> None:
        offered = {"_id": doc_id, "v": "x" * 3000}
        offered |= {"_rev": self.revs[doc_id]} if doc_id in self.revs else {}
        try:
            [row] = peer.bulk_docs([offered])
        except SyncError:
            self.refused += 1
            return
        if row.is_ok:  # not so where an edit was stored whose acknowledgement failed
            self.revs[doc_id] = row.rev
            self.generations[doc_id] = int(row.rev.partition("-")[0])


def run_script(path: Path, told: Told) -> None:
    """Everything an engine does with its file; only refusals may come of it."""
    try:
        server = open_server(path)
    except StorageFailed:
        return
    try:
        peer = server.ensure("a")
        server._writer._connection.execute("PRAGMA wal_autocheckpoint = 4")
        for number in range(7):
            told.write(peer, f"d{number}")
            told.write(peer, f"d{number // 2}")
        for work in (
            lambda: peer.put_local("checkpoint", {"n": 1}),
            lambda: peer.changes(include_docs=True),
            peer.compact,
            lambda: server.backup_to(path.with_name("backup")),
            lambda: told.write(peer, "last"),
        ):
            try:
                work()
            except SyncError:
                told.refused += 1
    except (SyncError, apsw.Error):
        told.refused += 1
    finally:
        server.close()


def assert_kept(path: Path, told: Told) -> None:
    server = open_server(path)
    assert list(check(path)) == []
    if told.generations:
        stored = {row.id: int(row.revs[0].partition("-")[0]) for row in server.open("a").changes().rows}
        assert {d: g for d, g in told.generations.items() if stored.get(d, 0) < g} == {}
        assert server.open("a").bulk_docs([{"_id": "afterwards"}])[0].is_ok
    server.close()


def points(call: str, folder: Path) -> int:
    """Return how often the script makes this call."""
    told = Told()
    with tapped(call, Tap(lambda *_: False)) as tap:
        run_script(folder / "counting.sqlite", told)
    assert told.refused == 0
    assert len(told.generations) == 8
    return tap.calls


class TestEveryCall:
    """RELIABILITY T6."""

    @pytest.mark.parametrize("name", ["EIO", "ENOSPC"])
    @pytest.mark.parametrize("call", ["pwrite64", "open", "ftruncate", "unlink", "pread64", "fstat"])
    def test_what_was_acknowledged_is_there_and_the_file_is_sound(self, tmp_path, call, name):
        if name == "ENOSPC" and call in ("pread64", "unlink", "fstat"):
            return  # reading and removing need no room
        found = points(call, tmp_path)
        if call == "pwrite64":
            assert found > 80
        for point in range(1, found + 1):
            told = Told()
            path = tmp_path / f"{point}" / "couch.sqlite"
            path.parent.mkdir()
            with tapped(call, Tap(nth(point), ERRORS[name])):
                run_script(path, told)
            assert_kept(path, told)
            shutil.rmtree(path.parent)


class Calls:
    """os.fsync, os.link, os.rename and os.replace, one of which fails."""

    def __init__(self, monkeypatch, point: int, code: int) -> None:
        self.made = 0
        for name in ("fsync", "link", "rename", "replace"):
            monkeypatch.setattr(os, name, self._counted(getattr(os, name), point, code))

    def _counted(self, real, point, code):
        def call(*arguments, **named):
            self.made += 1
            if self.made == point:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **named)

        return call


class TestRenames:
    """RELIABILITY T6: a migration or repair that fails at any step leaves the file as it was, or done."""

    def make_old(self, path: Path) -> None:
        connection = apsw.Connection(str(path))
        connection.execute(FORMAT_1.read_text("utf-8"))
        connection.close()

    def test_a_migration(self, tmp_path, monkeypatch):
        for point in range(1, 4):
            path = tmp_path / str(point) / "couch.sqlite"
            path.parent.mkdir()
            self.make_old(path)
            with monkeypatch.context() as patch:
                Calls(patch, point, errno.ENOSPC)
                with pytest.raises(StorageFailed, match="Cannot use the database file"):
                    open_server(path)
            server = open_server(path)
            assert server.open("leads").get("plain")["n"] == 2
            assert path.with_name("couch.sqlite.format-1").exists()
            server.close()

    def test_a_repair(self, tmp_path, monkeypatch):
        for point in range(1, 4):
            path = tmp_path / str(point) / "couch.sqlite"
            path.parent.mkdir()
            server = open_server(path)
            server.create("a").bulk_docs([{"_id": "x", "n": 1}])
            server.close()
            with monkeypatch.context() as patch:
                Calls(patch, point, errno.EIO)
                with pytest.raises(StorageFailed, match="repaired"):
                    repair(path, lambda _: None)
            server = open_server(path)
            assert server.open("a").get("x")["n"] == 1
            server.close()


class FullDisk:
    """While `is_full`, no file of SQLite's grows."""

    def __init__(self) -> None:
        self.is_full = False
        self.refusals = 0

    def refuses(self, _: int, arguments: tuple) -> bool:
        fd, _, size, offset = arguments
        is_refused = self.is_full and offset + size > os.fstat(fd).st_size
        self.refusals += is_refused
        return is_refused


class Everything:
    """A guard that lets everybody do everything."""

    def check(self, *_) -> Access:
        return Access()


class TestFullDisk:
    """RELIABILITY T9: writes are refused in JSON, reads go on, and room that comes back is used at once."""

    @pytest.fixture
    def server(self, tmp_path):
        opened = open_server(tmp_path / "couch.sqlite")
        opened.create("a")
        yield opened
        opened.close()

    @pytest.fixture
    def client(self, server):
        app = Flask("couch")
        app.register_blueprint(create_blueprint(server, Everything(), limits=Limits()))
        return app.test_client()

    def write_until_full(self, client, kept, cycle) -> None:
        while True:
            doc_id = f"full{cycle}-{len(kept)}"
            answer = client.post("/a/_bulk_docs", json={"docs": [{"_id": doc_id, "v": "x" * 20_000}]})
            if answer.status_code != 201:
                assert (answer.status_code, answer.json["error"]) == (507, "insufficient_storage")
                return
            kept.append(doc_id)

    def test_twenty_times_full_and_free_again(self, server, client):
        disk, kept = FullDisk(), []
        with tapped("pwrite64", Tap(disk.refuses, errno.ENOSPC)):
            for cycle in range(20):
                disk.is_full = False
                assert client.put(f"/a/free{cycle}", json={"v": 1}).status_code == 201
                kept.append(f"free{cycle}")
                disk.is_full = True
                self.write_until_full(client, kept, cycle)
                assert [row["id"] for row in client.get("/a/_all_docs").json["rows"]] == sorted(kept)
                assert client.get("/a/free0").json["v"] == 1
        assert disk.refusals >= 20
        assert list(check(server.path)) == []

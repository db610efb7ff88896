"""The desk's log: a chain signed by the server, on disk in the journal before it is in any database."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

from server.gateway.desk import Desk, EntryRef, EntryUnfit, NewEntry
from server.journal import Journal
from server.records.entry import check_shape, entry_hash, verify_signature
from server.records.signing import SigningKey
from sync.errors import StorageFailed
from sync.peer import Server, WriteResult
from sync.sqlite import open_server

KEY = SigningKey.generate()
BODY = {"title": "登记"}


def desk_on(couch: Server, folder: Path, has_folded: Callable[[str, int, str], bool] | None = None) -> Desk:
    folded = has_folded or (lambda *_: False)
    return Desk(couch, KEY, Journal(folder), has_folded=folded, time_zone="Asia/Shanghai")


def append(desk: Desk, title: str = "登记") -> EntryRef:
    return desk.append("lead", {"title": title}, author="system", role="system")


def rows(couch: Server) -> list[dict[str, Any]]:
    return [row.doc for row in couch.ensure("logs").all_docs(include_docs=True) if row.doc]


@pytest.fixture
def couch(tmp_path: Path) -> Any:
    server = open_server(tmp_path / "couch.sqlite", epoch="0123456789ab")
    yield server
    server.close()


@pytest.fixture
def desk(couch: Server, tmp_path: Path) -> Desk:
    return desk_on(couch, tmp_path / "journal")


class TestAppend:
    """DESIGN 3, "The desk"."""

    def test_entries_form_one_signed_chain(self, desk, couch):
        first, second = append(desk), append(desk)

        entries = [row["entry"] for row in rows(couch)]
        assert [first.device, first.entry, second.entry] == ["desk-0123456789ab", 1, 2]
        assert [entry["prev"] for entry in entries] == [None, first.hash]
        assert [entry["hash"] for entry in entries] == [entry_hash(entry) for entry in entries]
        assert all(verify_signature(entry, KEY.public_jwk()) for entry in entries)
        assert [check_shape(entry) for entry in entries] == [[], []]
        assert entries[0]["at"].endswith("+08:00")

    def test_many_are_appended_in_order(self, desk, couch):
        news = [
            NewEntry(type="lead", body={"title": str(n)}, author="system", role="system") for n in range(7)
        ]

        refs = desk.append_many(news)

        assert [ref.entry for ref in refs] == [1, 2, 3, 4, 5, 6, 7]
        assert [row["entry"]["body"]["title"] for row in rows(couch)] == ["0", "1", "2", "3", "4", "5", "6"]

    def test_processes_appending_at_once_make_one_chain(self, couch, tmp_path):
        spawn = multiprocessing.get_context("spawn")
        together = spawn.Barrier(2)
        workers = [spawn.Process(target=_append_twenty, args=(tmp_path, together)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

        entries = [row["entry"] for row in rows(couch)]
        assert [entry["entry"] for entry in entries] == list(range(1, 41))
        assert [entry["prev"] for entry in entries] == [None, *(entry["hash"] for entry in entries[:-1])]

    @pytest.mark.parametrize("body", [{"t": "\ud83d"}, {"__proto__": 1}, {"t": "水" * 22_000}, {"_x": 1}])
    def test_what_cannot_be_an_entry_is_refused_and_leaves_nothing(self, desk, couch, body):
        with pytest.raises(EntryUnfit):
            desk.append("lead", body, author="system", role="system")

        assert rows(couch) == []
        assert append(desk).entry == 1

    def test_a_new_epoch_has_a_desk_of_its_own(self, desk, couch):
        append(desk)
        couch.change_epoch()

        ref = append(desk)

        assert (ref.device, ref.entry) == (f"desk-{couch.epoch}", 1)
        assert ref.device != "desk-0123456789ab"


class TestJournal:
    """DESIGN 3: fsynced to a journal outside the databases, which restore replays."""

    def test_a_restored_database_gets_back_what_the_journal_holds(self, desk, couch, tmp_path):
        refs = [append(desk, str(n)) for n in range(3)]
        older = open_server(tmp_path / "older.sqlite")
        restored = desk_on(older, tmp_path / "journal")

        assert restored.replay_journal() == 3
        assert restored.replay_journal() == 0
        assert [row["entry"]["hash"] for row in rows(older)] == [ref.hash for ref in refs]
        older.close()

    def test_a_crash_between_journal_and_database_loses_nothing(self, desk, couch, tmp_path):
        first = append(desk)
        line = {**rows(couch)[0]}
        del line["_rev"]
        other = open_server(tmp_path / "crashed.sqlite", epoch="0123456789ab")  # has none of the lines
        crashed = desk_on(other, tmp_path / "journal")

        second = append(crashed)

        assert second.entry == 2
        assert [row["entry"]["hash"] for row in rows(other)] == [first.hash, second.hash]
        assert rows(other)[1]["entry"]["prev"] == first.hash
        other.close()

    def test_a_line_cut_short_by_a_crash_is_taken_out(self, desk, couch, tmp_path):
        append(desk)
        path = tmp_path / "journal" / "desk-0123456789ab.jsonl"
        with path.open("ab") as file:
            file.write(b'{"_id":"desk-0123456789ab:0000000002","entry":{"ent')

        assert append(desk).entry == 2
        assert path.read_bytes().count(b"\n") == 2
        assert list(Journal(tmp_path / "journal").lines("desk-0123456789ab"))[1]["entry"]["entry"] == 2

    def test_a_lost_journal_is_begun_again_from_the_database(self, desk, couch, tmp_path):
        append(desk), append(desk)
        path = tmp_path / "journal" / "desk-0123456789ab.jsonl"
        path.unlink()

        assert append(desk).entry == 3
        assert path.read_bytes().count(b"\n") == 3

    def test_what_the_database_refused_does_not_come_back_by_itself(self, desk, couch, tmp_path, monkeypatch):
        append(desk)

        def full(_docs: Any, **_: Any) -> list[WriteResult]:
            raise StorageFailed("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(desk._logs, "bulk_docs", full)
            with pytest.raises(StorageFailed):
                append(desk, "nobody was told")

        assert append(desk, "next").entry == 2
        assert [row["entry"]["body"]["title"] for row in rows(couch)] == ["登记", "next"]

    def test_the_line_is_on_disk_before_the_database_is_asked(self, desk, tmp_path, monkeypatch):
        seen: list[int] = []
        write = desk._logs.bulk_docs

        def look(docs: Any, **options: Any) -> list[WriteResult]:
            path = tmp_path / "journal" / "desk-0123456789ab.jsonl"
            seen.append(path.stat().st_size)
            return write(docs, **options)

        synced: list[int] = []
        fsync = os.fsync
        monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), fsync(fd))[1])
        monkeypatch.setattr(desk._logs, "bulk_docs", look)
        append(desk)

        assert seen[0] > 0
        assert len(synced) == 2  # the new file and its folder


class TestAwait:
    """DESIGN 3: a console request waits up to 2 s until its entry is folded."""

    def test_it_says_when_the_read_model_has_the_entry(self, couch, tmp_path):
        answers = iter([False, False, True])
        desk = desk_on(couch, tmp_path / "journal", lambda *_: next(answers))

        assert desk.await_folded(EntryRef("desk-0123456789ab", 1, "ab" * 32, "lead:x")) is True

    def test_it_gives_up_in_time(self, desk):
        assert desk.await_folded(EntryRef("desk-0123456789ab", 1, "ab" * 32, "lead:x"), 0.05) is False


def _append_twenty(folder: Path, together: Barrier) -> None:
    couch = open_server(folder / "couch.sqlite")
    desk = desk_on(couch, folder / "journal")
    together.wait(30)
    for _ in range(20):
        append(desk)
    couch.close()

"""A small engine file of every kind of content, and whether what is read from a damaged copy is true."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from sync.errors import StorageFailed, SyncError
from sync.peer import ChangesPage, Peer, ReadOptions
from sync.sqlite import SqliteServer, open_server

A = "a" * 32
NAMES = ("leads", "logs")
DOCUMENTS = 40


def fill(server: SqliteServer) -> None:
    """Documents with one revision, several, conflicts, tombstones, large bodies, and checkpoints."""
    for name in NAMES:
        peer = server.create(name)
        for number in range(DOCUMENTS):
            doc_id = f"{name}:{number:03}"
            body = {"n": number, "text": f"{number}:" + "证据" * (20 + 5 * number)}
            [row] = peer.bulk_docs([{"_id": doc_id, **body}])
            if number % 3 == 0:
                peer.bulk_docs([{"_id": doc_id, "_rev": row.rev, **body, "again": True}])
            if number % 7 == 0:
                peer.bulk_docs([{"_id": doc_id, "_rev": f"1-{A}", "v": number}], new_edits=False)
            if number % 11 == 5:
                peer.bulk_docs([{"_id": doc_id, "_rev": peer.get(doc_id)["_rev"], "_deleted": True}])
        peer.bulk_docs([{"_id": "large", "text": "x" * 30_000}])
        peer.put_local("checkpoint", {"seq": "12"})


def copy_of(path: Path, folder: Path) -> Path:
    """Copy the file with its log, without the shared memory that a crash does not leave."""
    folder.mkdir()
    for part in (path, path.with_name(f"{path.name}-wal")):
        if part.exists():
            shutil.copy(part, folder / part.name)
    return folder / path.name


def flip(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


Answers = dict[tuple[str, ...], Any]


def answers(server: SqliteServer, *, with_seqs: bool = True) -> Answers:
    """Ask everything that clients ask; an answer is a value, or None where the engine said it is damaged."""
    found: Answers = {}
    for name in NAMES:
        try:
            peer = server.open(name)
        except StorageFailed:
            continue
        found |= {(name, *key): value for key, value in _answers_of(peer, with_seqs).items()}
    return found


def _answers_of(peer: Peer, with_seqs: bool) -> Answers:
    ids = [f"{peer.name}:{number:03}" for number in range(DOCUMENTS)]
    found: Answers = {("all_docs",): _ask(lambda: peer.all_docs(include_docs=True))}
    found["local",] = _ask(lambda: peer.get_local("checkpoint"))
    if with_seqs:
        found["changes",] = _ask(lambda: peer.changes(style="all_docs", include_docs=True))
        found["info",] = _ask(lambda: (peer.info().doc_count, peer.info().doc_del_count))
    shown = ReadOptions(revs=True, conflicts=True)
    for doc_id in [*ids, "large"]:
        found["get", doc_id] = _ask(lambda doc_id=doc_id: peer.get(doc_id, options=shown))
        found["open_revs", doc_id] = _ask(lambda doc_id=doc_id: peer.open_revs(doc_id, "all", options=shown))
    return found


def _ask(question: Any) -> Any:
    try:
        return question()
    except StorageFailed:
        return None
    except SyncError as error:
        return error.reason


def wrong(found: Answers, expected: Answers) -> list[tuple[str, ...]]:
    """Return the questions that were answered, and falsely."""
    return [key for key, value in found.items() if value is not None and value != expected[key]]


def untrue(found: Answers, expected: Answers) -> list[tuple[str, ...]]:
    """Return the questions whose answer holds what is not so; an answer that lacks something is none."""
    return [key for key in wrong(found, expected) if not _is_part_of(found[key], expected[key])]


def _is_part_of(value: Any, whole: Any) -> bool:
    if isinstance(value, ChangesPage):
        return _is_part_of(value.rows, whole.rows)
    return value == "missing" or (isinstance(value, list) and all(row in whole for row in value))


def open_and_ask(path: Path) -> Answers:
    """Return no answers where the engine refuses to open the file."""
    try:
        server = open_server(path)
    except StorageFailed:
        return {}
    try:
        return answers(server)
    finally:
        server.close()

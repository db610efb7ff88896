"""What is known of people, devices and stations' secrets as it changes, in the journal outside the databases.

A restore of an older backup puts them back: no phone enrolled since is a stranger then, and who was
revoked stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from server.journal import Journal, Line
from sync.peer import Document, DocumentLike, Peer, WriteResult

NAME: Final = "people"
KINDS: Final = (
    "member:",
    "device:",
    "grant:",
    "login:",
    "station_secret:",
    "person:",
    "id_number:",
    "display_code:",
    "reporter:",
)
PAGE: Final = 500


class PeopleJournal:
    """`secret` names the key that seals names: lines under another cannot be opened, and are left alone."""

    def __init__(self, journal: Journal, secret: str) -> None:
        self._journal = journal
        self._secret = secret

    def noting(self, documents: Sequence[DocumentLike], write: Callable[[], list[Any]]) -> list[Any]:
        """Run `write`, and note which of the documents it wrote, in the order of their commits."""
        if not any(_is_of_people(document["_id"]) for document in documents):
            return write()
        with self._journal.locked(NAME):
            results = write()
            done = [doc for doc, result in zip(documents, results, strict=True) if result.is_ok]
            self._append(doc for doc in done if _is_of_people(doc["_id"]))
            return results

    def catch_up(self, accounts: Peer) -> int:
        """Note what a crash kept from being noted, or an older version did not; returns how many."""
        with self._journal.locked(NAME):
            noted = self._latest(self._journal.lines(NAME))
            missing = [doc for doc in _people(accounts) if noted.get(doc["_id"]) != doc]
            self._append(missing)
            return len(missing)

    def put_back(self, accounts: Peer, lines: Iterable[Line]) -> list[WriteResult]:
        """Write what the lines noted last over what accounts hold, where it differs."""
        newer = self._latest(lines)
        older = accounts.get_many(list(newer))
        writes = []
        for doc_id, document in newer.items():
            present = older.get(doc_id)
            if _content(present or {"_deleted": True}) != _content(document):
                writes.append({**document, **({"_rev": present["_rev"]} if present else {})})
        return accounts.bulk_docs(writes) if writes else []

    def _latest(self, lines: Iterable[Line]) -> dict[str, Document]:
        return {line["doc"]["_id"]: line["doc"] for line in lines if line["secret"] == self._secret}

    def _append(self, documents: Iterable[DocumentLike]) -> None:
        lines: list[Line] = [{"secret": self._secret, "doc": _noted(doc)} for doc in documents]
        if lines:
            self._journal.last(NAME)  # what a crash cut short is no line
            self._journal.append(NAME, lines)


def lines_beyond(backup: Journal, present: Journal) -> list[Line]:
    """Return the lines that are newer than a backup: what follows its own, or all of a journal begun anew."""
    known, now = backup.content(NAME), present.content(NAME)
    if known.startswith(now):
        return []
    return list(present.lines(NAME, start=len(known) if now.startswith(known) else 0))


def _is_of_people(doc_id: str) -> bool:
    return doc_id.startswith(KINDS)


def _noted(document: DocumentLike) -> Document:
    return {name: value for name, value in document.items() if name != "_rev"}


def _content(document: DocumentLike) -> Document:
    return {name: value for name, value in document.items() if name not in {"_id", "_rev"}}


def _people(accounts: Peer) -> Iterable[Document]:
    for kind in KINDS:
        start = kind
        while rows := accounts.all_docs(start=start, end=kind + "\uffff", limit=PAGE, include_docs=True):
            yield from (_noted(row.doc) for row in rows if row.doc is not None)
            start = rows[-1].id + "\x00"

"""The changes feed, read inside one snapshot.

Which rows are read is settled by an index, whatever is asked for; only a selector looks at documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import apsw
import orjson

from sync.document import DESIGN_PREFIX
from sync.mango.selector import Matches, compile_selector
from sync.peer import ChangeRow, ChangesPage, Document, ReadOptions, Seq, Style
from sync.sqlite.body import BODY_COLUMNS, read_body
from sync.sqlite.database import Database
from sync.sqlite.reads import PLAIN, Reader, add_options, compose
from sync.sqlite.seq_ranges import count_beyond
from sync.sqlite.stored_document import StoredDocument, check_row

_COLUMNS: Final = "d.number, d.id, d.seq, d.rev, d.is_deleted, d.body, d.tree, d.seal"
_NO_LIMIT: Final = -1
_AFTER_DESIGN: Final = DESIGN_PREFIX[:-1] + chr(ord("/") + 1)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a feed; a selector is read when it is asked, before any row is."""

    limit: int | None = None
    include_docs: bool = False
    style: Style = "main_only"
    descending: bool = False
    doc_ids: Sequence[str] | None = None
    selector: Mapping[str, Any] | None = None
    design_only: bool = False
    options: ReadOptions = PLAIN


def read_changes(
    connection: apsw.Connection, database: Database, since: Seq, question: Question
) -> ChangesPage:
    """One row a document, at its latest seq. Spec: PROTOCOL E65 to E71, E78, E79."""
    return _Feed(connection, database, question).page(database.seq_number(since))


class _Feed:
    def __init__(self, connection: apsw.Connection, database: Database, question: Question) -> None:
        self._connection = connection
        self._database = database
        self._question = question
        self._reader = Reader(connection, database)
        self._matches = None if question.selector is None else compile_selector(question.selector)
        self._needs_docs = question.include_docs or self._matches is not None
        self._life = f"-{database.life}"
        self._shows_more = question.include_docs and question.options != PLAIN

    def page(self, start: int) -> ChangesPage:
        database, limit = self._database, self._question.limit
        if self._question.descending:
            start = 0  # as in CouchDB, a feed read backwards begins at the end and ignores `since`
        rows: list[ChangeRow] = []
        last = None
        for row in self._found(start) if limit != 0 else ():
            shown = self._shown(row)
            if shown is not None:
                rows.append(shown)
                last = row[2]
                if len(rows) == limit:
                    break
        if limit is None or len(rows) < limit:
            end = last if self._question.descending and last is not None else database.last_seq
            return ChangesPage(rows, database.seq(end), 0)
        last = start if last is None else last
        return ChangesPage(rows, database.seq(last), self._pending(last))

    def _found(self, start: int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows that ids and seqs let through, in order."""
        limit = self._question.limit
        values = self._values() | {
            "since": start,
            "limit": _NO_LIMIT if limit is None or self._matches else limit,
        }
        query = (
            f"SELECT {_COLUMNS}{self._with_body()} FROM {self._table()}"  # noqa: S608 - constants
            f"{self._joined_body()}"
            f" WHERE {self._chosen()} AND d.seq > :since"
            f" ORDER BY d.seq {'DESC' if self._question.descending else 'ASC'} LIMIT :limit"
        )
        return iter(self._connection.execute(query, values))

    def _pending(self, last: int) -> int:
        descending = self._question.descending
        if self._question.doc_ids is None and not self._question.design_only:
            return count_beyond(self._connection, self._database.number, last, is_before=descending)
        is_later = "d.seq < :last" if descending else "d.seq > :last"
        query = f"SELECT count(*) FROM {self._table()} WHERE {self._chosen()} AND {is_later}"  # noqa: S608
        count: int = self._connection.execute(query, self._values() | {"last": last}).get
        return count

    def _with_body(self) -> str:
        return f", {BODY_COLUMNS}" if self._needs_docs else ""

    def _joined_body(self) -> str:
        return " LEFT JOIN body b ON b.number = d.body" if self._needs_docs else ""

    def _table(self) -> str:
        # Without being told, SQLite would walk all seqs to find a few ids.
        question = self._question
        by_id = question.doc_ids is not None or question.design_only
        return f"document d INDEXED BY {'document_id' if by_id else 'document_seq'}"

    def _chosen(self) -> str:
        conditions = ["d.database = :database"]
        if self._question.doc_ids is not None:
            conditions.append("d.id IN (SELECT value FROM json_each(:doc_ids))")
        if self._question.design_only:
            conditions.append("d.id >= :design AND d.id < :after_design")
        return " AND ".join(conditions)

    def _values(self) -> dict[str, Any]:
        return {
            "database": self._database.number,
            "doc_ids": orjson.dumps(list(self._question.doc_ids or ())).decode(),
            "design": DESIGN_PREFIX,
            "after_design": _AFTER_DESIGN,
        }

    def _shown(self, row: tuple[Any, ...]) -> ChangeRow | None:
        """Return the row as it is answered; None when the selector does not want it."""
        if not self._needs_docs and (row[6] is None or self._question.style == "main_only"):
            check_row(self._database.number, row)  # most rows of most feeds
            return ChangeRow(f"{row[2]}{self._life}", row[1], (row[3],), row[4] == 1)
        _, doc_id, seq, rev, is_deleted, _, tree, *_ = row
        check_row(self._database.number, row[:8])
        question = self._question
        doc = None
        if self._needs_docs:
            doc = compose(doc_id, rev, read_body(*row[8:]))
            if is_deleted:
                doc["_deleted"] = True
        revs: tuple[str, ...] = (rev,)
        document = None
        if self._shows_more or (tree is not None and question.style == "all_docs"):
            document = StoredDocument.from_row(self._database.number, row[:8])
        if question.style == "all_docs" and document is not None:
            revs = tuple(str(leaf) for leaf in document.tree.leaves)
        if self._matches is not None and doc is not None:
            revs = self._matching(self._matches, doc, document, revs)
        if not revs:
            return None
        if not question.include_docs:
            doc = None
        elif doc is not None and document is not None and self._shows_more:
            add_options(doc, document, document.tree.winner, question.options)
        return ChangeRow(self._database.seq(seq), doc_id, revs, bool(is_deleted), doc)

    def _matching(
        self, matches: Matches, winner: Document, document: StoredDocument | None, revs: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Return those of the leaves asked for that the selector matches."""
        if document is None or len(revs) == 1:
            return revs if matches(winner) else ()
        leaves = [self._reader.read(document, leaf) for leaf in document.tree.leaves]
        return tuple(leaf["_rev"] for leaf in leaves if matches(leaf))

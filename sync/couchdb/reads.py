"""Reading documents: a winner, a revision, leaves, many at once, and what is missing here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, Literal, TypeVar

from sync.couchdb.address import quoted_id
from sync.couchdb.asking import Asking
from sync.couchdb.json_text import encode
from sync.couchdb.quorum import EVERY_COPY
from sync.errors import BadRequest, DocumentNotFound
from sync.peer import BulkGetRow, DocRow, Document, ReadOptions, RevsDiff, WriteResult
from sync.revision import parse_revision

KEYS_AT_ONCE: Final = 1_000
REVS_AT_ONCE: Final = 100
"""Revisions stand in the URL, which servers take up to about 8,000 bytes."""
PLAIN: Final = ReadOptions()
_OPTIONS: Final = ("revs", "revs_info", "conflicts", "deleted_conflicts", "local_seq", "latest")

_IN_BULK: Final = 6
"""How deep documents lie in an answer of _bulk_get: ok in a list of docs in a result in the list of all."""

T = TypeVar("T")


def read_winner(database: Asking, doc_id: str, rev: str | None, options: ReadOptions) -> Document:
    parameters: dict[str, object] = option_parameters(options)
    if rev is not None:
        parameters["rev"] = str(parse_revision(rev))
    document: Document = database.ask("GET", quoted_id(doc_id), parameters).json()
    return document


def read_leaves(
    database: Asking, doc_id: str, revs: Sequence[str] | Literal["all"], options: ReadOptions
) -> list[Document | str]:
    """Return leaves, or each revision asked for; a missing one as its text. Spec: PROTOCOL B30 to B33."""
    if revs == "all":
        rows = _open_revs(database, doc_id, "all", options)
        if not any("ok" in row for row in rows):
            raise DocumentNotFound("missing")
        return list(in_winner_order(row["ok"] for row in rows))
    wanted = [str(parse_revision(rev)) for rev in revs]
    found = [
        row for page in _pages(wanted, REVS_AT_ONCE) for row in _open_revs(database, doc_id, page, options)
    ]
    if options.latest:
        leaves = in_winner_order(row["ok"] for row in found if "ok" in row)
        return [*leaves, *(row["missing"] for row in found if "missing" in row)]
    # CouchDB answers in an order of its own.
    by_rev = {row["ok"]["_rev"]: row["ok"] for row in found if "ok" in row}
    return [by_rev.get(rev, rev) for rev in wanted]


def _open_revs(
    database: Asking, doc_id: str, revs: Sequence[str] | Literal["all"], options: ReadOptions
) -> list[dict[str, Any]]:
    asked: dict[str, object] = {"open_revs": encode(list(revs)).decode()}
    if revs == "all":
        # A leaf may stand on one node alone.
        asked = {"open_revs": "all", "r": EVERY_COPY}
    answer = database.ask("GET", quoted_id(doc_id), option_parameters(options) | asked)
    rows: list[dict[str, Any]] = answer.json()
    return rows


def read_bulk(
    database: Asking, wanted: Sequence[tuple[str, str | None]], options: ReadOptions
) -> list[BulkGetRow]:
    """One row a pair, in the order asked. Spec: PROTOCOL D56 to D61."""
    asked = [{"id": doc_id} | ({"rev": rev} if rev else {}) for doc_id, rev in wanted]
    answer = database.ask("POST", "_bulk_get", option_parameters(options), {"docs": asked})
    return [_bulk_row(row) for row in answer.json(documents_at=_IN_BULK)["results"]]


def _bulk_row(row: Mapping[str, Any]) -> BulkGetRow:
    docs = in_winner_order(found["ok"] for found in row["docs"] if "ok" in found)
    errors = [found["error"] for found in row["docs"] if "error" in found]
    if docs or not errors:
        return BulkGetRow(row["id"], docs)
    error, reason = errors[0].get("error", "not_found"), errors[0].get("reason", "missing")
    return BulkGetRow(row["id"], [], WriteResult(row["id"], error=error, reason=reason))


def in_winner_order(leaves: Iterable[Document]) -> list[Document]:
    """Servers list leaves in orders of their own. Spec: PROTOCOL B28."""
    return sorted(leaves, key=_standing, reverse=True)


def _standing(leaf: Document) -> tuple[bool, tuple[int, bytes]]:
    try:
        rank = parse_revision(leaf["_rev"]).rank
    except BadRequest:
        rank = (0, leaf["_rev"].encode())  # no revision that we would take: whoever reads it is told
    return not leaf.get("_deleted"), rank


def read_by_key(database: Asking, keys: Iterable[str], *, include_docs: bool) -> dict[str, DocRow]:
    """Return those that exist and are not deleted, by id."""
    found = {}
    for page in _pages(list(dict.fromkeys(keys)), KEYS_AT_ONCE):
        answer = database.ask("POST", "_all_docs", {"include_docs": include_docs}, {"keys": page})
        for row in answer.json()["rows"]:
            if "id" in row and not row["value"].get("deleted"):
                found[row["id"]] = doc_row(row)
    return found


def read_range(
    database: Asking,
    *,
    start: str | None,
    end: str | None,
    limit: int | None,
    skip: int,
    include_docs: bool,
    descending: bool,
) -> list[DocRow]:
    parameters: dict[str, object] = {"include_docs": include_docs, "descending": descending, "skip": skip}
    for name, value in (("start_key", start), ("end_key", end)):
        if value is not None:
            parameters[name] = encode(value).decode()
    if limit is not None:
        parameters["limit"] = limit
    return [doc_row(row) for row in database.ask("GET", "_all_docs", parameters).json()["rows"]]


def read_count_before(database: Asking, start: str, *, descending: bool) -> int | None:
    parameters = {"start_key": encode(start).decode(), "descending": descending, "limit": 0}
    offset: int | None = database.ask("GET", "_all_docs", parameters).json()["offset"]
    return offset


def doc_row(row: Mapping[str, Any]) -> DocRow:
    return DocRow(row["id"], row["value"]["rev"], row.get("doc"))


def read_difference(database: Asking, revs: Mapping[str, Sequence[str]]) -> dict[str, RevsDiff]:
    """Spec: PROTOCOL D52 to D54."""
    asked = {doc_id: [str(parse_revision(rev)) for rev in texts] for doc_id, texts in revs.items() if texts}
    if not asked:
        return {}
    answer: dict[str, dict[str, list[str]]] = database.ask("POST", "_revs_diff", body=asked).json()
    return {
        doc_id: RevsDiff(_in_order(row["missing"], asked[doc_id]), row.get("possible_ancestors", []))
        for doc_id, row in answer.items()
    }


def _in_order(missing: Sequence[str], asked: Sequence[str]) -> list[str]:
    return [rev for rev in asked if rev in set(missing)]


def option_parameters(options: ReadOptions) -> dict[str, object]:
    return {name: True for name in _OPTIONS if getattr(options, name)}


def _pages(items: Sequence[T], size: int) -> Iterator[list[T]]:
    each = iter(items)
    while page := list(islice(each, size)):
        yield page

"""`_all_docs` and `_design_docs`: documents by id, a range or chosen keys; a long list is streamed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from flask import Response

from sync.document import DESIGN_PREFIX
from sync.errors import BadRequest, DocumentNotFound
from sync.http.answers import JSON, answer, streamed
from sync.http.body import read_object, require_json_type
from sync.http.call import Call
from sync.http.json_text import dump_json, dump_line
from sync.http.parameters import attachment_flags, flag, json_value, text_value, whole_number
from sync.peer import DocRow, Peer, ReadOptions, Seq

_AFTER_DESIGN: Final = DESIGN_PREFIX[:-1] + chr(ord("/") + 1)
_ONE_RANGE: Final = ("key", "startkey", "start_key", "endkey", "end_key")
_JSON_VALUES: Final = frozenset({*_ONE_RANGE, "keys"})
_CONFLICTS: Final = ReadOptions(conflicts=True)


@dataclass(frozen=True, slots=True)
class Range:
    """Which documents, in which order; `start` and `end` as they are met, both inclusive."""

    start: str | None
    end: str | None
    limit: int | None
    skip: int
    descending: bool
    include_docs: bool
    conflicts: bool
    is_end_open: bool


def all_docs(call: Call) -> Response:
    """`key`, `keys`, `startkey`, `endkey`, `limit`, `skip`, `descending`, `include_docs`, `conflicts`."""
    said = _said(call)
    return _listed(call, said, _range(said))


def design_docs(call: Call) -> Response:
    """The same, of design documents alone."""
    said = _said(call)
    asked = _range(said)
    low, high = (asked.end, asked.start) if asked.descending else (asked.start, asked.end)
    low, high = max(low or "", DESIGN_PREFIX), min(high or _AFTER_DESIGN, _AFTER_DESIGN)
    start, end = (high, low) if asked.descending else (low, high)
    return _listed(call, said, replace(asked, start=start, end=end))


@dataclass(frozen=True, slots=True)
class Said:
    """The parameters of one request: of its address, and of its body, which wins."""

    args: dict[str, str]


def _said(call: Call) -> Said:
    args = dict(call.args)
    if call.request.method != "POST":
        return Said(args)
    require_json_type(call.request)
    body = read_object(call.request, call.face.limits.max_body_bytes)
    if not isinstance(body.get("keys", []), list):
        raise BadRequest("`keys` body member must be an array.")
    return Said(args | {name: _spelt(name, value) for name, value in body.items()})


def _spelt(name: str, value: Any) -> str:
    """Return a member of a body as an address would spell it: IBM's clients send all of them there."""
    if isinstance(value, str) and name not in _JSON_VALUES:
        return value
    return dump_json(value).decode()


def _range(said: Said) -> Range:
    attachment_flags(said)
    key = text_value(said, "key")
    start, end = text_value(said, "startkey", "start_key"), text_value(said, "endkey", "end_key")
    include_docs = flag(said, "include_docs")
    return Range(
        start=key if key is not None else start,
        end=key if key is not None else end,
        limit=whole_number(said, "limit"),
        skip=whole_number(said, "skip") or 0,
        descending=flag(said, "descending"),
        include_docs=include_docs,
        conflicts=include_docs and flag(said, "conflicts"),
        is_end_open=key is None and not flag(said, "inclusive_end", default=True),
    )


def _listed(call: Call, said: Said, asked: Range) -> Response:
    keys = json_value(said, "keys")
    if keys is not None:
        if not isinstance(keys, list):
            raise BadRequest("`keys` parameter must be an array.")
        if not said.args.keys().isdisjoint(_ONE_RANGE):
            reason = "`keys` is incompatible with `key`, `start_key` and `end_key`"
            raise BadRequest(reason, error="query_parse_error")
        return _by_keys(call, asked, keys)
    total, seq, before, rows = call.on_peer(
        lambda peer: (*_counted(peer), _before(peer, asked), _read(call, peer, asked, None, 0))
    )
    offset = None if before is None else min(before + asked.skip, total)
    head = {"total_rows": total, "offset": offset} | ({"update_seq": seq} if flag(said, "update_seq") else {})
    opening = dump_json(head)[:-1] + b',"rows":[\n'
    if _is_last(call, asked, rows, len(rows)):
        return Response(opening + _lines(rows) + b"\n]}\n", content_type=JSON)
    return streamed(_pages(call, asked, opening, rows), JSON)


def _counted(peer: Peer) -> tuple[int, Seq]:
    info = peer.info()
    return info.doc_count, info.update_seq


def _before(peer: Peer, asked: Range) -> int | None:
    return 0 if asked.start is None else peer.count_before(asked.start, descending=asked.descending)


def _pages(call: Call, asked: Range, opening: bytes, rows: list[DocRow]) -> Generator[bytes]:
    yield opening + _lines(rows)
    count = len(rows)
    while not _is_last(call, asked, rows, count):
        last = rows[-1].id
        rows = call.on_peer(lambda peer, last=last, count=count: _read(call, peer, asked, last, count))  # type: ignore[misc]
        yield (b",\n" if rows else b"") + _lines(rows)
        count += len(rows)
    yield b"\n]}\n"


def _is_last(call: Call, asked: Range, rows: list[DocRow], count: int) -> bool:
    return len(rows) < call.face.limits.page_rows or (asked.limit is not None and count >= asked.limit)


def _read(call: Call, peer: Peer, asked: Range, after: str | None, count: int) -> list[DocRow]:
    """Return the next page, which begins behind the id `after`; `count` rows went before it."""
    page_rows = call.face.limits.page_rows
    wanted = page_rows if asked.limit is None else min(page_rows, asked.limit - count)
    # One more at each end that does not belong to it: the id where the last page ended, and an open end.
    rows = peer.all_docs(
        start=asked.start if after is None else after,
        end=asked.end,
        limit=wanted + 1,
        skip=asked.skip if after is None else 0,
        include_docs=asked.include_docs,
        descending=asked.descending,
    )
    kept = [row for row in rows if row.id != after and not (asked.is_end_open and row.id == asked.end)]
    return [_with_conflicts(peer, row) for row in kept[:wanted]] if asked.conflicts else kept[:wanted]


def _with_conflicts(peer: Peer, row: DocRow) -> DocRow:
    try:
        return replace(row, doc=peer.get(row.id, options=_CONFLICTS))
    except DocumentNotFound:  # deleted since the page was read
        return row


def _by_keys(call: Call, asked: Range, keys: list[Any]) -> Response:
    """As many rows as keys, in their order: what is there, what is deleted, what is neither."""
    wanted = (keys[::-1] if asked.descending else keys)[asked.skip :][: asked.limit]
    ids = list({key for key in wanted if isinstance(key, str)})

    def read(peer: Peer) -> tuple[int, dict[str, dict[str, Any]]]:
        found = peer.all_docs(keys=ids, include_docs=asked.include_docs)
        rows = {row.id: _row(_with_conflicts(peer, row) if asked.conflicts else row) for row in found}
        absent = [doc_id for doc_id in ids if doc_id not in rows]
        deleted = peer.changes(doc_ids=absent).rows if absent else []
        gone = {row.id: _deleted_row(row.id, row.revs[0], asked) for row in deleted}
        return peer.info().doc_count, rows | gone

    total, rows = call.on_peer(read)
    listed = [rows.get(key) if isinstance(key, str) else None for key in wanted]
    shown = [row or {"key": key, "error": "not_found"} for key, row in zip(wanted, listed, strict=True)]
    return answer({"total_rows": total, "offset": None, "rows": shown})


def _deleted_row(doc_id: str, rev: str, asked: Range) -> dict[str, Any]:
    row = {"id": doc_id, "key": doc_id, "value": {"rev": rev, "deleted": True}}
    return row | {"doc": None} if asked.include_docs else row


def _row(row: DocRow) -> dict[str, Any]:
    listed: dict[str, Any] = {"id": row.id, "key": row.id, "value": {"rev": row.rev}}
    return listed if row.doc is None else listed | {"doc": orjson.Fragment(dump_line(row.doc))}


def _lines(rows: list[DocRow]) -> bytes:
    return b",\n".join(dump_json(_row(row)) for row in rows)

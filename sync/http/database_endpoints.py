"""One database: what it is, creating and deleting it, its list of documents, its upkeep."""

from __future__ import annotations

from typing import Any

from flask import Response

from sync.document import check_document_id
from sync.errors import BadRequest, NotFound, NotImplementedHere
from sync.http.address import url_of
from sync.http.answers import answer
from sync.http.call import Call
from sync.http.compactions import Compactions
from sync.http.parameters import flag, json_value, text_value, whole_number
from sync.peer import DatabaseInfo, DocRow, Peer


def show(call: Call) -> Response:
    """Spec: PROTOCOL A3, A4."""
    info = call.on_peer(lambda peer: peer.info())
    return answer(described(info, call.face.compactions))


def described(info: DatabaseInfo, compactions: Compactions) -> dict[str, object]:
    """What is told of a database, here and in `_dbs_info`."""
    return {
        "instance_start_time": info.instance_start_time,
        "db_name": info.name,
        "update_seq": info.update_seq,
        "purge_seq": "0",
        "sizes": {"file": info.size_bytes, "external": info.size_bytes, "active": info.size_bytes},
        "props": {},
        "doc_del_count": info.doc_del_count,
        "doc_count": info.doc_count,
        "disk_format_version": 8,
        "compact_running": compactions.is_running(info.name),
    }


def create(call: Call) -> Response:
    """Spec: PROTOCOL A6."""
    call.face.run_blocking(lambda: call.face.server.create(call.database))
    return answer({"ok": True}, 201, {"Location": url_of(call.prefix, call.database)})


def delete(call: Call) -> Response:
    call.face.run_blocking(lambda: call.face.server.delete(call.database))
    return answer({"ok": True})


def all_docs(call: Call) -> Response:
    """`start_key`, `end_key`, `key`, `keys`, `limit`, `skip`, `descending`, `include_docs`."""
    keys = _keys(call)
    request = call.request
    include_docs = flag(request, "include_docs")
    key = text_value(request, "key")
    start, end = text_value(request, "startkey", "start_key"), text_value(request, "endkey", "end_key")
    is_end_open = not flag(request, "inclusive_end", default=True)
    limit, skip = whole_number(request, "limit"), whole_number(request, "skip") or 0
    descending = flag(request, "descending")
    # With the end left out one row more is needed than asked for: the end itself may be among them.
    wanted = limit + 1 if limit is not None and is_end_open else limit

    def read(peer: Peer) -> tuple[int, list[DocRow]]:
        return peer.info().doc_count, peer.all_docs(
            start=key if key is not None else start,
            end=key if key is not None else end,
            keys=keys,
            limit=None if keys is not None else wanted,
            skip=0 if keys is not None else skip,
            include_docs=include_docs,
            descending=False if keys is not None else descending,
        )

    total, rows = call.on_peer(read)
    if keys is not None:
        asked = keys[::-1] if descending else keys
        listed = _rows_by_key(asked, rows)[skip:]
        return answer({"total_rows": total, "offset": None, "rows": listed[:limit]})
    if is_end_open:
        rows = [row for row in rows if row.id != end][:limit]
    offset = skip if start is None and key is None and end is None else None
    return answer({"total_rows": total, "offset": offset, "rows": [_row(row) for row in rows]})


def _keys(call: Call) -> list[Any] | None:
    keys = json_value(call.request, "keys")
    if call.request.method == "POST":
        keys = call.json_object().get("keys", keys)
    if keys is not None and not isinstance(keys, list):
        raise BadRequest("`keys` body member must be an array.")
    return keys


def _rows_by_key(keys: list[Any], rows: list[DocRow]) -> list[dict[str, Any]]:
    found = {row.id: row for row in rows}
    return [
        _row(found[key]) if isinstance(key, str) and key in found else {"key": key, "error": "not_found"}
        for key in keys
    ]


def _row(row: DocRow) -> dict[str, Any]:
    listed: dict[str, Any] = {"id": row.id, "key": row.id, "value": {"rev": row.rev}}
    return listed if row.doc is None else listed | {"doc": row.doc}


_CLOSED = {
    "_design_docs": "Listing design documents",
    "_explain": "Queries",
    "_find": "Queries",
    "_index": "Queries",
    "_local_docs": "Listing _local documents",
    "_partition": "Partitions",
    "_purged_infos": "Listing purges",
    "_purged_infos_limit": "Limits of purging",
    "_queries": "Queries",
    "_search_cleanup": "Search",
    "_shards": "Shards",
    "_sync_shards": "Shards",
    "_temp_view": "Views",
    "_view": "Views",
    "_view_cleanup": "Views",
}


def unknown(call: Call) -> Response:
    """What CouchDB has and this has not is 501 with a reason; what nobody has is 404."""
    name = call.doc_id.partition("/")[0]
    if name in _CLOSED:
        raise NotImplementedHere(f"{_CLOSED[name]}: not offered here.")
    if call.request.method == "PUT":
        check_document_id(name)
    raise NotFound("missing")

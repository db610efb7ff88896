"""What CouchDB has and this has not: 501 with a reason; what nobody has is 404."""

from __future__ import annotations

from typing import Final

from flask import Response

from sync.document import check_document_id
from sync.errors import BadRequest, DatabaseNotFound, NotFound, NotImplementedHere
from sync.http.call import Call

_ATTACHMENTS: Final = "Attachments"
_JAVASCRIPT: Final = "Functions of design documents"
_QUERIES: Final = "Mango queries and their indexes"

_IN_DATABASE: Final = {
    "_auto_purge": "Purging by time",
    "_explain": _QUERIES,
    "_find": _QUERIES,
    "_index": _QUERIES,
    "_info": _JAVASCRIPT,
    "_list": _JAVASCRIPT,
    "_local_docs": "Listing _local documents",
    "_nouveau": "Search",
    "_partition": "Partitions",
    "_purged_infos": "Listing purges",
    "_purged_infos_limit": "Limits of purging",
    "_queries": "Several queries at once",
    "_rewrite": _JAVASCRIPT,
    "_search": "Search",
    "_search_cleanup": "Search",
    "_shards": "Shards",
    "_show": _JAVASCRIPT,
    "_sync_shards": "Shards",
    "_temp_view": _JAVASCRIPT,
    "_update": _JAVASCRIPT,
    "_view": _JAVASCRIPT,
    "_view_cleanup": _JAVASCRIPT,
}
_AT_SERVER: Final = {
    "_db_updates": "The feed of databases",
    "_replicate": "Replication begun over HTTP (use `liandong replicate`)",
    "_scheduler": "Replication begun over HTTP (use `liandong replicate`)",
    "_search_analyze": "Search",
}


def attachment(_: Call) -> Response:
    raise _refusal(_ATTACHMENTS)


def in_database(call: Call) -> Response:
    name = call.doc_id.partition("/")[0]
    if name in _IN_DATABASE:
        raise _refusal(_IN_DATABASE[name])
    if call.request.method == "PUT":
        check_document_id(name)
    raise NotFound("missing")


def at_server(call: Call) -> Response:
    """`doc_id` holds the name that was asked for."""
    if call.doc_id in _AT_SERVER:
        raise _refusal(_AT_SERVER[call.doc_id])
    if call.request.method == "PUT":
        raise BadRequest(
            f"Name: '{call.doc_id}'. Only lowercase characters (a-z), digits (0-9), and any of the characters"
            " _, $, (, ), +, -, and / are allowed. Must begin with a letter.",
            error="illegal_database_name",
        )
    raise DatabaseNotFound


def _refusal(what: str) -> NotImplementedHere:
    return NotImplementedHere(f"{what}: not offered here.")

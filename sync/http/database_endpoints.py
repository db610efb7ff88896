"""One database: what it is, creating and deleting it."""

from __future__ import annotations

from flask import Response

from sync.http.address import url_of
from sync.http.answers import answer
from sync.http.call import Call
from sync.http.compactions import Compactions
from sync.peer import DatabaseInfo


def show(call: Call) -> Response:
    """Spec: PROTOCOL A3, A4."""
    info = call.quickly(lambda peer: peer.info())
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

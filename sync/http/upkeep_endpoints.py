"""The upkeep of one database: `_compact`, `_purge`, `_ensure_full_commit`, `_revs_limit`."""

from __future__ import annotations

from typing import Any

from flask import Response

from sync.errors import BadRequest, TooLarge
from sync.http.answers import answer
from sync.http.body import read_bytes, require_json_type
from sync.http.call import Call
from sync.http.json_text import parse_json
from sync.revision import REVS_LIMIT, parse_revision


def compact(call: Call) -> Response:
    """Begun, not done: `_active_tasks` and `compact_running` tell how it goes. Spec: PROTOCOL A11."""
    require_json_type(call.request)
    call.face.run_blocking(lambda: call.face.compactions.start(call.database))
    return answer({"ok": True}, 202)


def ensure_full_commit(call: Call) -> Response:
    """Nothing to do: what was acknowledged is on disk. Spec: PROTOCOL F85, A4."""
    require_json_type(call.request)
    info = call.quickly(lambda peer: peer.info())
    return answer({"ok": True, "instance_start_time": info.instance_start_time}, 201)


def purge(call: Call) -> Response:
    """Leaves go without a tombstone and do not come back. Spec: PROTOCOL G96."""
    asked = call.json_object()
    if len(asked) > call.face.limits.max_batch_rows:
        raise TooLarge("Too many documents in one request.")
    for revs in asked.values():
        _check_revs(revs)
    purged = call.on_peer(lambda peer: peer.purge(asked))
    shown = {doc_id: purged.get(doc_id, []) for doc_id in asked}
    return answer({"purge_seq": None, "purged": shown}, 201)


def _check_revs(revs: Any) -> None:
    """Raises: BadRequest."""
    if not isinstance(revs, list):
        raise BadRequest("Invalid list of revisions")
    for rev in revs:
        parse_revision(rev)


def revs_limit(call: Call) -> Response:
    call.quickly(lambda peer: peer.info())
    return answer(REVS_LIMIT)


def set_revs_limit(call: Call) -> Response:
    """One limit on every replica, never lowered: trees that were cut differently never agree again."""
    wanted = parse_json(read_bytes(call.request, 100))
    call.quickly(lambda peer: peer.info())
    if wanted != REVS_LIMIT:
        raise BadRequest(f"The limit is {REVS_LIMIT} on every database here, and stays.")
    return answer({"ok": True})

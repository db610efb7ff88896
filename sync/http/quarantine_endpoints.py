"""`/_liandong/quarantine`: what was refused, for administrators, and how it comes in after all."""

from __future__ import annotations

from flask import Response

from sync.errors import NotFound
from sync.http.answers import answer
from sync.http.body import require_json_type
from sync.http.call import Call


def listed(call: Call) -> Response:
    """`?database=NAME` chooses one."""
    database = call.args.get("database")
    rows = call.face.run_blocking(lambda: call.face.quarantine.refused(database))
    return answer({"total_rows": len(rows), "rows": rows})


def show(call: Call) -> Response:
    """One row with its bytes, in base64."""
    kept, _ = call.face.run_blocking(lambda: call.face.quarantine.row(call.doc_id))
    return answer(kept)


def readmit(call: Call) -> Response:
    """`POST /_liandong/quarantine/ID/readmit`"""
    require_json_type(call.request)
    rev = call.face.run_blocking(lambda: call.face.quarantine.readmit(call.doc_id))
    return answer({"ok": True, "rev": rev}, 201)


def unknown(_: Call) -> Response:
    raise NotFound("missing")

"""A case's evidence taken out as one signed file; the audit keeps who, when and why, before it leaves."""

from __future__ import annotations

import tempfile
from typing import IO, BinaryIO, Final, cast

from flask import Response, send_file

from server.bundle.dossier import dossier
from server.bundle.write import write_bundle
from server.console.viewer import Viewer
from server.readmodel.rows import RecordRow
from server.services import Services, current

_TYPES: Final = frozenset({"pil_case"})


def is_bundled(record_type: str) -> bool:
    """Is there a bundle of records of this type?"""
    return record_type in _TYPES


def hand_out(row: RecordRow, reason: str, viewer: Viewer) -> Response:
    """Return the bundle of the case as a file."""
    services = current()
    content = services.run_blocking(lambda: _made(services, row, reason, viewer))
    name = f"evidence-{row.id.partition(':')[2][-6:]}.zip"
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name=name)


def _made(services: Services, row: RecordRow, reason: str, viewer: Viewer) -> IO[bytes]:
    records = dossier(services.readmodel, row.id)
    services.audit.append(
        "evidence_taken_out", actor=viewer.member, about=row.id, count=len(records), reason=reason
    )
    content = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer that sends it
    write_bundle(services, records, cast("BinaryIO", content))
    content.seek(0)
    return content

"""Who reported a lead: opened by the intake clerk alone, for a reason that the audit keeps."""

from __future__ import annotations

from server.console.viewer import Viewer
from server.identity.reporters import Reporter, Reporters
from server.readmodel.rows import RecordRow
from server.records.names import FIELD_ROLES
from server.services import current


def reporters() -> Reporters:
    """Return the identities of reporters in this process's accounts."""
    services = current()
    return Reporters(services.directory.accounts, services.key_ring)


def is_from_a_volunteer(row: RecordRow) -> bool:
    """Did the reporter write it on an own phone? Else it was taken down at the desk."""
    return row.entry["role"] in FIELD_ROLES


def open_reporter(row: RecordRow, reason: str, viewer: Viewer) -> Reporter | None:
    """Note in the audit who opens it and why, and only then open it; None where nobody was noted."""
    services = current()
    services.run_blocking(
        lambda: services.audit.append("reporter_opened", actor=viewer.member, about=row.id, reason=reason)
    )
    if is_from_a_volunteer(row):
        member = services.directory.member(row.entry["author"])
        return Reporter(name=member.name if member else row.entry["author"])
    return services.run_blocking(lambda: reporters().open(row.id))

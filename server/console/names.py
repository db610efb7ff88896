"""Names of members are sealed; that somebody with the right to read them did is written down."""

from __future__ import annotations

from server.console.permissions import Permission, may
from server.console.viewer import Viewer
from server.services import current


def note_names_read(about: str, viewer: Viewer) -> None:
    """Write down that names were shown; nothing for who sees codes instead."""
    if may(viewer, Permission.SEE_NAMES):
        services = current()
        services.run_blocking(lambda: services.audit.append("names_read", actor=viewer.member, about=about))

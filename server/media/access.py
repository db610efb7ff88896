"""Who may see which photo: a view that names it decides for devices, a role for console members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from server.media.arrivals import State
from sync.errors import DatabaseNotFound, DocumentNotFound
from sync.peer import Peer

COPY_ROLES: Final = frozenset(
    {"intake_clerk", "prosecutor", "chief_procurator", "security_officer", "auditor"}
)
ORIGINAL_ROLES: Final = frozenset({"intake_clerk", "prosecutor", "chief_procurator"})


def is_in_a_view(feeds: Iterable[Peer], record_id: str, number: int) -> bool:
    """Return whether one of these feeds holds a view of the record that names the file as verified."""
    return any(_names(feed, record_id, number) for feed in feeds)


def _names(feed: Peer, record_id: str, number: int) -> bool:
    try:
        files: Any = feed.get(record_id).get("media")
    except (DocumentNotFound, DatabaseNotFound):
        return False
    return isinstance(files, list) and any(
        file.get("number") == number and file.get("state") == State.VERIFIED for file in files
    )

"""Who may see which photo: a view that names it decides for devices, a role for console members.

Nothing here knows HTTP; the answer for what does not exist is the one for what is forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from server.identity.grants import Grant
from server.media.arrivals import State
from sync.errors import DatabaseNotFound, DocumentNotFound
from sync.peer import Peer

COUNTY: Final = "county"

READERS: Final = {
    "lead": frozenset({"intake_clerk", "prosecutor", "chief_procurator"}),
    "check_event": frozenset({"prosecutor", "chief_procurator"}),
    "signature": frozenset({"prosecutor", "chief_procurator"}),
}
"""Roles of the whole county that see the photos of a type, originals too. Source: DOMAIN 6."""


def reads_by_role(grants: Iterable[Grant], record_id: str) -> bool:
    """Return whether these grants open the photos of this record, whatever feed holds it."""
    readers = READERS.get(record_id.partition(":")[0], frozenset())
    return any(grant.scope == COUNTY and grant.role in readers for grant in grants)


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

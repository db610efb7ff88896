"""Where a county counts: `_local/county` in `accounts` holds its name, where it came from and where it went.

A store that a county left keeps all its data; opened by mistake it would go on as a second county.
"""

from __future__ import annotations

from typing import Any, Final

from server.messages.told import Told
from sync.errors import DatabaseNotFound
from sync.peer import Server

COUNTY: Final = "county"
ACCOUNTS: Final = "accounts"
MOVED_OUT: Final = "moved_out"


class MovedAway(Told):
    """The county that stands here was moved to another store and goes on there."""


def county_note(store: Server) -> dict[str, Any]:
    """Return what is noted of the county in this store; {} where nothing is."""
    try:
        found = store.open(ACCOUNTS).get_local(COUNTY) or {}
    except DatabaseNotFound:
        return {}
    return {name: value for name, value in found.items() if not name.startswith("_")}


def refuse_moved_away(store: Server) -> None:
    """Raises: MovedAway, where the county went on elsewhere."""
    moved = county_note(store).get(MOVED_OUT)
    if moved is not None:
        raise MovedAway("migrate.moved_away", place=moved["to"], at=moved["at"])


def note_moved_out(store: Server, *, to: str, at: str) -> None:
    """Remember where the county went; `to` holds no password."""
    noted = county_note(store)
    if noted.get(MOVED_OUT, {}).get("to") != to:
        store.open(ACCOUNTS).put_local(COUNTY, {**noted, MOVED_OUT: {"to": to, "at": at}})


def let_count_here(store: Server) -> str | None:
    """Let the county count here again, in a new epoch, and return that; None where it had not gone."""
    noted = county_note(store)
    if noted.pop(MOVED_OUT, None) is None:
        return None
    # The epoch first: without it phones would go on as if this store knew what they sent to the other.
    epoch = store.change_epoch()
    store.open(ACCOUNTS).put_local(COUNTY, noted)
    return epoch

"""A compaction of one database, waited for until no node is at it any more.

What the database says of itself is what one copy of each shard says; the others are in the list of tasks.
"""

from __future__ import annotations

import time
from typing import Final
from urllib.parse import unquote

from sync.couchdb.asking import Asking
from sync.couchdb.quorum import EVERY_COPY, Witnesses
from sync.errors import Overloaded

POLL_S: Final = 0.1
PATIENCE_S: Final = 600.0
TASK: Final = "database_compaction"


def compact(database: Asking) -> None:
    """Return when it is done, in all copies where we may see them. Raises: Overloaded."""
    database.ask("POST", "_compact", body={}).json()
    witnesses = Witnesses(database)
    # Nodes are only told, and answer nothing: what each has written after that, it was told before.
    witnesses.are_heard(EVERY_COPY)
    deadline_s = time.monotonic() + PATIENCE_S
    while _is_under_way(database):
        if time.monotonic() > deadline_s:
            raise Overloaded("The compaction goes on, longer than we wait.")
        time.sleep(POLL_S)
    # The new file takes the old one's place after the task is over, and before the next write.
    witnesses.are_heard(EVERY_COPY)


def _is_under_way(database: Asking) -> bool:
    if database.ask("GET").json().get("compact_running"):
        return True
    answer = database.connection.ask("GET", "/_active_tasks")
    if not answer.is_ok:
        return False  # for administrators alone
    place = unquote(database.path().removeprefix("/"))
    return any(task["type"] == TASK and _is_of(place, task["database"]) for task in answer.json())


def _is_of(place: str, told: str) -> bool:
    """Tasks name a shard: shards/<range>/<database>.<when it was made>."""
    return told == place or f"/{place}." in told

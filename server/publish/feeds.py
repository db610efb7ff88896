"""Feed databases: `<audience>-<epoch>`, written by ordinary edits only where something differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sync.errors import Conflict
from sync.peer import Document, Peer, Server

KINDS: Final = ("catalog-", "member-", "station-", "township-", "unit-")
VERSION: Final = "publish"
COMPACT_AFTER: Final = 500

View = Mapping[str, Any]


class Feeds:
    """The feeds of one epoch."""

    def __init__(self, couch: Server, epoch: str) -> None:
        self._couch = couch
        self._epoch = epoch
        self._edits: dict[str, int] = {}

    def standing(self) -> dict[str, list[str]]:
        """Return the ids of the views that stand, by audience."""
        return {
            name.removesuffix(f"-{self._epoch}"): [row.id for row in self._couch.open(name).all_docs()]
            for name in self._names()
            if name.endswith(f"-{self._epoch}")
        }

    def drop_other_epochs(self) -> None:
        """Delete the feeds of lives that are over: phones pull the new ones into fresh databases."""
        for name in self._names():
            if not name.endswith(f"-{self._epoch}"):
                self._couch.delete(name)

    def write(self, audience: str, views: Mapping[str, View | None]) -> bool:
        """Make these views stand, and empty those that are None; False when all was so already.

        Raises: Conflict when somebody else writes here.
        """
        feed = self._couch.ensure(f"{audience}-{self._epoch}")
        present = feed.get_many(list(views))
        edits = [
            edit
            for record, view in views.items()
            if (edit := _edit(record, view, present.get(record))) is not None
        ]
        known = feed.get_local(VERSION)
        if not edits and not _is_news(feed, known, is_filled=bool(present)):
            return False
        failed = next((row for row in feed.bulk_docs(edits) if not row.is_ok), None)
        if failed is not None:
            raise Conflict(f"{feed.name}: {failed.id}: {failed.error}")
        # After the views: whoever sees the new version finds them. The seq tells whether a crash came
        # between the two: without it the views of then would be nobody's news.
        version = (known or {"version": 0})["version"]
        feed.put_local(VERSION, {"version": version + 1, "seq": feed.info().update_seq})
        self._compact_sometimes(feed, len(edits))
        return True

    def _names(self) -> list[str]:
        return [name for kind in KINDS for name in self._couch.names(kind)]

    def _compact_sometimes(self, feed: Peer, edits: int) -> None:
        """Bodies that were withdrawn or replaced do not stay on the disk."""
        self._edits[feed.name] = self._edits.get(feed.name, 0) + edits
        if self._edits[feed.name] >= COMPACT_AFTER:
            feed.compact()
            self._edits[feed.name] = 0


def _is_news(feed: Peer, known: Document | None, *, is_filled: bool) -> bool:
    """Was something written here that no version tells of?

    The feed is asked, for seqs are opaque: the nodes of a cluster tell one moment in as many ways.
    """
    return is_filled if known is None else bool(feed.changes(known["seq"], limit=1).rows)


def _edit(record: str, view: View | None, present: Document | None) -> Document | None:
    rev = {"_rev": present["_rev"]} if present else {}
    if view is None:
        return {"_id": record, **rev, "_deleted": True} if present else None
    wanted = {"_id": record, **view, **rev}
    return None if wanted == present else wanted

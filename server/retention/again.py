"""After a restore: what was erased since the backup is erased again, before anything is served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from server.journal import Journal
from server.records.erasure import ERASED, Item, erased_id, joined, without
from server.retention.cleaning import take_out_of_journal, take_out_of_logs, take_out_of_media, written
from server.services import Services
from sync.peer import Document, Peer

PAGE: Final = 500


def erase_again(services: Services) -> int:
    """Carry out every erasure that the logs name; returns how many. Nobody else may have the data open.

    Raises: Overloaded, StorageFailed.
    """
    logs, central = services.couch.ensure("logs"), services.couch.ensure("central")
    found = [doc["entry"] for doc in _desk_entries(logs) if doc["entry"]["type"] == "erasure"]
    if not found:
        return 0
    items: list[Item] = [item for entry in found for item in entry["body"]["items"]]
    for start in range(0, len(items), PAGE):
        _take_out_of_central(logs, central, items[start : start + PAGE])
        take_out_of_logs(logs, items[start : start + PAGE])
    take_out_of_media(services, items, lambda hashes: hashes & _named(central))
    take_out_of_journal(Journal(services.settings.journal_folder), items)
    logs.compact()
    central.compact()
    services.couch.wipe_freed()
    return len(found)


def _take_out_of_central(logs: Peer, central: Peer, items: list[Item]) -> None:
    stored = logs.get_many([item["log"] for item in items])
    homes = {item["log"]: _homes(item["log"], stored.get(item["log"])) for item in items}
    present = central.get_many([id_ for ids in homes.values() for id_ in ids])
    fresh: dict[str, Document] = {}
    for item in items:
        place = erased_id(item["log"])
        known = fresh.get(place) or present.get(place)
        rev = {"_rev": known["_rev"]} if known and "_rev" in known else {}
        fresh[place] = {"_id": place, **joined(known, item), **rev}
        for home in homes[item["log"]]:
            doc = fresh.get(home) or present.get(home)
            if doc is not None and doc.get("log") == item["log"]:
                fresh[home] = without(doc, item)
    written(central, [doc for id_, doc in fresh.items() if doc != present.get(id_)])


def _homes(log: str, doc: Mapping[str, Any] | None) -> list[str]:
    """Return where central may hold what came as this log document."""
    record = ((doc or {}).get("entry") or {}).get("id")
    return [erased_id(log), f"entry:{log}", *([record] if isinstance(record, str) else [])]


def _named(central: Peer) -> set[str]:
    """Return every content that an entry names whose file was not erased."""
    return {
        file["sha256"]
        for doc in _pages(central, "", "\uffff")
        for file in doc.get("media", ())
        if file.get("state") != ERASED and isinstance(file.get("sha256"), str)
    }


def _desk_entries(logs: Peer) -> Iterator[Document]:
    return (doc for doc in _pages(logs, "desk-", "desk-\uffff") if isinstance(doc.get("entry"), dict))


def _pages(peer: Peer, start: str, end: str) -> Iterator[Document]:
    while rows := peer.all_docs(start=start, end=end, limit=PAGE, include_docs=True):
        yield from (row.doc for row in rows if row.doc is not None)
        start = rows[-1].id + "\x00"

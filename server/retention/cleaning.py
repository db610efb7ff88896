"""Taking out of every place what an erasure names; each part does nothing where it has been done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from server.identity.orders import give_order
from server.journal import Journal
from server.media.arrivals import FileRef
from server.records.entry import parse_log_id
from server.records.erasure import ERASED, Item, without
from server.records.names import is_desk
from server.services import Services
from sync.errors import Overloaded
from sync.peer import Document, Peer

Erasure = Mapping[str, Any]
"""The entry of one erasure."""


def take_out_of_logs(logs: Peer, items: Iterable[Item]) -> None:
    """Write each log document anew without what is erased. Raises: Overloaded."""
    wanted = {item["log"]: item for item in items}
    found = logs.get_many(list(wanted))
    changed = [fresh for log, doc in found.items() if (fresh := _stripped(doc, wanted[log])) != doc]
    written(logs, changed)


def _stripped(doc: Document, item: Item) -> Document:
    """Say in the document that parts were erased: the same entry with them is then no other one."""
    fresh = without(doc, item)
    erased = sorted({*doc.get(ERASED, ()), *item["parts"]})
    return {**fresh, ERASED: erased} if erased else fresh


def written(peer: Peer, docs: list[Document]) -> None:
    """Raises: Overloaded, where one of them was not written for good."""
    for result in peer.bulk_docs(docs) if docs else ():
        if not (result.is_ok and result.is_durable):
            raise Overloaded(f"{result.id}: {result.error or 'too few copies'}")


def take_out_of_media(
    services: Services, items: Iterable[Item], is_named_elsewhere: Callable[[set[str]], set[str]]
) -> None:
    """Erase the files that no other entry names; one that comes now is not kept."""
    hashes: set[str] = set()
    for item in items:
        place = parse_log_id(item["log"])
        for number in item["files"] if place else ():
            assert place is not None
            ref = FileRef(*place, number)
            hashes.update(services.media.arrivals.erase(ref))
            promised = services.media.arrivals.promised(ref)
            hashes.update([promised["sha256"]] if promised else [])
            services.media.uploads.remove_of(ref.device, ref.entry, number)
    for sha256 in hashes - is_named_elsewhere(hashes):
        services.media.store.delete(sha256)
        services.media.derivatives.delete(sha256)


def take_out_of_journal(journal: Journal, items: Iterable[Item]) -> None:
    """Overwrite parts of the desk's own entries in the journal; its lines keep their length."""
    by_device: dict[str, dict[str, Item]] = {}
    for item in items:
        place = parse_log_id(item["log"])
        if place is not None and is_desk(place[0]) and item["parts"]:
            by_device.setdefault(place[0], {})[item["log"]] = item
    for device, wanted in by_device.items():
        with journal.locked():
            journal.rewrite(device, _taking_out(wanted))


def _taking_out(wanted: Mapping[str, Item]) -> Callable[[Document], Document]:
    def change(line: Document) -> Document:
        item = wanted.get(line["_id"])
        return line if item is None else _stripped(line, item)

    return change


def order_devices(services: Services, erasure: Erasure) -> None:
    """Tell each device that wrote one of the entries to erase its own copies; once."""
    by_device: dict[str, list[dict[str, Any]]] = {}
    for item in erasure["body"]["items"]:
        place = parse_log_id(item["log"])
        if place is not None and not is_desk(place[0]):
            told = {"entry": place[1], "parts": list(item["parts"]), "files": list(item["files"])}
            by_device.setdefault(place[0], []).append(told)
    for device_id, entries in by_device.items():
        device = services.directory.device_at_once(device_id)
        if device is not None and all(order.get("erasure") != erasure["id"] for order in device.orders):
            says = {"erasure": erasure["id"], "entries": entries}
            give_order(services.directory, device_id, "erase", says=says)

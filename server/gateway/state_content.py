"""What the state says: the ack of the device's log, verdicts, versions of feeds, orders. Reads only."""

from __future__ import annotations

from typing import Any, Final

from server.gateway.feeds import granted_feeds
from server.identity.devices import Device
from server.identity.tablets import operators_of, station_of
from server.services import Services
from sync.errors import DatabaseNotFound, DocumentNotFound
from sync.peer import Document, Peer

VERDICTS_PER_PAGE: Final = 100
PUBLISH_LOCAL: Final = "publish"
NOTHING: Final[Document] = {"through": 0, "head": None, "beyond": []}


def state_content(services: Services, device: Device, since: str | None) -> dict[str, Any]:
    """Return the state without its beacon. Spec: DESIGN 2, "State"; ARCHITECTURE, Contracts."""
    state: dict[str, Any] = {
        "epoch": services.epoch,
        "ack": _ack(services, device, since),
        "feeds": _feed_versions(services, device),
        "orders": [dict(order) for order in device.orders],
        "member": {"roles": held_roles(services, device), "revoked": device.is_revoked},
    }
    station = tablet_station(services, device)
    return state if station is None else {**state, "station": station}


def held_roles(services: Services, device: Device) -> list[dict[str, str]]:
    """Return what may be done now on this device: its member's roles, of a shared tablet its own."""
    holder = device.id if device.kind == "tablet" else device.member
    held = services.directory.grants_in_force(holder, services.now())
    return [{"role": grant.role, "scope": grant.scope} for grant in held]


def tablet_station(services: Services, device: Device) -> dict[str, Any] | None:
    """Return a tablet's station and who may act at it now; None for other devices."""
    if device.kind != "tablet":
        return None
    directory = services.directory
    present = [directory.member(member) for member in operators_of(directory, device)]
    return {
        "id": station_of(directory, device),
        "operators": [{"member": each.id, "display_name": each.name} for each in present if each],
    }


def _ack(services: Services, device: Device, since: str | None) -> dict[str, Any] | None:
    """Return what central holds of this log; None until ingest has read all logs in this epoch."""
    log = _log_document(services, device)
    if log is None or (log.get("epoch") or services.epoch) != services.epoch:
        return None
    page = services.readmodel.verdicts(device.id, since, VERDICTS_PER_PAGE)
    ack = {
        "through": log["through"],
        "head": log["head"],
        "beyond": log["beyond"],
        "backed_up_through": services.readmodel.backed_up_through(device.id),
        "verdicts": {
            "rows": [row.as_json() for row in page.rows],
            "cursor": page.cursor,
            "more": page.more,
        },
    }
    return ack | {"fork": log["fork"]} if log.get("fork") else ack


def _log_document(services: Services, device: Device) -> Document | None:
    """Return `log:<device>` of central; for a log of which the server holds nothing, an empty one."""
    try:
        return services.couch.ensure("central").get(f"log:{device.id}")
    except DocumentNotFound:
        logs = services.couch.ensure("logs")
        held = logs.all_docs(start=f"{device.id}:", end=f"{device.id}:\uffff", limit=1)
        return None if held else dict(NOTHING)


def _feed_versions(services: Services, device: Device) -> dict[str, Any]:
    """Return publish's counter for each granted feed that it has made."""
    versions = {}
    for database in sorted(granted_feeds(services, device)):
        published = _open_or_none(services, database)
        local = published.get_local(PUBLISH_LOCAL) if published else None
        if local is not None:
            versions[database] = local["version"]
    return versions


def _open_or_none(services: Services, database: str) -> Peer | None:
    try:
        peer = services.couch.open(database)
        peer.info()
    except DatabaseNotFound:
        return None
    return peer

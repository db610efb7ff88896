"""Write the evidence bundle of records: a zip with what proves them, and the program that checks it.

What is signed leaves unaltered, or not at all. Who reported is never in it: identities stand in `accounts`
alone, and the signed entry names an opaque member id. Photos that carry more than a picture leave as copies.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from server.bundle.bare_files import is_bare
from server.bundle.program import program, read_me
from server.identity.beacon import beacon_statement
from server.identity.instants import instant
from server.ingest.beacons import BeaconTimes
from server.media import images
from server.messages.told import Told
from server.readmodel.proof_queries import hash_before
from server.records.canonical import canonical, sha256_hex
from server.records.entry import log_id, parse_time
from server.services import Services
from sync.errors import NotFound

FORMAT: Final = 1
LEAVING_PARTS: Final = frozenset({"fix"})
"""Erasable parts that may leave: positions. Any other part may name a person, and stays."""

COPY_MAX_PX: Final = 4096
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


class BundleError(Told):
    """Why no bundle is written."""


@dataclass(slots=True)
class _Bundle:
    """The zip as it grows, and what the manifest will say of it."""

    archive: zipfile.ZipFile
    files: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    beacons: dict[str, dict[str, Any]] = field(default_factory=dict)
    withheld: list[dict[str, Any]] = field(default_factory=list)

    def put(self, name: str, data: bytes) -> None:
        """Put a file in, once: two records may name one photo."""
        if any(file["name"] == name for file in self.files):
            return
        self.archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data)
        self.files.append({"name": name, "size": len(data), "sha256": sha256_hex(data)})


def write_bundle(services: Services, record_ids: Sequence[str], out: BinaryIO) -> dict[str, Any]:
    """Write the bundle of these records and all their steps into `out`; return its signed manifest.

    Raises: BundleError for a record that is unknown.
    """
    documents = _documents(services, record_ids)
    times = BeaconTimes(services.key_ring, lambda: _epochs(services))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        bundle = _Bundle(archive)
        for document in documents:
            _put_entry(services, bundle, document, times)
        bundle.put("verify.py", program().encode())
        bundle.put("README.txt", read_me().encode())
        manifest = _manifest(services, bundle, record_ids)
        archive.writestr(zipfile.ZipInfo("manifest.json", _LONG_AGO), canonical(manifest))
    return manifest


def _documents(services: Services, record_ids: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the documents of central of records and steps, by device and number."""
    found: dict[str, Mapping[str, Any]] = {}
    for record_id in record_ids:
        record = services.readmodel.record(record_id)
        if record is None:
            raise BundleError("bundle.unknown", record=record_id)
        for document_id in (record_id, *(step.id for step in record.steps)):
            document = services.readmodel.document(document_id)
            if document is None:
                raise BundleError("bundle.unknown", record=document_id)
            found[document_id] = document
    return sorted(found.values(), key=lambda doc: (doc["entry"]["device"], doc["entry"]["entry"]))


def _put_entry(services: Services, bundle: _Bundle, document: Mapping[str, Any], times: BeaconTimes) -> None:
    entry = document["entry"]
    name = f"entries/{log_id(entry['device'], entry['entry']).replace(':', '_')}.json"
    parts = {part: value for part, value in document["parts"].items() if part in LEAVING_PARTS}
    kept_back = sorted(entry["parts"].keys() - parts.keys())
    bundle.withheld += [{"record": entry["id"], "what": part} for part in kept_back]
    bundle.put(name, canonical({"entry": entry, "parts": parts, "receipts": document["receipts"]}))
    device, number = entry["device"], entry["entry"]
    bundle.entries.append(
        {
            **{member: entry[member] for member in ("device", "entry", "id", "hash", "prev")},
            "file": name,
            "before": hash_before(services.readmodel, device, number),
            "after": hash_before(services.readmodel, device, number + 2),
            "media": [
                _put_file(services, bundle, entry["id"], number, promised, document["media"])
                for number, promised in enumerate(entry["body"].get("media", []), 1)
            ],
        }
    )
    _put_beacon(services, bundle, entry, times)


def _put_beacon(services: Services, bundle: _Bundle, entry: Mapping[str, Any], times: BeaconTimes) -> None:
    """State the entry's beacon again, signed: its content is found from its hash, for none is stored."""
    given_at = parse_time(times.given_at(entry))
    if given_at is None:
        return
    for epoch in _epochs(services):
        sealed = services.server_key.sealed(beacon_statement(services.key_ring, given_at, epoch))
        if sealed["hash"] == entry["clock"]["beacon"]:
            bundle.beacons[sealed["hash"]] = sealed


def _put_file(
    services: Services,
    bundle: _Bundle,
    record_id: str,
    number: int,
    promised: Mapping[str, Any],
    arrived: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Put a photo in as it is, or as a copy of the picture alone; return what the manifest says of it."""
    told = {member: promised[member] for member in ("sha256", "size", "type")}
    state = next((file["state"] for file in arrived if file["number"] == number), "expected")
    try:
        if state != "verified":
            raise NotFound(state)
        with services.media.store.open(promised["sha256"]) as stream:
            data = stream.read()
            if is_bare(data, promised["type"]):
                name, kind = f"media/{promised['sha256']}.{_ENDINGS[promised['type']]}", "original"
            else:
                name, kind = f"copies/{promised['sha256']}.jpg", "copy"
                stream.seek(0)
                data = images.derivative(stream, promised["type"].replace("heif", "heic"), COPY_MAX_PX)
    except (NotFound, images.UnusableImage, KeyError):
        bundle.withheld.append({"record": record_id, "what": f"media {number}: {state}"})
        return {**told, "kind": "absent", "state": state}
    bundle.put(name, data)
    return {**told, "kind": kind, "file": name}


def _manifest(services: Services, bundle: _Bundle, record_ids: Sequence[str]) -> dict[str, Any]:
    devices = {row["device"]: services.directory.device_at_once(row["device"]) for row in bundle.entries}
    return services.server_key.sealed(
        {
            "format": FORMAT,
            "made_at": instant(services.now()),
            "epoch": services.epoch,
            "records": list(record_ids),
            "server_key": dict(services.server_key.public_jwk),
            "devices": {
                device.id: {
                    "kind": device.kind,
                    "sign_key": dict(device.sign_key),
                    "enrolled_at": device.enrolled_at,
                    "revoked_at": device.revoked_at,
                }
                for device in devices.values()
                if device is not None
            },
            "entries": bundle.entries,
            "beacons": [bundle.beacons[hash_] for hash_ in sorted(bundle.beacons)],
            "withheld": bundle.withheld,
            "files": bundle.files,
        }
    )


def _epochs(services: Services) -> Iterable[str]:
    return dict.fromkeys([services.epoch, *services.readmodel.desk_epochs()])

"""A centre with a lead of three photos, its steps and a check-in, all through ingest, and their bundle."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.bundle.write import write_bundle
from server.identity.beacon import beacon_statement
from server.identity.instants import instant
from server.records.canonical import canonical, sha256_hex
from server.records.names import new_record_id
from tests.support.entries import CentreInTest, FieldDevice, LogDocument, lead_body, open_centre
from tests.support.photos import write_photo


@dataclass
class Case:
    """What was recorded, and the bundle's bytes."""

    centre: CentreInTest
    phone: FieldDevice
    lead: str
    check_in: str
    photos: list[bytes]
    data: bytes
    manifest: dict[str, Any]

    def bundle_again(self) -> bytes:
        out = io.BytesIO()
        write_bundle(self.centre.services, [self.lead, self.check_in], out)
        return out.getvalue()


def bare_photo(grey: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), (grey, 90, 60)).save(stream, "JPEG")
    return stream.getvalue()


def promise(data: bytes) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    return {"sha256": sha256, "size": len(data), "type": "image/jpeg", "taken_at": instant(datetime.now(UTC))}


def deliver(centre: CentreInTest, folder: Path, document: LogDocument, photos: list[bytes]) -> None:
    """Let the photos of an entry arrive, verified."""
    arrivals = []
    for number, data in enumerate(photos, 1):
        path = folder / f"upload-{number}"
        path.write_bytes(data)
        facts = {name: promise(data)[name] for name in ("sha256", "size", "type")}
        centre.services.media.store.put(facts["sha256"], path)
        arrivals.append(
            {
                "_id": f"media:{document['_id']}:{number}",
                **facts,
                "state": "verified",
                "received_at": instant(datetime.now(UTC)),
            }
        )
    centre.send(*arrivals)


def record_case(centre: CentreInTest, folder: Path) -> Case:
    services = centre.services
    phone = centre.phone()
    statement = beacon_statement(services.key_ring, datetime.now(UTC), services.epoch)
    clock = {"beacon": sha256_hex(canonical(statement)), "since_ms": 0, "skew_ms": 0}
    write_photo(folder / "exif.jpg", seed=7, width=160, height=120)
    photos = [bare_photo(10), bare_photo(200), (folder / "exif.jpg").read_bytes()]
    body = lead_body(media=[promise(photo) for photo in photos], no_photo_reason=None)
    lead = phone.write(new_record_id("lead"), "volunteer", body, clock=clock)
    station, order = centre.station_and_order(phone.member)
    check_in = phone.check_event(order, station)
    centre.send(lead, check_in)
    deliver(centre, folder, lead, photos)
    centre.work()
    centre.step(lead["entry"]["id"], "register", to="registered")
    centre.work()
    out = io.BytesIO()
    ids = [lead["entry"]["id"], check_in["entry"]["id"]]
    manifest = write_bundle(services, ids, out)
    return Case(centre, phone, *ids, photos, out.getvalue(), manifest)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("case")
    with open_centre(folder / "data") as centre:
        yield record_case(centre, folder)

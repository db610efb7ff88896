"""Data of a small centre, and what they come to after a restore."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.identity.instants import instant
from server.opening import open_services
from server.settings import Settings
from tests.support.entries import CentreInTest, FieldDevice, ago, open_centre, photo

PHOTO = b"a photo of the dyke"


@contextmanager
def beside(data: Path) -> Iterator[CentreInTest]:
    """Look at data that a running server has open."""
    services = open_services(Settings(data=data))
    try:
        yield CentreInTest(services)
    finally:
        services.readmodel.close()
        services.couch.close()


def clerk(centre: CentreInTest) -> str:
    """Return the member who was a clerk before the backup."""
    directory = centre.services.directory
    return next(m.id for m in directory.members() if directory.grants(m.id)[0].role == "intake_clerk")


def send_with_photo(centre: CentreInTest, phone: FieldDevice, *, minutes_ago: float) -> str:
    """Send a lead whose photo is verified and kept, and return its id."""
    lead = phone.lead(media=[photo(PHOTO)], no_photo_reason=None)
    lead["received_at"] = instant(ago(minutes=minutes_ago))
    centre.send(lead)
    send_photo(centre, lead, minutes_ago=minutes_ago)
    return str(lead["entry"]["id"])


def send_photo(centre: CentreInTest, lead: dict[str, Any], *, minutes_ago: float) -> None:
    media = centre.services.media
    source = centre.services.settings.data / "photo"
    source.write_bytes(PHOTO)
    media.store.put(hashlib.sha256(PHOTO).hexdigest(), source)
    file = {name: lead["entry"]["body"]["media"][0][name] for name in ("sha256", "size", "type")}
    arrival = {"state": "verified", "received_at": instant(ago(minutes=minutes_ago))}
    centre.send({"_id": f"media:{lead['_id']}:1", **file, **arrival})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def phone(data: Path) -> FieldDevice:
    """A phone whose first lead, with a photo, was accepted some minutes ago."""
    with open_centre(data) as centre:
        one = centre.phone()
        centre.clerk()
        send_with_photo(centre, one, minutes_ago=5)
        centre.work()
    return one


def tree(folder: Path) -> dict[str, str]:
    """Return the hash of every file, locks and what opening leaves beside a database apart."""
    left_out = (".lock", "-wal", "-shm")
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(left_out)
    }

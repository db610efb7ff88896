"""What the centre really holds, read from its database files beside the running server."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.opening import open_services
from server.services import Services
from server.settings import Settings
from sync.peer import Document


@dataclass(frozen=True, slots=True)
class Centre:
    """One look; opened and closed by `centre`."""

    services: Services

    def record(self, record: str) -> Document | None:
        """Return the central document of a record, if it was accepted or admitted."""
        return self.services.couch.open("central").get_many([record]).get(record)

    def verdicts(self, device: str) -> dict[int, str]:
        """Return the last verdict on each entry of a device's log, as far as central has receipts."""
        found: dict[int, str] = {}
        for row in self.services.couch.open("central").all_docs(include_docs=True):
            entry = (row.doc or {}).get("entry")
            if entry and entry.get("device") == device:
                found[entry["entry"]] = row.doc["receipts"][-1]["verdict"]  # type: ignore[index]
        return found

    def log_ids(self, device: str) -> list[str]:
        rows = self.services.couch.open("logs").all_docs(start=f"{device}:", end=f"{device};")
        return [row.id for row in rows]

    def feed(self, audience: str) -> dict[str, Document]:
        """Return the views of one feed of the present epoch, by id."""
        name = f"{audience}-{self.services.epoch}"
        if name not in self.services.couch.names(audience):
            return {}
        rows = self.services.couch.open(name).all_docs(include_docs=True)
        return {row.id: row.doc for row in rows if row.doc is not None}

    def device_of(self, member: str) -> str:
        return self.services.directory.devices(member)[0].id

    def stored_hashes(self, record: str) -> list[str]:
        """Return the SHA-256 of the bytes kept for each verified file of a record, in order."""
        document = self.record(record) or {}
        files: list[dict[str, Any]] = sorted(document.get("media", []), key=lambda one: one["number"])
        kept = [self.services.media.store.path(f["sha256"]) for f in files if f["state"] == "verified"]
        return [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in kept]


def until(holds: Callable[[], bool], *, timeout_s: float = 30.0) -> None:
    """Look again and again until it holds; what is waited for happens in another process."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "this did not come to hold in time"
        time.sleep(0.05)


@contextmanager
def centre(data: Path) -> Iterator[Centre]:
    services = open_services(Settings(data=data))
    try:
        yield Centre(services)
    finally:
        services.couch.close()

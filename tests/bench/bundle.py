"""A bundle of 500 files checked by the plain Python that travels in it (at most 5 s)."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from server.bundle.verifier import check
from server.demo.device_log import DeviceLog
from server.identity.crypto import ServerKey
from server.records.canonical import canonical
from server.records.names import new_record_id, new_ulid
from server.records.signing import SigningKey
from tests.support.entries import lead_body

ENTRIES, PHOTOS, DEVICES = 250, 248, 10
PHOTO_BYTES = 300_000
LIMIT_S = 5.0


def write_files(path: Path) -> int:
    """Write a bundle of so many signed entries and photos; return how many files it holds."""
    server = SigningKey.generate()
    manifest: dict[str, Any] = {
        "format": 1,
        "server_key": server.public_jwk(),
        "devices": {},
        "entries": [],
        "beacons": [],
        "withheld": [],
        "files": [],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, data: bytes) -> None:
            archive.writestr(name, data)
            digest = hashlib.sha256(data).hexdigest()
            manifest["files"].append({"name": name, "size": len(data), "sha256": digest})

        for device in sorted(f"d{new_ulid()}" for _ in range(DEVICES)):
            _put_log(manifest, put, device)
        put("verify.py", b"")
        put("README.txt", b"")
        archive.writestr("manifest.json", canonical(ServerKey(server).sealed(manifest)))
    return len(manifest["files"])


def _put_log(manifest: dict[str, Any], put: Any, device: str) -> None:
    key = SigningKey.generate()
    log = DeviceLog(device, "m" + new_ulid(), key)
    manifest["devices"][device] = {"sign_key": key.public_jwk()}
    for number in range(1, ENTRIES // DEVICES + 1):
        photos = [os.urandom(PHOTO_BYTES)] if len(manifest["entries"]) < PHOTOS else []
        media = [
            {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "type": "image/jpeg"}
            for data in photos
        ]
        body = lead_body(media=media)
        entry = log.append(new_record_id("lead"), role="volunteer", at=datetime.now(UTC), body=body)["entry"]
        receipts = [{"verdict": "accepted", "received_at": "2026-11-23T06:00:00.000Z"}]
        name = f"entries/{device}_{number:010}.json"
        put(name, canonical({"entry": entry, "parts": {}, "receipts": receipts}))
        for file, data in zip(media, photos, strict=True):
            file |= {"kind": "original", "file": f"media/{file['sha256']}.jpg"}
            put(file["file"], data)
        row = {member: entry[member] for member in ("device", "entry", "id", "hash", "prev")}
        row |= {"file": name, "before": entry["prev"], "after": None, "media": media}
        manifest["entries"].append(row)


def seconds_to_check() -> tuple[float, int]:
    """Return seconds (the better of three) and number of files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        count = write_files(path)
        runs = []
        for _ in range(3):
            begun = time.perf_counter()
            found = check(str(path))
            runs.append(time.perf_counter() - begun)
            assert not any(wrong for _, wrong, _ in found), found
    return min(runs), count


def main() -> int:
    took_s, count = seconds_to_check()
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"evidence bundle of {count} files: checked in {took_s:.2f} s (limit {LIMIT_S:.0f} s) on {machine}")
    return 0 if took_s <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())

"""Check an evidence bundle of Liandong: python3 verify.py BUNDLE.zip [--server-key FINGERPRINT].

One file, standard library alone, so that it can be read and run anywhere; `liandong verify` runs the same
code. It believes nothing that stands in the bundle but what the server's key has signed, and says by its
fingerprint whose key that is: compare it with the one that the procuratorate gave you by another way.
"""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from server.bundle.plain_proofs import (
    Broken,
    Params,
    canonical,
    fingerprint,
    is_signed,
    parsed,
    sha256,
)

FORMAT = 1
MAX_JSON_BYTES = 64 * 2**20
MANIFEST = "manifest.json"
Finding = tuple[str, bool, Params]
"""Code, whether it is wrong (else it is only to be known), and what the words need."""

MESSAGES: dict[str, dict[str, str]] = {}  # filled in the copy that stands in a bundle


def check(path: str, server_key: str | None = None) -> list[Finding]:
    """Return what was found, wrong or to be known; nothing wrong means that the bundle holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_findings(archive, server_key))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return [("not_a_bundle", True, {"detail": str(error)[:200]})]
    except Broken as error:
        return [("manifest_broken", True, {"detail": str(error)[:200]})]


def _findings(archive: zipfile.ZipFile, server_key: str | None) -> Iterator[Finding]:
    raw = _member(archive, MANIFEST, MAX_JSON_BYTES)
    manifest = parsed(raw)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Broken(f"format {manifest.get('format') if isinstance(manifest, dict) else manifest!r}")
    yield from _guarded("manifest_broken", {}, _seal(manifest, raw, server_key))
    yield from _guarded("manifest_broken", {}, _files(archive, manifest))
    yield from _guarded("manifest_broken", {}, _beacons(manifest))
    yield from _guarded("manifest_broken", {}, _entries(archive, manifest))


def _guarded(code: str, params: Params, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings; what is not shaped as it should be is one of them."""
    try:
        yield from findings
    except (
        Broken,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        zlib.error,
        EOFError,
    ) as error:
        yield code, True, {**params, "detail": f"{type(error).__name__} {str(error)[:200]}"}


def _seal(manifest: dict[str, Any], raw: bytes, server_key: str | None) -> Iterator[Finding]:
    unsigned = {name: value for name, value in manifest.items() if name not in ("hash", "sig")}
    key = manifest["server_key"]
    if canonical(manifest) != raw or sha256(canonical(unsigned)) != manifest["hash"]:
        yield "manifest_changed", True, {}
    elif not is_signed(key, bytes.fromhex(manifest["hash"]), manifest["sig"]):
        yield "manifest_signature", True, {}
    shown = fingerprint(key)
    if server_key is None:
        yield "key_not_compared", False, {"fingerprint": shown}
    elif _bare(server_key) != _bare(shown):
        yield "key_other", True, {"fingerprint": shown, "expected": server_key}


def _files(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Finding]:
    listed = {file["name"]: file for file in manifest["files"]}
    if len(listed) != len(manifest["files"]):
        yield "manifest_broken", True, {"detail": "files"}
    present = [info.filename for info in archive.infolist()]
    for name in sorted(name for name, count in Counter(present).items() if count > 1):
        yield "file_twice", True, {"name": name}
    for name in sorted(set(present) - set(listed) - {MANIFEST}):
        yield "file_unlisted", True, {"name": name}
    for name, file in listed.items():
        if name not in present:
            yield "file_missing", True, {"name": name}
        elif _digest(archive, name, file["size"]) != file["sha256"]:
            yield "file_changed", True, {"name": name}


def _beacons(manifest: dict[str, Any]) -> Iterator[Finding]:
    for beacon in manifest["beacons"]:
        stated = {name: beacon[name] for name in ("at", "epoch", "nonce")}
        is_whole = sha256(canonical(stated)) == beacon["hash"]
        if not is_whole or not is_signed(
            manifest["server_key"], bytes.fromhex(beacon["hash"]), beacon["sig"]
        ):
            yield "beacon_wrong", True, {"at": beacon["at"]}


def _entries(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Finding]:
    beacons = {beacon["hash"]: beacon["at"] for beacon in manifest["beacons"]}
    rows = manifest["entries"]
    by_place = {(row["device"], row["entry"]): row for row in rows}
    if len(by_place) != len(rows) or rows != sorted(rows, key=lambda row: (row["device"], row["entry"])):
        yield "entries_order", True, {}
    for row in rows:
        about = {"name": row["file"], "record": row["id"]}
        entry = _entry(archive, manifest, row, about, beacons)
        yield from _guarded("entry_broken", about, entry)
        yield from _guarded("entry_broken", about, _chain(row, by_place, about))
    yield from _media(manifest)
    for row in manifest["withheld"]:
        yield "withheld", False, row


def _entry(
    archive: zipfile.ZipFile, manifest: dict[str, Any], row: dict[str, Any], about: Params, beacons: Params
) -> Iterator[Finding]:
    if row["file"] not in archive.namelist():
        return  # named already
    document = parsed(_member(archive, row["file"], MAX_JSON_BYTES))
    entry, receipts = document["entry"], document["receipts"]
    hashed = {name: value for name, value in entry.items() if name not in ("hash", "sig")}
    if sha256(canonical(hashed)) != entry["hash"]:
        yield "entry_hash", True, about
    if any(row[name] != entry[name] for name in ("device", "entry", "id", "hash", "prev")):
        yield "entry_elsewhere", True, about
    device = manifest["devices"].get(entry["device"])
    if device is None or not is_signed(device["sign_key"], bytes.fromhex(entry["hash"]), entry["sig"]):
        yield "entry_signature", True, about
    if entry["device"].startswith("desk-") and device and device["sign_key"] != manifest["server_key"]:
        yield "desk_key", True, about
    for name, part in document["parts"].items():
        stated = {"name": name, "salt": part["salt"], "value": part["value"]}
        if entry["parts"].get(name) != sha256(canonical(stated)):
            yield "part_wrong", True, {**about, "part": name}
    promised = [(file["sha256"], file["size"]) for file in entry["body"].get("media", [])]
    told = [(file["sha256"], file["size"]) for file in row["media"]]
    if promised != told:
        yield "media_list", True, about
    yield from _times(entry, receipts, beacons, about)


def _times(entry: Params, receipts: list[Params], beacons: Params, about: Params) -> Iterator[Finding]:
    if not receipts:
        yield "receipt_missing", True, about
        return
    if receipts[-1]["verdict"] not in ("accepted", "admitted"):
        yield "not_accepted", False, {**about, "verdict": receipts[-1]["verdict"]}
    beacon = entry["clock"]["beacon"]
    if beacon is None:
        return
    if beacon not in beacons:
        yield "beacon_missing", False, about
    elif _moment(beacons[beacon]) > _moment(receipts[0]["received_at"]):
        yield "beacon_late", True, about


def _chain(
    row: dict[str, Any], by_place: Mapping[tuple[str, int], Params], about: Params
) -> Iterator[Finding]:
    """Compare an entry with its neighbours: those in the bundle, else what the manifest says of them."""
    before = by_place.get((row["device"], row["entry"] - 1))
    after = by_place.get((row["device"], row["entry"] + 1))
    if (row["prev"] is None) != (row["entry"] == 1):
        yield "chain_broken", True, about
    if before is not None and before["hash"] != row["prev"]:
        yield "chain_broken", True, about
    if row["before"] is not None and row["before"] != row["prev"]:
        yield "chain_broken", True, about
    if after is not None and row["after"] is not None and after["hash"] != row["after"]:
        yield "chain_broken", True, about


def _media(manifest: dict[str, Any]) -> Iterator[Finding]:
    listed = {file["name"]: file for file in manifest["files"]}
    copies = 0
    for row in manifest["entries"]:
        for number, file in enumerate(row["media"], 1):
            about = {"record": row["id"], "number": number, "name": file.get("file") or ""}
            if file["kind"] == "original":
                in_bundle = listed.get(file["file"])
                if in_bundle is None or (in_bundle["sha256"], in_bundle["size"]) != (
                    file["sha256"],
                    file["size"],
                ):
                    yield "photo_other", True, about
            elif file["kind"] == "copy":
                copies += 1
                if file["file"] not in listed:
                    yield "photo_other", True, about
    if copies:
        yield "copies", False, {"n": copies}


def _digest(archive: zipfile.ZipFile, name: str, size: int) -> str | None:
    """Return the SHA-256 of a member; None when it is not as long as it should be, or cannot be unpacked."""
    digest, left = hashlib.sha256(), size
    try:
        with archive.open(name) as member:
            while chunk := member.read(min(1 << 20, left + 1)):
                left -= len(chunk)
                if left < 0:
                    return None
                digest.update(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return None
    return digest.hexdigest() if left == 0 else None


def _member(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    try:
        with archive.open(name) as member:
            data = member.read(most_bytes + 1)
    except KeyError as error:
        raise Broken(f"{name}?") from error
    if len(data) > most_bytes:
        raise Broken(f"{name} > {most_bytes}")
    return data


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-f]", "", text.lower())


def main(arguments: list[str]) -> int:
    """Say in Chinese and English what was found; 0 when nothing is wrong, 1 otherwise."""
    expected = None
    if len(arguments) == 3 and arguments[1] == "--server-key":
        expected = arguments.pop()
        arguments.pop()
    if len(arguments) != 1:
        print((__doc__ or "").partition("\n")[0])
        return 2
    findings = check(arguments[0], expected)
    is_wrong = any(wrong for _, wrong, _ in findings)
    for code, wrong, params in [*findings, ("wrong" if is_wrong else "right", is_wrong, {})]:
        for language in ("zh", "en"):
            print(("✗ " if wrong else "· ") + MESSAGES[code][language].format_map(params))
    return 1 if is_wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A simulated phone: its own log and photos in memory, and the same rules of sending as the real one.

It knows the public interface alone: enrolment, sign-in, state, the door, photos, feeds.
"""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import orjson
import urllib3

from server.demo.device_log import APP, DeviceLog, LogDocument
from server.demo.plan import ZONE
from server.demo.wire import Refused, Wire
from server.records.names import new_record_id
from server.records.signing import SigningKey

_BATCH_ROWS: Final = 100
_BATCH_BYTES: Final = 1_000_000
_ACK_WAIT_S: Final = 2.0
_CHUNK_BYTES: Final = 256 * 1024
_TUS: Final = {"Tus-Resumable": "1.0.0"}
_BYTES_TYPE: Final = {"Content-Type": "application/offset+octet-stream"}


class PhotoLike(Protocol):
    """Bytes made when they are wanted, and what an entry says of them."""

    @property
    def data(self) -> bytes: ...
    @property
    def promise(self) -> dict[str, Any]: ...


@dataclass(slots=True)
class OwnEntry:
    """An entry and what the phone knows of it; moments are monotonic seconds."""

    document: LogDocument
    photos: Sequence[PhotoLike]
    recorded_s: float
    sent_s: float | None = None
    acked_s: float | None = None
    verdict: str | None = None
    states: dict[int, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return int(self.document["entry"]["entry"])

    @property
    def is_settled(self) -> bool:
        """Is there a receipt for it, and is each of its photos verified?"""
        return self.verdict is not None and all(
            self.states.get(number) == "verified" for number in range(1, len(self.photos) + 1)
        )


class SimulatedPhone:
    """One device of one member; used by one thread."""

    def __init__(
        self, pool: urllib3.PoolManager, server: str, rng: random.Random, *, patience_s: float = 120.0
    ) -> None:
        self.wire = Wire(pool, server, sign_in=self._sign_in, rng=rng, patience_s=patience_s)
        self.entries: list[OwnEntry] = []
        self.roles: list[str] = []
        self.epoch = ""
        self.through = 0
        self.fork: Any = None
        self.feeds: dict[str, Any] = {}
        self._rng = rng
        self._key = SigningKey.generate()
        self._log: DeviceLog | None = None
        self._cursor: str | None = None
        self._etag: str | None = None
        self._beacon: dict[str, Any] | None = None
        self._beacon_s = 0.0

    @property
    def device(self) -> str:
        return self._own_log.device

    @property
    def member(self) -> str:
        return self._own_log.author

    @property
    def unsettled(self) -> list[OwnEntry]:
        return [entry for entry in self.entries if not entry.is_settled]

    @property
    def _own_log(self) -> DeviceLog:
        if self._log is None:
            raise RuntimeError("not enrolled")
        return self._log

    def enrol(self, code: str, *, label: str = "demo") -> None:
        """Register this phone's keys by a one-time code. Raises: Refused, ServerAway."""
        keys = {"sign_key": self._key.public_jwk(), "agree_key": SigningKey.generate().public_jwk()}
        asked = {"code": code, "label": label, "app": APP, **keys}
        welcome = self.wire.ask("POST", "/sync/enrol", json=asked, is_signing_in=True).json()
        self._log = DeviceLog(welcome["device"], welcome["member"], self._key)
        self.roles = [role["role"] for role in welcome["roles"]]
        self.epoch = welcome["epoch"]

    def append(
        self,
        record_type: str,
        body: Mapping[str, Any],
        *,
        role: str,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
        photos: Sequence[PhotoLike] = (),
        at: datetime | None = None,
    ) -> OwnEntry:
        """Write an entry to the log, as without a network; nothing is sent."""
        if photos:
            body = {**body, "media": [photo.promise for photo in photos]}
        document = self._own_log.append(
            new_record_id(record_type),
            role=role,
            at=at or datetime.now(ZONE),
            body=body,
            parts=parts,
            clock=self._clock(),
        )
        self.entries.append(OwnEntry(document, photos, time.monotonic()))
        return self.entries[-1]

    def sync(self, *, wait_s: float = 2.0) -> bool:
        """Do one pass: state, push, state, photos, state; True when nothing is left unsettled."""
        self.fetch_state()
        if self.push():
            self._await_acks(time.monotonic() + min(wait_s, _ACK_WAIT_S))
        if self.send_photos():
            self.fetch_state(wait_s=wait_s)
        return not self.unsettled

    def _await_acks(self, deadline_s: float) -> None:
        """Ask on while what was sent has no verdict: a change of something else answers the wait too."""
        while any(entry.sent_s is not None and entry.verdict is None for entry in self.entries):
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return
            self.fetch_state(wait_s=left_s)

    def push(self) -> int:
        """Send what the state says is missing; returns how many rows were taken."""
        missing = [entry for entry in self.entries if entry.verdict is None and entry.number > self.through]
        for batch in _batches(missing):
            self._send(batch)
        return len(missing)

    def fetch_state(self, *, wait_s: float = 0) -> bool:
        """Ask for the state, all pages of it; False when nothing has changed. Raises: Refused, ServerAway."""
        is_changed = False
        while True:
            query = {"verdicts_since": self._cursor, "wait": f"{wait_s:g}" if wait_s else None}
            path = "/sync/state?" + urlencode({k: v for k, v in query.items() if v is not None})
            headers = {"If-None-Match": self._etag} if self._etag else {}
            answer = self.wire.ask("GET", path, headers=headers, wait_s=wait_s)
            if answer.status == 304:
                self._keep_beacon(orjson.loads(answer.headers.get("Liandong-Beacon", "null")))
                return is_changed
            is_changed = True
            if not self._keep_state(answer.json()):
                self._etag = answer.headers.get("ETag")
                return True
            self._etag, wait_s = None, 0

    def send_photos(self) -> int:
        """Send the photos of entries that have arrived; returns how many were sent."""
        sent = 0
        for entry in self.entries:
            if entry.sent_s is not None:
                for number, photo in enumerate(entry.photos, start=1):
                    if entry.states.get(number) not in {"verified", "sent", "refused"}:
                        sent += self._send_photo(entry, number, photo)
        return sent

    def read_feed(self, audience: str) -> list[dict[str, Any]]:
        """Return the views of a granted feed as they are now; empty when it is not made yet."""
        try:
            answer = self.wire.ask("GET", f"/db/{audience}-{self.epoch}/_all_docs?include_docs=true")
        except Refused as refused:
            if refused.status in {403, 404}:
                return []
            raise
        return [row["doc"] for row in answer.json()["rows"]]

    def _sign_in(self, wire: Wire) -> None:
        asked = {"device": self.device}
        challenge = wire.ask("POST", "/sync/challenge", json=asked, is_signing_in=True).json()["challenge"]
        signature = self._key.sign(f"liandong-session:{challenge}".encode())
        proof = {**asked, "challenge": challenge, "sig": signature}
        wire.ask("POST", "/sync/session", json=proof, is_signing_in=True)

    def _send(self, batch: list[OwnEntry]) -> None:
        headers = {"Content-Type": "application/json"}
        if len(batch) == 1:
            headers["Liandong-Row"] = batch[0].document["_id"]
        body = orjson.dumps({"docs": [entry.document for entry in batch]})
        try:
            rows = self.wire.ask("POST", "/db/logs/_bulk_docs", body=body, headers=headers).json()
        except Refused as refused:
            if refused.status not in {400, 413} or len(batch) == 1:
                raise
            middle = (len(batch) + 1) // 2
            self._send(batch[:middle])
            self._send(batch[middle:])
            return
        by_id = {row["id"]: row for row in rows}
        for entry in batch:
            row = by_id.get(entry.document["_id"], {})
            if row.get("ok") or row.get("error") in {"conflict", "forbidden"}:
                entry.sent_s = entry.sent_s or time.monotonic()

    def _keep_state(self, state: Mapping[str, Any]) -> bool:
        """Keep what the server says; True when there are more verdicts to ask for."""
        if state["epoch"] != self.epoch:
            self._forget_epoch(state["epoch"])
        self._keep_beacon(state["beacon"])
        self.feeds = state["feeds"]
        ack = state["ack"]
        if ack is None:
            return False
        self.through, self.fork = ack["through"], ack.get("fork")
        verdicts = ack["verdicts"]
        for row in verdicts["rows"]:
            self._keep_verdict(row)
        self._cursor = verdicts["cursor"]
        return bool(verdicts["more"])

    def _keep_verdict(self, row: Mapping[str, Any]) -> None:
        entry = self.entries[row["entry"] - 1] if 1 <= row["entry"] <= len(self.entries) else None
        if entry is None or row["hash"] != entry.document["entry"]["hash"]:
            return
        entry.acked_s = entry.acked_s or time.monotonic()
        entry.verdict = row["verdict"]
        for file in row.get("media") or []:
            if file["state"] != "expected":  # what was sent may not have been looked at yet
                entry.states[file["number"]] = file["state"]

    def _forget_epoch(self, epoch: str) -> None:
        self.epoch, self._cursor, self._etag, self.through = epoch, None, None, 0
        for entry in self.entries:
            entry.sent_s = entry.verdict = entry.acked_s = None
            entry.states = {}

    def _keep_beacon(self, beacon: dict[str, Any] | None) -> None:
        if beacon is not None:
            self._beacon, self._beacon_s = beacon, time.monotonic()

    def _clock(self) -> dict[str, Any]:
        if self._beacon is None:
            return {"beacon": None, "since_ms": None, "skew_ms": 0}
        since_ms = int((time.monotonic() - self._beacon_s) * 1000)
        return {"beacon": self._beacon["hash"], "since_ms": since_ms, "skew_ms": 0}

    def _send_photo(self, entry: OwnEntry, number: int, photo: PhotoLike) -> int:
        data = photo.data
        try:
            url = self._announce(entry, number, len(data))
            offset = 0
            while offset < len(data):
                offset = self._send_chunk(url, offset, data)
        except Refused as refused:
            if refused.error == "entry_missing":
                return 0
            if refused.error != "already_complete":
                raise
        entry.states[number] = "sent"
        return 1

    def _announce(self, entry: OwnEntry, number: int, size_bytes: int) -> str:
        pairs = {"entry": entry.number, "number": number}
        metadata = ",".join(f"{k} {base64.b64encode(str(v).encode()).decode()}" for k, v in pairs.items())
        headers = _TUS | {"Upload-Length": str(size_bytes), "Upload-Metadata": metadata}
        return self.wire.ask("POST", "/sync/media/", headers=headers).headers["Location"]

    def _send_chunk(self, url: str, offset: int, data: bytes) -> int:
        headers = _TUS | _BYTES_TYPE | {"Upload-Offset": str(offset)}
        piece = data[offset : offset + _CHUNK_BYTES]
        try:
            answer = self.wire.ask("PATCH", url, body=piece, headers=headers)
        except Refused as refused:
            if refused.status != 409:
                raise
            # An answer was lost: the server has more than we were told.
            return self._offset(url)
        told = answer.headers.get("Upload-Offset")
        return int(told) if told is not None else self._offset(url)

    def _offset(self, url: str) -> int:
        while (told := self.wire.ask("HEAD", url, headers=_TUS).headers.get("Upload-Offset")) is None:
            pass  # cut off inside the head
        return int(told)


def _batches(entries: Iterable[OwnEntry]) -> Iterable[list[OwnEntry]]:
    batch: list[OwnEntry] = []
    size_bytes = 0
    for entry in entries:
        entry_bytes = len(orjson.dumps(entry.document))
        if batch and (len(batch) >= _BATCH_ROWS or size_bytes + entry_bytes > _BATCH_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append(entry)
        size_bytes += entry_bytes
    if batch:
        yield batch

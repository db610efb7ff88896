"""Both sides' records of one session on one line of time, with the clocks and devices that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from server.console.check_events.fence import FenceAnswer, fence_answer
from server.console.layout.words import t, t_or_code
from server.console.photos import Photo
from server.readmodel.session_evidence_queries import SHORT_HASH_CHARS, Evidence
from server.records.entry import parse_time
from server.records.names import is_desk
from server.services import current
from sync.peer import Document

Side = Literal["participant", "station", "office"]
_SIDES: dict[str, Side] = {"participant": "participant", "supervisor": "station"}
SKEW_SHOWN_MS = 30_000
"""A smaller difference of a clock changes nothing that is shown in minutes."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One record; `at` is set right by the skew that the device knew, `own_clock` is what it showed."""

    id: str
    side: Side
    word: str
    at: datetime
    own_clock: datetime
    is_set_right: bool
    received_at: str
    device: str
    role: str
    code: str
    fence: FenceAnswer | None
    position: str
    short_hash: str
    about: str
    text: str
    photos: Sequence[Photo]
    flags: Sequence[str]

    @property
    def kind_of_side(self) -> str:
        return t_or_code("supervision.side", self.side)


def timeline(
    evidence: Evidence, station: Mapping[str, Any], flags: Mapping[str, Sequence[str]], *, with_texts: bool
) -> list[Moment]:
    """Return every record, the earliest first; without texts nobody's own words are among them."""
    found = [
        _moment(doc, station, flags, with_texts=with_texts) for doc in (*evidence.events, *evidence.words)
    ]
    return sorted(found, key=lambda each: (each.at, each.id))


def _moment(
    doc: Document, station: Mapping[str, Any], flags: Mapping[str, Sequence[str]], *, with_texts: bool
) -> Moment:
    entry, body = doc["entry"], doc["entry"]["body"]
    own_clock = parse_time(entry["at"]) or datetime.fromisoformat(doc["receipts"][0]["received_at"])
    skew_ms = int(entry["clock"]["skew_ms"])
    fix = doc.get("parts", {}).get("fix", {}).get("value")
    texts = [body.get(name) for name in ("note", "reason", "task_done")] if with_texts else []
    return Moment(
        id=doc["_id"],
        side=_SIDES.get(entry["role"], "office"),
        word=_word(entry),
        at=own_clock - timedelta(milliseconds=skew_ms) if abs(skew_ms) < 10**12 else own_clock,
        own_clock=own_clock,
        is_set_right=abs(skew_ms) >= SKEW_SHOWN_MS,
        received_at=doc["receipts"][0]["received_at"],
        device=_device(entry["device"]),
        role=entry["role"],
        code=(body.get("code") or {}).get("value", ""),
        fence=fence_answer(fix, station) if fix and station else None,
        position=_position(doc, fix),
        short_hash=entry["hash"][:SHORT_HASH_CHARS].upper(),
        about=str(body.get("about", ""))[:SHORT_HASH_CHARS].upper(),
        text="\n".join(str(text) for text in texts if text),
        photos=_photos(doc),
        flags=flags.get(doc["_id"], ()),
    )


def _word(entry: Mapping[str, Any]) -> str:
    if entry["type"] == "step":
        return t_or_code("console.did", entry["body"]["action"])
    return t_or_code("console.kind", entry["body"]["kind"])


def _device(device_id: str) -> str:
    """Return which kind of device it was, with the end of its id to tell two phones apart."""
    if is_desk(device_id):
        return t("supervision.device.desk")
    device = current().directory.device_at_once(device_id)
    kind = t_or_code("supervision.device", device.kind if device else "phone")
    return f"{kind} {device_id[-4:].upper()}"


def _position(doc: Document, fix: Mapping[str, Any] | None) -> str:
    """Return what is known of the place where no fence can answer."""
    if fix:
        return t("supervision.position.no_fence", datum=fix["datum"])
    if "fix" in doc["entry"]["parts"]:
        return t("supervision.position.erased")
    if doc["entry"]["role"] != "participant" or doc["entry"]["type"] == "step":
        return ""
    reason = doc["entry"]["body"].get("fix_missing_reason")
    return t("supervision.position.none_because", reason=reason) if reason else t("supervision.position.none")


def _photos(doc: Document) -> list[Photo]:
    states = {file["number"]: file["state"] for file in doc.get("media", ())}
    known = ("verified", "mismatch", "refused")
    return [
        Photo(doc["_id"], number, states.get(number, "") if states.get(number) in known else "awaited", file)
        for number, file in enumerate(doc["entry"]["body"].get("media", ()), start=1)
    ]

"""One document of `logs`, and what was decided about it."""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson

from server.readmodel.moments import utc_text
from server.records.entry import parse_log_id
from server.records.erasure import without
from server.records.names import RECORD_ID_PATTERN, is_desk
from server.records.problem import Problem
from sync.peer import Document

Verdict = Literal["accepted", "held", "refused", "admitted"]
HELD_PREFIX = "entry:"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What came: `entry` is None for opaque bytes. `received_at` in the one stored spelling."""

    log: str
    device: str
    number: int | None
    """Its place in the log; None when not even that can be read."""
    entry: Mapping[str, Any] | None
    parts: Any
    opaque: Mapping[str, Any] | None
    received_at: str
    erased: frozenset[str] = frozenset()
    """Parts that were erased: they are not missing, and come back from nowhere."""

    @property
    def id(self) -> str | None:
        """The record id that it claims; None when it claims nothing that could be one."""
        claimed = self.entry.get("id") if self.entry is not None else None
        return claimed if isinstance(claimed, str) and RECORD_ID_PATTERN.fullmatch(claimed) else None

    @property
    def held_id(self) -> str:
        """Where it stands in central while it does not count."""
        return HELD_PREFIX + self.log


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: Sequence[Problem] = ()
    flags: Sequence[Problem] = ()
    waits_for: Sequence[str] = ()
    grants: Sequence[str] = ()
    number: str | None = None
    is_duplicate: bool = False

    @property
    def counts(self) -> bool:
        return self.verdict == "accepted" and not self.is_duplicate


def refused(*reasons: Problem) -> Judgement:
    return Judgement("refused", reasons)


def held(*names: str) -> Judgement:
    """Wait for what is named: a record's id, `hash:`, `schema:`, `device:` or `log:` and what it is."""
    return Judgement("held", [Problem("waits_for", {"names": list(names)})], waits_for=names)


@dataclass(slots=True)
class Place:
    """Where a log document belongs: the number of its entry, and whether it came second there."""

    device: str
    number: int | None
    is_extra: bool = field(default=False)


def without_erased(candidate: Candidate, item: Mapping[str, Any] | None) -> Candidate:
    """Return what came without what was erased of it before; a phone that was away may send it again."""
    if item is None:
        return candidate
    doc = without({"parts": candidate.parts, "opaque": candidate.opaque}, item)
    return replace(candidate, parts=doc["parts"], opaque=doc["opaque"], erased=frozenset(item["parts"]))


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return them as they came, but the entries of one log by number, in whatever order a feed lists them.

    The feed of a CouchDB has one order for each shard and none among them. An entry counts as come with the
    first of those after it in its log: the phone had written it by then.
    """
    logs: dict[str, list[Candidate]] = defaultdict(list)
    for each in candidates:
        logs[each.device].append(each)
    keyed: list[tuple[str, str, int, Candidate]] = []
    for device, log in logs.items():
        log.sort(key=lambda each: (each.number is None, each.number or 0, len(each.log), each.log))
        came = log[-1].received_at
        for place in range(len(log) - 1, -1, -1):
            came = min(came, log[place].received_at)
            keyed.append((came, device, place, log[place]))
    return [each for *_, each in sorted(keyed, key=lambda key: key[:3])]


def candidate_from_log(doc: Document, now: str) -> Candidate:
    """Return what a document of `logs` offers."""
    place = place_of(doc)
    entry = doc.get("entry")
    is_entry = isinstance(entry, dict)
    return Candidate(
        doc["_id"],
        place.device,
        place.number,
        entry if is_entry else None,
        doc.get("parts", {}),
        None if is_entry else dict(doc.get("opaque") or {"base64": "", "reason": "not_an_entry"}),
        _received_at(doc, place.device, now),
    )


def _received_at(doc: Document, device: str, now: str) -> str:
    """Return when it came: the door says so, and the desk's entries came when they were made."""
    told = utc_text(doc.get("received_at"))
    if told is None and is_desk(device):
        made = utc_text((doc.get("entry") or {}).get("at"))
        told = min(made, now) if made else None
    return told or now


def candidate_from_central(doc: Document) -> Candidate:
    """Return what a held or refused document of central holds, to be judged once more."""
    place = place_of({**doc, "_id": doc["log"]})
    return Candidate(
        doc["log"],
        place.device,
        place.number,
        doc.get("entry"),
        doc.get("parts", {}),
        doc.get("opaque"),
        doc["receipts"][0]["received_at"],
    )


def place_of(doc: Document) -> Place:
    """Return where a log document belongs; bytes that came second tell it in their text, if at all."""
    place = parse_log_id(doc["_id"])
    if place is not None:
        return Place(*place)
    device = doc["_id"].partition(":")[0]
    claimed = _claimed_place((doc.get("opaque") or {}).get("base64"))
    return Place(device, claimed[1] if claimed and claimed[0] == device else None, is_extra=True)


def _claimed_place(text: Any) -> tuple[str, int] | None:
    try:
        row = orjson.loads(base64.b64decode(text or "", validate=True))
    except (orjson.JSONDecodeError, binascii.Error, ValueError, TypeError):
        return None
    return parse_log_id(row.get("_id")) if isinstance(row, dict) else None

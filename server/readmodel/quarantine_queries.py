"""The list of what ingest refused or holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions, Slice

SORTS = {"received": "entry.received_at", "device": "entry.device", "type": "entry.type"}
_COLUMNS = (
    "entry.document, entry.device, entry.number, entry.type, entry.record, entry.author, entry.role, "
    "entry.at, entry.received_at, entry.hash, entry.verdict, entry.waits_for, entry.is_extra, "
    "entry.reasons, entry.flags, entry.chain_flags"
)
_FROM = "entry JOIN document ON document.id = entry.document"
_DECISION = "CAST(document.json AS TEXT) ->> '$.receipts[#-1].admission'"
"""The id of the admission that decided; NULL while nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineQuestion:
    """What is asked for; `about` limits it to entries about one type of record.

    `verdict` may also be `open` (nobody has decided yet), `kept_out` or `opaque`.
    """

    about: str = ""
    verdict: str = ""
    device: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """One entry that does not count yet. `type` and what follows are None for opaque bytes."""

    document: str
    device: str
    number: int
    type: str | None
    record: str | None
    author: str | None
    role: str | None
    at: str | None
    received_at: str
    hash: str | None
    verdict: str
    waits_for: Sequence[str]
    is_extra: bool
    reasons: Sequence[Mapping[str, Any]]
    flags: Sequence[Mapping[str, Any]]
    decision: str | None

    @property
    def standing(self) -> str:
        """The verdict, or `kept_out` once a person has decided."""
        return "kept_out" if self.decision else self.verdict

    @property
    def is_opaque(self) -> bool:
        return self.hash is None


def quarantine_rows(
    model: ReadModel, question: QuarantineQuestion, part: Slice
) -> tuple[list[QuarantineEntry], int]:
    """Return the asked part of what is refused or held, and how much fits in all."""
    where = _conditions(question)
    order = part.order(SORTS, "entry.log")
    total = model.select(f"SELECT count(*) FROM {_FROM} WHERE {where.sql}", where.bound)[0][0]
    rows = model.select(
        f"SELECT {_COLUMNS}, {_DECISION} FROM {_FROM} WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",
        (*where.bound, part.limit, part.offset),
    )
    return [_entry(row) for row in rows], int(total)


def quarantine_entry(model: ReadModel, question: QuarantineQuestion, document: str) -> QuarantineEntry | None:
    """Return one of the entries that fit the question."""
    where = _conditions(question)
    where.add("entry.document = ?", document)
    rows = model.select(f"SELECT {_COLUMNS}, {_DECISION} FROM {_FROM} WHERE {where.sql}", where.bound)
    return _entry(rows[0]) if rows else None


def _conditions(question: QuarantineQuestion) -> Conditions:
    where = Conditions()
    where.add("entry.verdict IN ('refused', 'held')")
    if question.about:
        where.add("entry.record >= ? AND entry.record < ?", f"{question.about}:", f"{question.about};")
    if question.verdict == "opaque":
        where.add("entry.hash IS NULL")
    elif question.verdict in {"open", "kept_out"}:
        where.add(f"{_DECISION} IS {'' if question.verdict == 'open' else 'NOT '}NULL")
    else:
        where.equal("entry.verdict", question.verdict)
    where.equal("entry.device", question.device)
    where.equal("entry.type", question.type)
    return where


def _entry(row: tuple[Any, ...]) -> QuarantineEntry:
    waits_for, is_extra, reasons, flags, chain_flags, decision = row[11:]
    known_flags = orjson.loads(flags) + orjson.loads(chain_flags)
    plain = (orjson.loads(waits_for), bool(is_extra), orjson.loads(reasons), known_flags, decision)
    return QuarantineEntry(*(*row[:11], *plain))

"""Receipts, and the documents of `central` that carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.ingest.candidate import Candidate, Judgement
from server.records.problem import Problem
from sync.peer import Document

Receipt = dict[str, Any]


def receipt(judgement: Judgement, *, rules: str, received_at: str, judged_at: str) -> Receipt:
    """Return the fact that is kept of a judgement."""
    made: Receipt = {
        "verdict": judgement.verdict,
        "reasons": [reason.as_json() for reason in judgement.reasons],
        "flags": [flag.as_json() for flag in judgement.flags],
        "rules": rules,
        "grants": list(judgement.grants),
        "received_at": received_at,
        "judged_at": judged_at,
    }
    return made if judgement.number is None else {**made, "number": judgement.number}


def decided_receipt(refused: Receipt, admission: Mapping[str, Any], judged_at: str) -> Receipt:
    """Return the further receipt that a person's word on a refused entry gives it."""
    verdict = "admitted" if admission["body"]["verdict"] == "admitted" else "refused"
    return {**refused, "verdict": verdict, "judged_at": judged_at, "admission": admission["id"]}


def document(
    candidate: Candidate,
    doc_id: str,
    receipts: Sequence[Receipt],
    *,
    waits_for: Sequence[str],
    media: Sequence[Mapping[str, Any]],
) -> Document:
    """Return the document of central for an entry or for opaque bytes."""
    doc: Document = {"_id": doc_id, "log": candidate.log, "receipts": list(receipts), "media": list(media)}
    if candidate.entry is not None:
        doc |= {"entry": candidate.entry, "parts": candidate.parts}
    else:
        place = {} if candidate.number is None else {"entry": candidate.number}
        doc["opaque"] = {**(candidate.opaque or {}), **place}
    if waits_for:
        doc["waits_for"] = list(waits_for)
    return doc


def duplicate_flag(first_id: str) -> Problem:
    return Problem("duplicate", {"id": first_id})


def counts(doc: Mapping[str, Any]) -> bool:
    """Does a document of central at a record's id count?"""
    return doc["receipts"][-1]["verdict"] in ("accepted", "admitted")

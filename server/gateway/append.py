"""Storing what a device sends in its own log: the first of a number stays, nothing is ever dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from server.gateway.rows import opaque_document, opaque_id, raw_rows, refusal, same_row
from server.identity.instants import instant
from server.identity.instants import now as utc_now
from server.records.entry import parse_log_id
from server.records.erasure import ERASED, without
from sync.errors import Overloaded
from sync.peer import Document, Peer, ReadOptions, WriteResult

Erased = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
ATTEMPTS: Final = 5
FORBIDDEN: Final = "forbidden"
CANNOT_BE_SPLIT: Final = "not_json"


@dataclass(slots=True)
class _Plan:
    """What becomes of one row: `write` is to be written, `same_as` an earlier row of the batch.

    `stands`: the id of the document that was stored before, for which the answer will vouch.
    """

    row_id: Any
    reason: str | None
    write: Document | None = None
    stored_rev: str | None = None
    same_as: _Plan | None = None
    stands: str | None = None


def append_rows(
    logs: Peer,
    device: str,
    rows: Sequence[Any],
    body: bytes,
    *,
    erased: Erased = lambda _ids: {},
    now: Callable[[], datetime] = utc_now,
) -> list[dict[str, Any]]:
    """Return the answer's rows after everything is on disk, as an entry or as opaque bytes.

    `erased` tells what was erased of entries that this log held before it was set back.

    Raises: Overloaded, StorageFailed: nothing is acknowledged, the phone sends again.
    """
    raw: list[bytes] = []

    def bytes_of(index: int) -> bytes:
        if not raw:
            raw.extend(raw_rows(body, list(rows)))
        return raw[index]

    for _attempt in range(ATTEMPTS):
        plans = _plans(logs, device, rows, bytes_of)
        _strip(plans, erased)
        if _carried_out(logs, plans, now()):
            return [_answer(plan) for plan in plans]
        # Another request of this device was faster: look again.
    raise Overloaded("the log is being written by too many requests")


def append_opaque(
    logs: Peer, device: str, log_id: str, data: bytes, *, now: Callable[[], datetime] = utc_now
) -> list[dict[str, Any]]:
    """Keep bytes that could not be split, at their place in the log where that is free."""
    for _attempt in range(ATTEMPTS):
        stored = logs.get_many([log_id])
        plan = _Plan(log_id, CANNOT_BE_SPLIT)
        _plan_opaque(plan, device, data, stored, is_place_free=log_id not in stored)
        if _carried_out(logs, [plan], now()):
            return [_answer(plan)]
    raise Overloaded("the log is being written by too many requests")


def _plans(logs: Peer, device: str, rows: Sequence[Any], bytes_of: Callable[[int], bytes]) -> list[_Plan]:
    """Decide on each row, given what is stored and the rows before it."""
    stored = logs.get_many([row["_id"] for row in rows if _is_own(row, device)])
    plans: list[_Plan] = []
    planned: dict[str, _Plan] = {}
    for index, row in enumerate(rows):
        plan = _Plan(row.get("_id") if isinstance(row, dict) else None, refusal(row, device))
        present = stored.get(plan.row_id) if isinstance(plan.row_id, str) else None
        if plan.reason is None and present is not None:
            plan.reason = same_row(present, row)
            plan.stored_rev, plan.same_as = present["_rev"], planned.get(plan.row_id)
            plan.stands = plan.row_id if plan.same_as is None else None
        elif plan.reason is None:
            plan.write = row
        if plan.reason is not None:
            is_place_free = _is_own(row, device) and present is None
            _plan_opaque(plan, device, bytes_of(index), stored, is_place_free=is_place_free)
        if plan.write is not None:
            # A later row of this batch with the same number meets this one.
            stored[plan.write["_id"]] = {**plan.write, "_rev": "1-planned"}
            planned[plan.write["_id"]] = plan
        plans.append(plan)
    return plans


def _strip(plans: Sequence[_Plan], erased: Erased) -> None:
    """Leave out of new entries the parts that were erased before: a phone that was away sends them again."""
    with_parts = {str(plan.row_id): plan for plan in plans if plan.write and plan.write.get("parts")}
    for row_id, item in (erased(list(with_parts)) if with_parts else {}).items():
        plan = with_parts[row_id]
        if plan.write is not None:
            plan.write = {**without(plan.write, item), ERASED: sorted(item["parts"])}


def _plan_opaque(
    plan: _Plan, device: str, data: bytes, stored: dict[str, Document], *, is_place_free: bool
) -> None:
    document = opaque_document(opaque_id(device, data), data, str(plan.reason))
    if is_place_free:
        document["_id"] = plan.row_id
    present = stored.get(plan.row_id, {}) if isinstance(plan.row_id, str) else {}
    is_kept = present.get("opaque", {}).get("sha256") == document["opaque"]["sha256"]
    plan.stands = None
    if is_kept:
        plan.reason, plan.stands = present["opaque"]["reason"], plan.row_id
    elif document["_id"] not in stored:
        plan.write = document
    else:
        plan.stands = document["_id"]


def _carried_out(logs: Peer, plans: Sequence[_Plan], at: datetime) -> bool:
    """Write what is to be written; False when a place was taken meanwhile."""
    writes = [plan for plan in plans if plan.write is not None]
    # When it came is the door's to say: ingest may be late, and a revocation counts from then on.
    received = {"received_at": instant(at)}
    results = logs.bulk_docs([{**plan.write, **received} for plan in writes if plan.write]) if writes else []
    is_whole = True
    for plan, result in zip(writes, results, strict=True):
        if result.is_ok:
            _check_durable(result)
            plan.stored_rev = result.rev
        elif result.error == "conflict":
            # Opaque bytes are named by their hash: that they are there is all we want.
            is_whole = is_whole and ":opaque:" in result.id
            plan.stands = result.id
        else:
            raise Overloaded(f"{result.error}: {result.reason}")
    if is_whole:
        _confirm(logs, {plan.stands: None for plan in plans if plan.stands is not None})
    return is_whole


def _confirm(logs: Peer, ids: Iterable[str]) -> None:
    """See to it that what was there already has enough copies.

    On a cluster it may have been read from the one node that took it when it was refused for too few
    copies. Written again as the very revisions that they are, documents reach every node that lacks them.

    Raises: Overloaded.
    """
    wanted: list[tuple[str, str | None]] = [(doc_id, None) for doc_id in ids]
    found = logs.bulk_get(wanted, options=ReadOptions(revs=True)) if wanted else []
    docs = [doc for row in found for doc in row.docs]
    if not all(row.docs for row in found):
        raise Overloaded("what was stored cannot be read")
    for result in logs.bulk_docs(docs, new_edits=False) if docs else []:
        if not result.is_ok:
            raise Overloaded(f"{result.error}: {result.reason}")
        _check_durable(result)


def _check_durable(result: WriteResult) -> None:
    if not result.is_durable:
        raise Overloaded("too few copies were written")


def _answer(plan: _Plan) -> dict[str, Any]:
    if plan.reason is not None:
        return {"id": plan.row_id, "error": FORBIDDEN, "reason": plan.reason}
    return {"ok": True, "id": plan.row_id, "rev": (plan.same_as or plan).stored_rev}


def _is_own(row: Any, device: str) -> bool:
    place = parse_log_id(row.get("_id")) if isinstance(row, dict) else None
    return place is not None and place[0] == device

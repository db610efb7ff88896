"""Which fold a record has: its type's workflow over the steps that count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.fold import FoldEntry, RecordState, fold
from server.records.registry import record_type
from server.workflows import workflow


def folded(record: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> RecordState:
    """Return the state of a record from central documents: the record's, and its accepted steps'.

    Raises: LookupError when this build has no workflow for the type.
    """
    kind = record_type(record["entry"]["type"])
    if kind is None or kind.workflow is None:
        raise LookupError(record["entry"]["type"])
    return fold(_fold_entry(record), [_fold_entry(step) for step in steps], workflow(kind.workflow))


def is_folded_type(name: str) -> bool:
    """Do records of this type have a state, and so a row of their own?"""
    kind = record_type(name)
    return kind is not None and kind.workflow is not None


def _fold_entry(doc: Mapping[str, Any]) -> FoldEntry:
    return FoldEntry.of(doc["entry"], is_admitted=doc["receipts"][-1]["verdict"] == "admitted")

"""From the read model to what audiences and views are made from. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from server.readmodel import ReadModel, RecordRow
from server.readmodel.service_queries import told_ledger
from server.records.registry import record_type
from server.records.views import MediaFact, RecordFacts
from server.workflows import workflow
from server.workflows.due_dates import Today, due_dates

_RUNNING: Final = ("running", "still", "overdue")


class FactsOf:
    """Gathers facts for one page of records; other records are read once."""

    def __init__(self, model: ReadModel, today: Today, now: datetime) -> None:
        self._model, self._today, self._now = model, today, now
        self._bodies: dict[str, Mapping[str, Any] | None] = {}
        self._facts: dict[str, RecordFacts | None] = {}

    def __call__(self, row: RecordRow) -> RecordFacts:
        kind = record_type(row.type)
        assert kind is not None, "the read model folds known types alone"
        assert kind.workflow is not None, "and of those the ones that have states"
        flow = workflow(kind.workflow)
        return RecordFacts(
            id=row.id,
            type=row.type,
            author=row.entry["author"],
            role=row.entry["role"],
            at=row.entry["at"],
            body=row.body,
            received_at=row.received_at,
            state=row.state,
            number=row.number,
            media=tuple(MediaFact(file["number"], file["state"]) for file in row.media),
            lookup_body=self._body,
            facts_of=self._other,
            due_on=lambda clocks: self._due_on(row, clocks),
            now=self._now,
            ledger=told_ledger(self._model, row.id) if row.type == "service_order" else None,
            legal_actions=lambda role: [action.name for action in flow.legal_actions(row.state, role)],
        )

    def _body(self, record_id: str) -> Mapping[str, Any] | None:
        if record_id not in self._bodies:
            self._bodies[record_id] = self._model.body(record_id)
        return self._bodies[record_id]

    def _other(self, record_id: str) -> RecordFacts | None:
        if record_id not in self._facts:
            row = self._model.record(record_id)
            self._facts[record_id] = self(row) if row is not None else None
        return self._facts[record_id]

    def _due_on(self, row: RecordRow, clocks: Collection[str]) -> str | None:
        kind = record_type(row.type)
        assert kind is not None
        assert kind.workflow is not None
        found = due_dates(workflow(kind.workflow), row, self._today)
        days = [due.on for due in found if due.name in clocks and due.status in _RUNNING]
        return min(days).isoformat() if days else None

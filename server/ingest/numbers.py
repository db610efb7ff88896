"""Official numbers: counted by year in `central`, allotted once a record, kept in the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.ingest.central_page import CentralPage
from server.readmodel import ReadModel
from server.records.registry import record_type
from server.workflows import workflow

PLAIN_NUMBER: Final = "{year}-{number}"
"""Where the workflow's file names no form of its own."""


class Numbers:
    """The numbers allotted while one page is judged."""

    def __init__(self, page: CentralPage, model: ReadModel, time_zone: str) -> None:
        self._page = page
        self._model = model
        self._zone = ZoneInfo(time_zone)
        self._allotted: dict[str, str] = {}
        self._before: dict[str, dict[str, int]] = {}
        self._of_page: dict[str, dict[str, int]] = {}

    def number_of(self, record_id: str, received_at: str) -> str:
        """Return the record's number; the next of the year when it has none."""
        known = self._allotted.get(record_id) or self._model.number_of(record_id)
        number = known or self._next(record_id, received_at)
        self._allotted[record_id] = number
        return number

    def _next(self, record_id: str, received_at: str) -> str:
        year = datetime.fromisoformat(received_at).astimezone(self._zone).year
        counter_id = f"counter:{record_id.partition(':')[0]}:{year}"
        counter = self._page.get(counter_id) or {"_id": counter_id, "last": 0, "latest": {}}
        # `latest`: what this page allotted, for the counter may be on disk when the receipts are not.
        before: dict[str, int] = self._before.setdefault(counter_id, counter["latest"])
        number = before.get(record_id, counter["last"] + 1)
        of_page = self._of_page.setdefault(counter_id, {})
        of_page[record_id] = number
        last = max(counter["last"], number)
        self._page.put({**counter, "last": last, "latest": dict(of_page)})
        return _form_of(record_id).format(year=year, number=number)


def _form_of(record_id: str) -> str:
    kind = record_type(record_id.partition(":")[0])
    flow = workflow(kind.workflow) if kind and kind.workflow else None
    return (flow.number if flow else "") or PLAIN_NUMBER

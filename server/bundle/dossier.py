"""Which records a case is made of: what its evidence bundle takes along, and nothing that names people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from server.readmodel import ReadModel
from server.readmodel.duplicate_queries import merged_leads
from server.readmodel.record_queries import records_naming

PARTS: Final = {
    "pil_case": ("site_visit", "rectification"),
    "lead": ("site_visit",),
    "site_visit": ("survey_point", "visit_item"),
    "rectification": ("rectification_measure",),
    "rectification_measure": ("measure_photo",),
}
"""By type: the types whose records name one of it and belong to it."""


def dossier(model: ReadModel, case: str) -> list[str]:
    """Return the ids of a case, its leads and those merged into them, visits, rectification; once each."""
    row = model.record(case)
    leads = row.state.value("leads") if row is not None else None
    found: dict[str, None] = {}
    waiting = [case, *_with_merged(model, leads if isinstance(leads, list) else [])]
    while waiting:
        record_id = waiting.pop(0)
        if record_id not in found:
            found[record_id] = None
            types = PARTS.get(record_id.partition(":")[0], ())
            waiting += records_naming(model, record_id, types)
    return list(found)


def _with_merged(model: ReadModel, leads: Iterable[str]) -> list[str]:
    return [each for lead in leads for each in (lead, *merged_leads(model, lead))]

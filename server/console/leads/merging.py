"""Leads that tell of the same: proposed beside each other, merged by a clerk, answered together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.console.layout.words import t
from server.console.look import Look, state_look
from server.console.photos import Photo, photos_of
from server.console.steps import Choice, Outcome, StepForm, enter_steps, prepare_step
from server.console.viewer import GrantLike, Viewer
from server.duplicates import Ground, LeadFacts, earliest_trusted, proposals
from server.gateway.desk import NewEntry
from server.readmodel.duplicate_queries import (
    facts_of_leads,
    lead_facts,
    lead_of_number,
    merged_leads,
    possible_duplicates,
)
from server.readmodel.rows import RecordRow
from server.records.names import record_type_of
from server.services import current
from server.workflows import workflow

MERGED = "merged_into"


@dataclass(frozen=True, slots=True)
class LeadBeside:
    """Another lead as it is shown beside the opened one."""

    row: RecordRow
    look: Look
    photos: Sequence[Photo]
    grounds: Sequence[str] = ()
    is_first: bool = False
    """Is it the earliest trusted observation of the two?"""
    may_take_in: bool = False
    """May it become the primary of the opened one?"""
    may_be_merged: bool = False
    """May it be merged into the opened one?"""

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def heads(self) -> str:
        return ",".join(self.row.state.heads)


def ground_text(ground: Ground) -> str:
    """Return in words what speaks for two leads telling of the same."""
    return t(f"leads.ground.{ground.code}", **ground.params)


def beside_of(row: RecordRow, **more: Any) -> LeadBeside:
    return LeadBeside(row, state_look("lead", row.state.state or ""), photos_of(row), **more)


def primary_of(row: RecordRow) -> LeadBeside | None:
    """Return the lead into which this one is merged."""
    if not row.state.value("is_merged"):
        return None
    primary = current().readmodel.record(str(row.state.value("primary_lead")))
    return beside_of(primary) if primary else None


def merged_of(record_id: str) -> list[LeadBeside]:
    """Return the leads that are merged into this one, whole, with all their photos."""
    return [beside_of(row) for row in _rows(merged_leads(current().readmodel, record_id))]


def duplicates_of(row: RecordRow, choices: Sequence[Choice]) -> list[LeadBeside]:
    """Return the leads that may tell of the same, with what speaks for each; of the group, none again."""
    model = current().readmodel
    own = lead_facts(model, row.id)
    if own is None or row.state.value("is_merged"):
        return []
    group = set(merged_leads(model, row.id))
    found = {p.id: p for p in proposals(own, possible_duplicates(model, own)) if p.id not in group}
    facts = {each.id: each for each in facts_of_leads(model, found)}
    may_merge = any(choice.action == "merge_into" for choice in choices)
    shown = []
    for other in _rows(found):
        if other.state.value("is_merged"):
            continue  # its primary stands in the list for it, where it is alike
        grounds = [ground_text(ground) for ground in found[other.id].grounds]
        shown.append(_proposed(row, other, own, facts[other.id], grounds, may_merge=may_merge))
    return shown


def _proposed(
    row: RecordRow, other: RecordRow, own: LeadFacts, facts: LeadFacts, grounds: list[str], *, may_merge: bool
) -> LeadBeside:
    return beside_of(
        other,
        grounds=grounds,
        is_first=earliest_trusted([own, facts]).id == other.id,
        may_take_in=may_merge and not merged_leads(current().readmodel, row.id),
        may_be_merged=may_merge and _is_mergeable(other),
    )


def _is_mergeable(row: RecordRow) -> bool:
    clerk = workflow("lead").legal_actions(row.state, "intake_clerk")
    is_open = any(action.name == "merge_into" for action in clerk)
    return is_open and not merged_leads(current().readmodel, row.id)


def merge(row: RecordRow, form: StepForm, viewer: Viewer, grants: Sequence[GrantLike]) -> Outcome:
    """Merge this lead into the one that the clerk named, by its number or by its id."""
    model, named = current().readmodel, form["primary_lead"]
    if named and record_type_of(named) is None:
        form.values["primary_lead"] = lead_of_number(model, named) or ""
    primary = model.record(form["primary_lead"]) if form["primary_lead"] else None
    wrong = _wrong_primary(row, primary)
    if wrong:
        form.values["primary_lead"] = named
        form.errors["primary_lead"] = t(f"leads.merge.{wrong}")
        return Outcome("invalid", 422)
    prepared = prepare_step(row, form, viewer, grants)
    return prepared if isinstance(prepared, Outcome) else enter_steps([prepared], form)


def _wrong_primary(row: RecordRow, primary: RecordRow | None) -> str:
    """Return why a lead cannot be the primary of this one; empty when it can."""
    if primary is None or primary.type != "lead":
        return "unknown"
    if primary.id == row.id:
        return "itself"
    if primary.state.value("is_merged"):
        return "is_merged_itself"
    if merged_leads(current().readmodel, row.id):
        return "has_merged"
    return ""


def answer(row: RecordRow, form: StepForm, viewer: Viewer, grants: Sequence[GrantLike]) -> Outcome:
    """Answer a lead and, in the same batch, each lead that is merged into it."""
    prepared = prepare_step(row, form, viewer, grants)
    if isinstance(prepared, Outcome):
        return prepared
    waiting = [each.row for each in merged_of(row.id) if each.row.state.state == MERGED]
    return enter_steps([prepared, *(_same_answer(prepared, each) for each in waiting)], form)


def _same_answer(prepared: NewEntry, row: RecordRow) -> NewEntry:
    body = {**prepared.body, "record": row.id, "base": sorted(row.state.heads)}
    return replace(prepared, body=body)


def _rows(record_ids: Any) -> list[RecordRow]:
    found = (current().readmodel.record(record_id) for record_id in record_ids)
    return [row for row in found if row is not None]

"""Which type of record the address names, and who may read and write it: the workflow's file says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast

from flask import g
from werkzeug.exceptions import Forbidden

from server.console.failures import Gone
from server.console.viewer import GrantLike, Viewer, current_viewer
from server.fold.state import RecordState
from server.readmodel.record_queries import ids_of_type
from server.readmodel.rows import RecordRow
from server.records.record_type import KnownRecord, RecordType, Subject
from server.records.registry import record_type
from server.services import current
from server.workflows import FormField, Workflow, workflow, workflow_names
from server.workflows.declared_views import DeclaredView

NAME = "record_type"
OWN_FORMS = {"participant": "participants.new_page", "service_order": "orders.new_page"}
"""Types that are begun on a page of their own: a participant has an identity, an order a participant."""


def take_from_address(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Keep the type that the address names, so that views need not be told."""
    g.record_type = (values or {}).pop(NAME, "")


def put_into_address(_endpoint: str, values: dict[str, Any]) -> None:
    """Let addresses of this feature name the type of this request."""
    values.setdefault(NAME, g.get(NAME, ""))


def readers_only() -> None:
    """Refuse whom the workflow's file names as no reader; an unknown type answers as a forbidden one."""
    viewer = current_viewer()
    if viewer is not None and not readers(viewer, type_name()):
        raise Forbidden


def readers(viewer: Viewer, name: str) -> list[GrantLike]:
    """Return the viewer's grants that let read records of this type."""
    read_by = workflow(name).read_by if name in workflow_names() else frozenset()
    return [grant for grant in viewer.grants if grant.role in read_by]


def type_name() -> str:
    """Return the type of this request."""
    return cast("str", g.get(NAME, ""))


def flow() -> Workflow:
    """Return the workflow of this request's type."""
    return workflow(type_name())


def kind() -> RecordType:
    """Return this request's type of record."""
    found = record_type(type_name())
    if found is None:
        raise Gone
    return found


def subject_of(row: RecordRow) -> Subject:
    """Return whom and what a record concerns, for the scopes of grants."""
    return kind().subject(_known_of(row), _known)


def within(grants: Iterable[GrantLike], subject: Subject) -> list[GrantLike]:
    """Return the grants whose scope covers the subject."""
    places = {f"township:{code}" for code in subject.townships} | subject.stations | subject.units
    return [grant for grant in grants if grant.scope == "county" or grant.scope in places]


def view_for_units(grants: Iterable[GrantLike]) -> DeclaredView | None:
    """Return the view to which somebody is held who reads a record for a unit alone.

    None: these grants let read the whole of it. A type without such a view shows a unit no field at all.
    """
    if not all(grant.scope.startswith("unit:") for grant in grants):
        return None
    declared = (view for view in flow().views if view.audience == "unit")
    return next(declared, DeclaredView("unit", frozenset(), ()))


def among_of(grants: Collection[GrantLike]) -> list[str] | None:
    """Return the ids of this request's type that concern the units of these grants; None: asked by place."""
    if not any(grant.scope.startswith("unit:") for grant in grants):
        return None
    model = current().readmodel
    rows = (model.record(id_) for id_ in ids_of_type(model, type_name()))
    return [row.id for row in rows if row is not None and within(grants, subject_of(row))]


def fields_by_name() -> dict[str, FormField]:
    """Return every field that the workflow's file declares, by name."""
    forms = [flow().record_form, *(action.form for action in flow().actions.values())]
    return {field.name: field for form in forms for field in form}


def shown_fields(state: RecordState) -> list[str]:
    """Return the names of the fields to show, in the order of the type's schema and then of the steps."""
    schema = kind().schemas[max(kind().schemas)]
    hidden = {action.remembers for action in flow().actions.values()}
    known = dict.fromkeys([*schema.fields, *fields_by_name(), *state.fields])
    return [name for name in known if name in state.fields and name not in hidden and name != "media"]


def _known(record_id: str) -> KnownRecord | None:
    row = current().readmodel.record(record_id)
    return _known_of(row) if row else None


def _known_of(row: RecordRow) -> KnownRecord:
    return KnownRecord(row.id, row.type, row.entry["author"], row.entry["role"], row.body, lambda: row.state)

"""step: what happens to a record later. Which actions there are is the record's workflow's to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.records.names import ROLES
from server.records.problem import Problem
from server.records.record_type import Body, RecordType
from server.records.references import any_record, sha256
from server.records.schema import Items, RecordSchema, Scalar, Text


class Fields(Scalar):
    """An object whose members the workflow checks."""

    kind = "fields"

    def _problem(self, value: Any) -> Problem | None:
        return None if isinstance(value, dict) else Problem("not_an_object")


class StepSchema(RecordSchema):
    """Schema 1 (DESIGN 4, "Steps")."""

    record = any_record(required=True)
    base = Items(sha256(), min_length=1, max_length=64, required=True)
    action = Text(max_length=40, pattern="[a-z][a-z_]*", required=True)
    to = Text(max_length=40, pattern="[a-z][a-z_]*")
    fields_ = Fields(required=True, data_key="fields")
    reason = Text(min_length=1, max_length=500)


def _references(body: Body) -> Iterable[str]:
    return (body["record"],)


STEP = RecordType(name="step", schemas={1: StepSchema()}, written_by=ROLES, references=_references)

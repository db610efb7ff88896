"""code_table: a versioned list of codes, for the law that defines them changes (DOMAIN 0.11)."""

from __future__ import annotations

from typing import Any

from server.records.record_type import RecordType
from server.records.schema import Date, Flag, Integer, Items, Object, RecordSchema, Text, choice
from server.records.views import CATALOG, Audience, RecordFacts, allowed


class SubtypeSchema(RecordSchema):
    """A finer code below a code."""

    code = Text(max_length=40, pattern="[A-Z0-9][A-Z0-9_]*", required=True)
    zh = Text(min_length=1, max_length=60, required=True)
    en = Text(min_length=1, max_length=120, required=True)


class CodeSchema(SubtypeSchema):
    """One code; `common` marks the ones that volunteers use most."""

    common = Flag()
    subtypes = Items(Object(SubtypeSchema), max_length=50)


class CodeTableSchema(RecordSchema):
    """Schema 1."""

    table = choice("domain", "township", required=True)
    version = Integer(min=1, max=9999, required=True)
    valid_from = Date(required=True)
    codes = Items(Object(CodeSchema), min_length=1, max_length=500, required=True)


def _audiences(_facts: RecordFacts) -> frozenset[Audience]:
    return frozenset({CATALOG})


def _view(facts: RecordFacts, _audience: Audience) -> dict[str, Any] | None:
    return {
        **allowed(facts.body, "table", "version", "valid_from", "codes"),
        "type": facts.type,
        "state": facts.state.state,
    }


CODE_TABLE = RecordType(
    name="code_table",
    schemas={1: CodeTableSchema()},
    written_by=frozenset({"prosecutor", "intake_clerk", "system"}),
    is_desk_only=True,
    audiences=_audiences,
    view=_view,
    workflow="code_table",
)

"""service_order: how much service was agreed, by when and where; it names the participant by member id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from server.records.problem import Problem
from server.records.record_type import Body, KnownRecord, Lookup, RecordType, Subject
from server.records.references import member, reference
from server.records.schema import Date, Flag, Integer, Items, RecordSchema, Text, choice
from server.records.views import Audience, RecordFacts, allowed, standing


class ServiceOrderSchema(RecordSchema):
    """Schema 1 (DOMAIN 3.2)."""

    order_no = Text(min_length=1, max_length=40, required=True)
    display_code = Text(min_length=1, max_length=12, required=True)
    participant = member(required=True)
    required_min = Integer(min=600, max=3600, required=True)
    start_on = Date(required=True)
    due_on = Date(required=True)
    stations = Items(reference("station"), min_length=1, max_length=20, required=True)
    service_types = Items(Text(min_length=1, max_length=40), min_length=1, max_length=20, required=True)
    verify_level = choice("L1", "L2", "L3", required=True)

    @validates_schema
    def _ends_after_it_starts(self, body: Mapping[str, Any], **_: Any) -> None:
        if "start_on" in body and "due_on" in body and body["due_on"] < body["start_on"]:
            raise ValidationError([Problem("due_before_start")], "due_on")


class ServiceOrderSchema2(ServiceOrderSchema):
    """Schema 2: the order from its draft on (DOMAIN 3.2); stage and review are written when it is offered."""

    case_no = Text(min_length=1, max_length=60, required=True)
    prosecutor = member(required=True)
    charge_code = Text(min_length=1, max_length=40, required=True)
    daily_cap_min = Integer(min=60, max=480)
    weekly_cap_min = Integer(min=60, max=2400)
    weekly_consent = Flag()
    """The participant has consented in writing to more than the usual hours of a week (DOMAIN 3.0)."""


def _references(body: Body) -> Iterable[str]:
    return tuple(body["stations"])


def _subject(record: KnownRecord, lookup: Lookup) -> Subject:
    stations = [lookup(id_) for id_ in record.body["stations"]]
    return Subject(
        members=frozenset({record.body["participant"]}),
        townships=frozenset(station.body["township"] for station in stations if station),
        stations=frozenset(record.body["stations"]),
    )


def _audiences(facts: RecordFacts) -> frozenset[Audience]:
    if facts.state.state == "draft":
        return frozenset()  # nobody is told of an order that is not offered yet
    return frozenset({Audience("member", facts.body["participant"])})


_PARTICIPANT_READS = (
    "order_no",
    "display_code",
    "required_min",
    "start_on",
    "due_on",
    "stations",
    "service_types",
    "verify_level",
)
_AMENDABLE = ("due_on", "stations")
"""What a step may change; the view shows what stands."""


def _view(facts: RecordFacts, _audience: Audience) -> dict[str, Any] | None:
    amended = {name: facts.state.value(name) for name in _AMENDABLE}
    return {
        **allowed(facts.body, *_PARTICIPANT_READS),
        **{name: value for name, value in amended.items() if value is not None},
        **standing(facts, "participant"),
        **({} if facts.ledger is None else {"ledger": dict(facts.ledger)}),
    }


SERVICE_ORDER = RecordType(
    name="service_order",
    schemas={1: ServiceOrderSchema(), 2: ServiceOrderSchema2()},
    written_by=frozenset({"prosecutor", "intake_clerk", "system"}),
    is_desk_only=True,
    references=_references,
    subject=_subject,
    audiences=_audiences,
    view=_view,
    workflow="service_order",
)

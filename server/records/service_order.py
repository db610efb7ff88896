"""service_order: how much service was agreed, by when and where; it names the participant by member id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, validates_schema

from server.records.problem import Problem
from server.records.record_type import Body, KnownRecord, Lookup, RecordType, Subject
from server.records.references import member, reference
from server.records.schema import Date, Flag, Integer, Items, RecordSchema, Text, choice
from server.records.views import Audience, RecordFacts, standing


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
    """It is about the stations that it names, and about the one to which it was assigned later."""
    places = frozenset(record.body["stations"]) | _served_now(record.value_of())
    stations = [lookup(id_) for id_ in places]
    return Subject(
        members=frozenset({record.body["participant"]}),
        townships=frozenset(station.body["township"] for station in stations if station),
        stations=places,
    )


_AT_STATION: Final = frozenset({"assigned", "in_progress", "suspended", "hours_met", "evaluating"})


def _served_now(value: Callable[[str], Any]) -> frozenset[str]:
    """Return where it is served now: the station it was assigned to, else all that it names."""
    assigned = value("assigned_station")
    return frozenset({assigned} if assigned else value("stations") or ())


def _places(facts: RecordFacts) -> frozenset[str]:
    return _served_now(facts.state.value)


def is_left(facts: RecordFacts) -> bool:
    """Has the participant withdrawn, and was it not opened again since? Archiving changes nothing."""
    led_to = [row.to for row in facts.state.history if row.to is not None and row.to != "archived"]
    return facts.state.state in ("withdrawn", "archived") and led_to[-1:] == ["withdrawn"]


def _audiences(facts: RecordFacts) -> frozenset[Audience]:
    if facts.state.state == "draft":
        return frozenset()  # nobody is told of an order that is not offered yet
    found = {Audience("member", facts.body["participant"])}
    if facts.state.state in _AT_STATION:
        found |= {Audience("station", place.partition(":")[2]) for place in _places(facts)}
    return frozenset(found)


_PARTICIPANT_READS: Final = (
    "order_no",
    "display_code",
    "required_min",
    "start_on",
    "due_on",
    "stations",
    "service_types",
    "verify_level",
    "daily_cap_min",
    "weekly_cap_min",
    "notice",
    "accommodation",
    "assigned_station",
)
_READS_AFTER_LEAVING: Final = ("order_no", "required_min", "notice")
"""That the person has left, and without a mark; the rest is kept as case material (DOMAIN 6)."""
_STATION_READS: Final = (
    "display_code",
    "verify_level",
    "service_types",
    "accommodation",
    "start_on",
    "due_on",
)
"""By code alone: never who it is, the case, the charge or the order's number (DOMAIN 6)."""


def _view(facts: RecordFacts, audience: Audience) -> dict[str, Any] | None:
    is_station, has_left = audience.kind == "station", is_left(facts)
    own = _READS_AFTER_LEAVING if has_left else _PARTICIPANT_READS
    shown = {name: facts.state.value(name) for name in (_STATION_READS if is_station else own)}
    ledger = {} if is_station or has_left or facts.ledger is None else {"ledger": dict(facts.ledger)}
    return {
        **{name: value for name, value in shown.items() if value is not None},
        **standing(facts, "supervisor" if is_station else "participant"),
        **ledger,
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
    places=_places,
    is_left=is_left,
)

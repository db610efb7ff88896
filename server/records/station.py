"""station: where service and check-in happen. Its views are public; the code's secret is not here."""

from __future__ import annotations

from typing import Any, Final

from server.records.place import PositionSchema, township
from server.records.record_type import KnownRecord, Lookup, RecordType, Subject
from server.records.references import member
from server.records.schema import Integer, Items, Object, RecordSchema, Text, Time
from server.records.station_versions import in_force, versions_of
from server.records.views import CATALOG, Audience, RecordFacts

_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00"


class StationSchema(RecordSchema):
    """Schema 1 (DOMAIN 3.3)."""

    code = Text(min_length=1, max_length=20, required=True)
    name = Text(min_length=1, max_length=60, required=True)
    host_unit = Text(min_length=1, max_length=60, required=True)
    township = township(required=True)
    address = Text(min_length=1, max_length=200, required=True)
    point = Object(PositionSchema, required=True)
    fence_m = Integer(min=10, max=5000, required=True)
    open_hours = Text(min_length=1, max_length=100, required=True)
    capacity = Integer(min=1, max=1000, required=True)
    service_types = Items(Text(min_length=1, max_length=40), max_length=20, required=True)
    version = Integer(min=1, max=9999, required=True)
    opens_at = Text(max_length=5, pattern=_CLOCK)
    """With `closes_at`: what programs reckon with; `open_hours` is what people read."""
    closes_at = Text(max_length=5, pattern=_CLOCK)
    valid_from = Time()
    """From when on this version is in force; absent: from when it was written."""
    supervisors = Items(member(), max_length=50)


_PUBLIC = (
    "code",
    "name",
    "host_unit",
    "township",
    "address",
    "point",
    "fence_m",
    "open_hours",
    "capacity",
    "service_types",
    "version",
    "opens_at",
    "closes_at",
    "valid_from",
)

_VERSIONED: Final = (
    "version",
    "valid_from",
    "point",
    "address",
    "fence_m",
    "open_hours",
    "opens_at",
    "closes_at",
)
"""What a step may change so that another version holds, now or from a day to come."""


class StationSchema2(StationSchema):
    """Schema 2: a station begins as a plan, and opens by a step."""


def _subject(record: KnownRecord, _lookup: Lookup) -> Subject:
    return Subject(
        townships=frozenset({record.body["township"]}),
        stations=frozenset({record.id}),
    )


def _audiences(_facts: RecordFacts) -> frozenset[Audience]:
    return frozenset({CATALOG})


def _view(facts: RecordFacts, _audience: Audience) -> dict[str, Any] | None:
    versions = versions_of(facts.body, facts.at, facts.state.history)
    now = in_force(versions, facts.now)
    shown = {name: facts.state.value(name) for name in _PUBLIC} | {name: now.get(name) for name in _VERSIONED}
    to_come = [
        {name: each[name] for name in _VERSIONED if name in each}
        for each in versions[versions.index(now) + 1 :]
    ]
    return {
        **{name: value for name, value in shown.items() if value is not None},
        "type": facts.type,
        "state": facts.state.state,
        **({"to_come": to_come} if to_come else {}),
    }


def _places(facts: RecordFacts) -> frozenset[str]:
    return frozenset({facts.id})


STATION = RecordType(
    name="station",
    schemas={1: StationSchema(), 2: StationSchema2()},
    written_by=frozenset({"prosecutor", "intake_clerk", "system"}),
    is_desk_only=True,
    subject=_subject,
    audiences=_audiences,
    view=_view,
    workflow="station",
    places=_places,
)

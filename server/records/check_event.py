"""check_event: a participant's proof of presence at a station, in or out. It is never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.records.media_item import media_items
from server.records.place import POOR_ACCURACY_M, FixSchema
from server.records.problem import Problem
from server.records.record_type import Body, KnownRecord, Lookup, RecordType, Subject
from server.records.references import reference
from server.records.schema import Integer, Object, RecordSchema, Text, Time, choice
from server.records.views import Audience, RecordFacts, allowed, history, standing


class CodeSchema(RecordSchema):
    """What the participant typed from the station's display, and when."""

    value = Text(max_length=6, pattern="[0-9]{6}", required=True)
    at = Time(required=True)


class CheckEventSchema(RecordSchema):
    """Schema 1 (DOMAIN 3.4)."""

    kind = choice("in", "out", required=True)
    order = reference("service_order", required=True)
    station = reference("station", required=True)
    station_version = Integer(min=1, max=9999, required=True)
    code = Object(CodeSchema)
    fix_missing_reason = Text(min_length=1, max_length=200)
    note = Text(max_length=200)
    media = media_items(max_length=3)


def _references(body: Body) -> Iterable[str]:
    return (body["order"], body["station"])


def _subject(record: KnownRecord, lookup: Lookup) -> Subject:
    order, station = lookup(record.body["order"]), lookup(record.body["station"])
    return Subject(
        members=frozenset({order.body["participant"]} if order else ()),
        townships=frozenset({station.body["township"]} if station else ()),
        stations=frozenset({record.body["station"]}),
    )


def _doubts(entry: Mapping[str, Any], parts: Mapping[str, Any]) -> list[Problem]:
    if "fix" not in entry["parts"]:
        return [Problem("no_fix")]
    samples = parts.get("fix", {}).get("value", {}).get("samples", [])
    best_m = min((sample["accuracy_m"] for sample in samples), default=0)
    return [Problem("poor_accuracy", {"accuracy_m": best_m})] if best_m > POOR_ACCURACY_M else []


def _audiences(facts: RecordFacts) -> frozenset[Audience]:
    order = facts.lookup_body(facts.body["order"])
    found = {Audience("station", facts.body["station"].partition(":")[2])}
    if order is not None:
        found.add(Audience("member", order["participant"]))
    return frozenset(found)


def _view(facts: RecordFacts, audience: Audience) -> dict[str, Any] | None:
    if audience.kind == "station":
        order = facts.lookup_body(facts.body["order"]) or {}
        # By display code: a station never sees who it is, nor the participant's own words.
        return {
            **allowed(facts.body, "kind", "station", "station_version"),
            **allowed(order, "display_code"),
            **standing(facts, "supervisor"),
            "at": facts.at,
            "history": history(facts, {}),
        }
    return {
        **allowed(facts.body, "kind", "order", "station", "station_version", "fix_missing_reason", "note"),
        **standing(facts, "participant"),
        "at": facts.at,
        "history": history(facts, {"question": "reason"}),
    }


CHECK_EVENT = RecordType(
    name="check_event",
    schemas={1: CheckEventSchema()},
    written_by=frozenset({"participant"}),
    parts={"fix": FixSchema()},
    references=_references,
    subject=_subject,
    doubts=_doubts,
    audiences=_audiences,
    view=_view,
    workflow="check_event",
)

"""lead: something in the public interest that a volunteer saw, or that a clerk took down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from server.records.entry_shape import parse_time
from server.records.limits import MAX_MEDIA
from server.records.media_item import media_items
from server.records.names import FIELD_ROLES
from server.records.place import POOR_ACCURACY_M, PointSchema, township
from server.records.problem import Problem
from server.records.record_type import KnownRecord, Lookup, RecordType, Subject
from server.records.schema import Integer, Object, RecordSchema, Text, Time, choice
from server.records.views import Audience, RecordFacts, allowed, history, standing


class LeadSchema(RecordSchema):
    """Schema 1 (DOMAIN 3.8)."""

    domain = Text(max_length=20, pattern="[A-Z][A-Z0-9_]*", required=True)
    subtype = Text(max_length=40, pattern="[A-Z][A-Z0-9_]*")
    domain_version = Integer(min=1, max=9999, required=True)
    title = Text(min_length=1, max_length=60, required=True)
    description = Text(min_length=20, max_length=2000, required=True)
    observed_at = Time(required=True)
    point = Object(PointSchema)
    place_text = Text(min_length=1, max_length=200)
    township = township()
    urgency = choice("normal", "urgent", required=True)
    media = media_items(max_length=MAX_MEDIA)
    no_photo_reason = Text(min_length=1, max_length=200)

    @validates_schema
    def _has_a_place(self, body: Mapping[str, Any], **_: Any) -> None:
        if "point" not in body and "place_text" not in body:
            raise ValidationError([Problem("place_needed")], "place_text")

    @validates_schema
    def _has_a_photo_or_says_why_not(self, body: Mapping[str, Any], **_: Any) -> None:
        if not body.get("media") and "no_photo_reason" not in body:
            raise ValidationError([Problem("photo_or_reason_needed")], "no_photo_reason")


def _subject(record: KnownRecord, _lookup: Lookup) -> Subject:
    code = record.body.get("township")
    return Subject(members=frozenset({record.author}), townships=frozenset({code} if code else ()))


def _doubts(entry: Mapping[str, Any], _parts: Mapping[str, Any]) -> list[Problem]:
    body = entry["body"]
    doubts = []
    observed_at, written_at = parse_time(body["observed_at"]), parse_time(entry["at"])
    if observed_at and written_at and observed_at > written_at:
        doubts.append(Problem("observed_later"))
    if body.get("point", {}).get("accuracy_m", 0) > POOR_ACCURACY_M:
        doubts.append(Problem("poor_accuracy", {"accuracy_m": body["point"]["accuracy_m"]}))
    return doubts


def _audiences(facts: RecordFacts) -> frozenset[Audience]:
    found = set()
    if facts.role in FIELD_ROLES:  # one admitted although its role was wrong is its author's all the same
        found.add(Audience("member", facts.author))
    if "township" in facts.body:
        found.add(Audience("township", facts.body["township"]))
    return frozenset(found)


_SHOWN_TO_ALL = ("domain", "subtype", "domain_version", "title", "description", "observed_at")
_PLACE = ("point", "place_text", "township", "urgency")
_AUTHOR_READS = {"answer": "answer", "return": "note", "supplement": "note"}


def _view(facts: RecordFacts, audience: Audience) -> dict[str, Any] | None:
    if audience.kind == "township":
        # Without the reporter, and without the words of what central and reporter wrote to each other.
        return {
            **allowed(facts.body, *_SHOWN_TO_ALL, *_PLACE),
            **standing(facts, "township_staff"),
            "history": history(facts, {}),
        }
    view = {
        **allowed(facts.body, *_SHOWN_TO_ALL, *_PLACE, "no_photo_reason"),
        **standing(facts, "volunteer"),
        "history": history(facts, _AUTHOR_READS),
    }
    answer = facts.state.value("answer")
    if answer is not None:
        (row,) = [r for r in facts.state.history if r.hash in facts.state.field("answer").candidates][:1]
        view["answer"] = {"text": answer, "at": row.at}
    return view


LEAD = RecordType(
    name="lead",
    schemas={1: LeadSchema()},
    written_by=frozenset({"volunteer", "intake_clerk"}),
    subject=_subject,
    doubts=_doubts,
    audiences=_audiences,
    view=_view,
    workflow="lead",
)

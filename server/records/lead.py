"""lead: something in the public interest that a volunteer saw, or that a clerk took down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from server.records.entry_shape import parse_time
from server.records.limits import MAX_MEDIA
from server.records.media_item import is_clip, media_items, photos_and_clip
from server.records.names import FIELD_ROLES
from server.records.place import POOR_ACCURACY_M, PointSchema, places, township
from server.records.problem import Problem
from server.records.record_type import KnownRecord, Lookup, RecordType, Subject
from server.records.references import reference
from server.records.schema import Flag, Integer, Items, Number, Object, RecordSchema, Text, Time, choice
from server.records.views import Audience, RecordFacts, allowed, history, standing

SOURCES = ("volunteer", "report", "own_case", "shared_platform", "handed_over", "media", "duty")
"""A volunteer, and the six sources of Rules 24: reports of anybody, cases of the office, the platform shared
with administrations, what other bodies hand over, the press, everything else met on duty."""


class _SaidSchema(RecordSchema):
    """What every schema of a lead has (DOMAIN 3.8)."""

    domain = Text(max_length=20, pattern="[A-Z][A-Z0-9_]*", required=True)
    subtype = Text(max_length=40, pattern="[A-Z][A-Z0-9_]*")
    domain_version = Integer(min=1, max=9999, required=True)
    title = Text(min_length=1, max_length=60, required=True)
    description = Text(min_length=20, max_length=2000, required=True)
    observed_at = Time(required=True)
    place_text = Text(min_length=1, max_length=200)
    township = township()
    urgency = choice("normal", "urgent", required=True)
    no_photo_reason = Text(min_length=1, max_length=200)


class LeadSchema(_SaidSchema):
    """Schema 1: one position."""

    point = Object(PointSchema)
    media = media_items(max_length=MAX_MEDIA)

    @validates_schema
    def _has_a_place(self, body: Mapping[str, Any], **_: Any) -> None:
        if "point" not in body and "place_text" not in body:
            raise ValidationError([Problem("place_needed")], "place_text")

    @validates_schema
    def _has_a_photo_or_says_why_not(self, body: Mapping[str, Any], **_: Any) -> None:
        if not body.get("media") and "no_photo_reason" not in body:
            raise ValidationError([Problem("photo_or_reason_needed")], "no_photo_reason")


class HarmSchema(RecordSchema):
    """How much is harmed, as the reporter guesses it."""

    area_mu = Number(min=0, max=1_000_000)
    length_m = Number(min=0, max=1_000_000)
    count = Integer(min=1, max=1_000_000)

    @validates_schema
    def _says_something(self, body: Mapping[str, Any], **_: Any) -> None:
        if not body:
            raise ValidationError([Problem("required")], "area_mu")


class LeadSchema2(_SaidSchema):
    """Schema 2: several places, a clip, urgency with its ground, and who is thought to be behind it."""

    local_ref = Text(max_length=12, pattern="[0-9A-Z]{4}-[0-9]{3,6}", required=True)
    source = choice(*SOURCES, required=True)
    places = places()
    urgency_criterion = choice("flood_season", "discharge", "collapse", "other")
    harm_est = Object(HarmSchema)
    suspected_actor = Text(min_length=1, max_length=200)
    agency = Text(min_length=1, max_length=100)
    anonymity = choice("named", "hidden", required=True)
    contact_ok = Flag(required=True)
    related = Items(reference("lead"), max_length=5)
    media = photos_and_clip(most_photos=MAX_MEDIA)
    unsafe_to_photograph = Flag()
    campaign = reference("campaign")
    cell = reference("campaign_cell")

    @validates_schema
    def _has_a_place(self, body: Mapping[str, Any], **_: Any) -> None:
        if "places" not in body and "place_text" not in body:
            raise ValidationError([Problem("place_needed")], "place_text")

    @validates_schema
    def _has_a_photo_or_says_why_not(self, body: Mapping[str, Any], **_: Any) -> None:
        if not body.get("media") and "no_photo_reason" not in body and not body.get("unsafe_to_photograph"):
            raise ValidationError([Problem("photo_or_reason_needed")], "no_photo_reason")

    @validates_schema
    def _says_why_it_is_urgent(self, body: Mapping[str, Any], **_: Any) -> None:
        if body.get("urgency") == "urgent" and "urgency_criterion" not in body:
            raise ValidationError([Problem("required")], "urgency_criterion")

    @validates_schema
    def _has_one_clip_at_most(self, body: Mapping[str, Any], **_: Any) -> None:
        files = body.get("media") or ()
        clips = sum(map(is_clip, files))
        if clips > 1:
            raise ValidationError([Problem("one_clip_only")], "media")
        if len(files) - clips > MAX_MEDIA:
            raise ValidationError([Problem("too_many", {"max": MAX_MEDIA})], "media")


def places_of(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the places of a lead of any schema as those of the newest: `{kind: fix|pin|stake, …}`."""
    if "point" in body:
        return ({"kind": "fix", **body["point"]},)
    return tuple(body.get("places", ()))


def _subject(record: KnownRecord, _lookup: Lookup) -> Subject:
    code = record.body.get("township")
    return Subject(members=frozenset({record.author}), townships=frozenset({code} if code else ()))


def _doubts(entry: Mapping[str, Any], _parts: Mapping[str, Any]) -> list[Problem]:
    body = entry["body"]
    doubts = []
    observed_at, written_at = parse_time(body["observed_at"]), parse_time(entry["at"])
    if observed_at and written_at and observed_at > written_at:
        doubts.append(Problem("observed_later"))
    poorest_m = max((place["accuracy_m"] for place in places_of(body) if place["kind"] == "fix"), default=0)
    if poorest_m > POOR_ACCURACY_M:
        doubts.append(Problem("poor_accuracy", {"accuracy_m": poorest_m}))
    return doubts


def _audiences(facts: RecordFacts) -> frozenset[Audience]:
    found = set()
    if facts.role in FIELD_ROLES:  # one admitted although its role was wrong is its author's all the same
        found.add(Audience("member", facts.author))
    if "township" in facts.body:
        found.add(Audience("township", facts.body["township"]))
    return frozenset(found)


_SHOWN_TO_ALL = ("domain", "subtype", "domain_version", "title", "description", "observed_at")
_PLACE = ("point", "places", "place_text", "township", "urgency", "urgency_criterion", "harm_est")
_AUTHOR_ALONE = (
    "no_photo_reason",
    "unsafe_to_photograph",
    "local_ref",
    "source",
    "suspected_actor",
    "agency",
    "anonymity",
    "contact_ok",
    "related",
    "campaign",
    "cell",
)
"""Who is suspected, and whatever leads to who reported, is nobody's else to read in a feed (DOMAIN 6)."""
_AUTHOR_READS = {
    "answer": "answer",
    "return": "note",
    "supplement": "note",
    "accept_withdrawal": "reason",
    "decline_withdrawal": "reason",
}
_NOT_TOLD = frozenset({"propose_not_filed", "reject_proposal", "ask_upper_office"})
"""What the office proposes within itself: nothing is decided by it, and no phone hears of it (DOMAIN 6)."""


def _told(facts: RecordFacts, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    return [row for row in history(facts, texts) if row["action"] not in _NOT_TOLD]


def _view(facts: RecordFacts, audience: Audience) -> dict[str, Any] | None:
    if audience.kind == "township":
        # Without the reporter, and without the words of what central and reporter wrote to each other.
        return {
            **allowed(facts.body, *_SHOWN_TO_ALL, *_PLACE),
            **standing(facts, "township_staff"),
            "history": _told(facts, {}),
        }
    view = {
        **allowed(facts.body, *_SHOWN_TO_ALL, *_PLACE, *_AUTHOR_ALONE),
        **standing(facts, "volunteer"),
        "history": _told(facts, _AUTHOR_READS),
    }
    answer = facts.state.value("answer")
    if answer is not None:
        (row,) = [r for r in facts.state.history if r.hash in facts.state.field("answer").candidates][:1]
        view["answer"] = {"text": answer, "at": row.at}
    return view


LEAD = RecordType(
    name="lead",
    schemas={1: LeadSchema(), 2: LeadSchema2()},
    written_by=frozenset({"volunteer", "intake_clerk"}),
    subject=_subject,
    doubts=_doubts,
    audiences=_audiences,
    view=_view,
    workflow="lead",
)

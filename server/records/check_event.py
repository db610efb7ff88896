"""check_event: a proof of presence at a station, by its participant or by the station. It is never changed.

Which kind asks for what, and who writes which, stands in `KINDS`; whether it proves anything, the rules on
sessions say later and elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from marshmallow import ValidationError, validates_schema

from server.records.entry_shape import parse_time
from server.records.media_item import media_items
from server.records.place import POOR_ACCURACY_M, FixSchema
from server.records.problem import Problem
from server.records.record_type import Body, KnownRecord, Lookup, RecordType, Subject
from server.records.references import reference, sha256
from server.records.schema import Flag, Integer, Object, RecordSchema, Text, Time, choice
from server.records.service_order import is_left
from server.records.views import Audience, RecordFacts, allowed, history, standing

_ANYBODY: Final = frozenset({"participant", "supervisor", "township_staff"})
_STATION: Final = frozenset({"supervisor", "township_staff"})
_ABOVE: Final = frozenset({"township_staff", "prosecutor"})


@dataclass(frozen=True)
class Kind:
    """Who writes events of a kind, what they must say, and what they may say besides."""

    by: frozenset[str]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "in": Kind(_ANYBODY),
        "out": Kind(_ANYBODY),
        "mid_check": Kind(_ANYBODY),
        "break_start": Kind(_ANYBODY),
        "break_end": Kind(_ANYBODY),
        "note": Kind(_ANYBODY, needs=("note",)),
        "late_entry": Kind(_ABOVE, needs=("claim", "reason", "witness")),
        "sheet_line": Kind(_STATION, needs=("claim", "sheet", "media")),
        "sup_confirm": Kind(_STATION, takes=("about", "rating", "task_done")),
        "sup_deny": Kind(_STATION, needs=("reason",), takes=("about",)),
    }
)
_OF_KINDS: Final = ("about", "claim", "rating", "reason", "sheet", "task_done", "witness")
"""Members that some kinds alone may have."""


class CodeSchema(RecordSchema):
    """What the participant typed or scanned from the station's display, and when."""

    value = Text(max_length=6, pattern="[0-9]{6}", required=True)
    at = Time(required=True)
    is_scanned = Flag()
    head = sha256()
    """The tablet's chain head, which its QR carries: its log was at least so long then (DESIGN 2)."""


class ClaimSchema(RecordSchema):
    """From when to when somebody is said to have served."""

    in_at = Time(required=True)
    out_at = Time(required=True)

    @validates_schema
    def _ends_after_it_starts(self, claim: Mapping[str, Any], **_: Any) -> None:
        came, went = (parse_time(claim[name]) if name in claim else None for name in ("in_at", "out_at"))
        if came is not None and went is not None and went < came:
            raise ValidationError([Problem("out_before_in")], "out_at")


class SheetSchema(RecordSchema):
    """One line of a numbered paper sheet (DOMAIN 4, row 31)."""

    number = Text(min_length=1, max_length=20, required=True)
    line = Integer(min=1, max=60, required=True)


class CheckEventSchema(RecordSchema):
    """Schema 1 (DOMAIN 3.4)."""

    kind = choice(*KINDS, required=True)
    order = reference("service_order", required=True)
    station = reference("station", required=True)
    station_version = Integer(min=1, max=9999, required=True)
    slot = reference("slot")
    code = Object(CodeSchema)
    fix_missing_reason = Text(min_length=1, max_length=200)
    note = Text(max_length=200)
    media = media_items(max_length=3)
    about = Text(max_length=64, pattern="[0-9a-f]{64}|[0-9a-f]{6}")
    """The check-in that a supervisor's word is on: its hash, or the first six characters; absent: unseen."""
    claim = Object(ClaimSchema)
    reason = Text(min_length=1, max_length=500)
    witness = Text(min_length=1, max_length=60)
    sheet = Object(SheetSchema)
    rating = Integer(min=1, max=5)
    task_done = Flag()

    @validates_schema
    def _fits_its_kind(self, body: Mapping[str, Any], **_: Any) -> None:
        kind = KINDS.get(body.get("kind", ""))
        if kind is None:
            return
        wrong = {name: [Problem("required")] for name in kind.needs if not body.get(name)}
        for name in _OF_KINDS:
            if name in body and name not in kind.needs + kind.takes:
                wrong[name] = [Problem("not_for_kind")]
        if wrong:
            raise ValidationError(wrong)


def _misuse(entry: Mapping[str, Any]) -> list[Problem]:
    """A supervisor writes no late entry, a participant confirms nothing (DOMAIN 3.4)."""
    kind = KINDS.get(entry["body"].get("kind", ""))
    is_known = any(entry["role"] in each.by for each in KINDS.values())
    if kind is None or not is_known or entry["role"] in kind.by:
        return []
    return [Problem("kind_not_yours", {"kind": entry["body"]["kind"], "role": entry["role"]})]


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
    if entry["role"] in _STATION | _ABOVE:
        return []  # a station does not move
    if "fix" not in entry["parts"]:
        return [Problem("no_fix")]
    samples = parts.get("fix", {}).get("value", {}).get("samples", [])
    best_m = min((sample["accuracy_m"] for sample in samples), default=0)
    return [Problem("poor_accuracy", {"accuracy_m": best_m})] if best_m > POOR_ACCURACY_M else []


def _audiences(facts: RecordFacts) -> frozenset[Audience]:
    order, standing_order = facts.lookup_body(facts.body["order"]), facts.facts_of(facts.body["order"])
    found = {Audience("station", facts.body["station"].partition(":")[2])}
    has_left = standing_order is not None and is_left(standing_order)
    if order is not None and not has_left and facts.role not in _STATION | _ABOVE:
        # What stations say of a session reaches its participant with the session, not as an event of theirs.
        found.add(Audience("member", order["participant"]))
    return frozenset(found)


_PARTICIPANT_READS = (
    "kind",
    "order",
    "station",
    "station_version",
    "slot",
    "fix_missing_reason",
    "note",
)


def _view(facts: RecordFacts, audience: Audience) -> dict[str, Any] | None:
    if audience.kind == "station":
        order = facts.lookup_body(facts.body["order"]) or {}
        # By display code: a station never sees who it is, nor the participant's own words.
        return {
            **allowed(
                facts.body,
                "kind",
                "order",
                "station",
                "station_version",
                "slot",
                "about",
                "rating",
                "task_done",
            ),
            **allowed(order, "display_code"),
            **standing(facts, "supervisor"),
            "at": facts.at,
            "history": history(facts, {}),
        }
    return {
        **allowed(facts.body, *_PARTICIPANT_READS),
        **standing(facts, "participant"),
        "at": facts.at,
        "history": history(facts, {"question": "reason"}),
    }


CHECK_EVENT = RecordType(
    name="check_event",
    schemas={1: CheckEventSchema()},
    written_by=frozenset().union(*(kind.by for kind in KINDS.values())),
    misuse=_misuse,
    parts={"fix": FixSchema()},
    references=_references,
    subject=_subject,
    doubts=_doubts,
    audiences=_audiences,
    view=_view,
    workflow="check_event",
)

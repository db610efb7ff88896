"""From documents of central to facts: what was signed, with what its receipt and its log know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from server.fold import HistoryRow, RecordState
from server.records.entry import parse_time
from server.records.station_versions import versions_of
from server.sessions.facts import (
    Attestation,
    CheckEvent,
    Claim,
    Code,
    Fix,
    Order,
    OrderChange,
    Photo,
    Point,
    Reading,
    Sample,
    SheetLine,
    StationVersion,
)

Document = Mapping[str, Any]

_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2199, 1, 1, tzinfo=UTC)
_LONGEST_MS: Final = 1000 * 86_400 * 365 * 100
"""A century: nothing that is added to a moment leads out of what can be reckoned with."""

_CHANGES: Final = {
    "decline": (False, "declined"),
    "enter_decline": (False, "declined"),
    "withdraw": (False, "withdrawn"),
    "enter_withdrawal": (False, "withdrawn"),
    "suspend": (False, "suspended"),
    "resume": (True, "resumed"),
    "terminate": (False, "terminated"),
    "transfer": (False, "transferred"),
    "decide": (False, "decided"),
    "reopen": (True, "reopened"),
}
_WORDS: Final = {"sup_confirm": "confirm", "sup_deny": "deny", "confirm": "confirm", "question": "deny"}


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in no entry: the server's moment before it, the clock at the next sync, whose device."""

    beacon_at: datetime | None = None
    next_skew_ms: int | None = None
    is_shared_device: bool = False


def event_of(doc: Document, known: Known) -> CheckEvent:
    """Return the check event in a document."""
    entry, body = doc["entry"], doc["entry"]["body"]
    clock = entry["clock"]
    return CheckEvent(
        id=entry["id"],
        hash=entry["hash"],
        device=entry["device"],
        entry=entry["entry"],
        author=entry["author"],
        role=entry["role"],
        kind=body["kind"],
        order=body["order"],
        station=body["station"],
        station_version=body["station_version"],
        at=moment(entry["at"]),
        received_at=moment(doc["receipts"][0]["received_at"]),
        reading=Reading(
            _sane_ms(clock["skew_ms"]),
            None if known.next_skew_ms is None else _sane_ms(known.next_skew_ms),
            known.beacon_at,
            None if clock["since_ms"] is None else _sane_ms(clock["since_ms"]),
        ),
        is_shared_device=known.is_shared_device,
        code=Code(body["code"]["value"], moment(body["code"]["at"])) if "code" in body else None,
        fix=_fix(doc),
        photos=tuple(Photo(file["sha256"], file["state"]) for file in doc.get("media", ())),
        reason=body.get("reason"),
        witness=body.get("witness"),
        slot=body.get("slot"),
        claim=_claim(body),
        sheet=SheetLine(body["sheet"]["number"], body["sheet"]["line"]) if "sheet" in body else None,
    )


def is_word(doc: Document) -> bool:
    """Is this check event a supervisor's word on another?"""
    return doc["entry"]["body"].get("kind") in ("sup_confirm", "sup_deny")


def word_of(doc: Document) -> Attestation:
    """Return the attestation that a check event of kind sup_confirm or sup_deny is."""
    entry, body = doc["entry"], doc["entry"]["body"]
    return Attestation(
        id=entry["id"],
        kind="deny" if _WORDS[body["kind"]] == "deny" else "confirm",
        by=entry["author"],
        role=entry["role"],
        at=_set_right(doc),
        order=body["order"],
        station=body["station"],
        about=body.get("about"),
        statement=body.get("reason") or body.get("note"),
        rating=body.get("rating"),
    )


def step_words(event: Document, steps: Iterable[Document]) -> Iterable[Attestation]:
    """Yield what steps on a check event say of it: confirmed, or questioned (DOMAIN 4, row 8)."""
    body = event["entry"]["body"]
    for doc in steps:
        entry = doc["entry"]
        word = _WORDS.get(entry["body"]["action"])
        if word is not None:
            yield Attestation(
                id=entry["id"],
                kind="deny" if word == "deny" else "confirm",
                by=entry["author"],
                role=entry["role"],
                at=_set_right(doc),
                order=body["order"],
                station=body["station"],
                about=event["entry"]["hash"],
                statement=entry["body"].get("reason"),
            )


def order_of(record_id: str, body: Mapping[str, Any], state: RecordState) -> Order:
    """Return an order as it stands, with what happened to it."""
    return Order(
        id=record_id,
        participant=body["participant"],
        required_min=body["required_min"],
        start_on=date.fromisoformat(body["start_on"]),
        due_on=date.fromisoformat(state.value("due_on") or body["due_on"]),
        verify_level=body["verify_level"],
        daily_cap_min=state.value("daily_cap_min") or body.get("daily_cap_min"),
        weekly_cap_min=state.value("weekly_cap_min") or body.get("weekly_cap_min"),
        has_weekly_consent=body.get("weekly_consent", False),
        changes=tuple(_change(row) for row in state.history if row.action in _CHANGES),
    )


def station_versions(
    record_id: str, body: Mapping[str, Any], written_at: str, history: Iterable[HistoryRow]
) -> tuple[StationVersion, ...]:
    """Return a station's versions: as it was written, and one for each step that changed it."""
    return tuple(_version(record_id, each) for each in versions_of(body, written_at, history))


def _version(record_id: str, body: Mapping[str, Any]) -> StationVersion:
    point = body["point"]
    return StationVersion(
        station=record_id,
        version=body["version"],
        point=Point(point["lat"], point["lng"], point["datum"]),
        fence_m=body["fence_m"],
        valid_from=moment(body["valid_from"]),
        hours=hours_of_body(body),
    )


def hours_of_body(body: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return opening and closing in minutes of the day; None where only people can read them."""
    opens, closes = body.get("opens_at"), body.get("closes_at")
    if opens is None or closes is None:
        opens, _, closes = str(body.get("open_hours", "")).strip().partition("-")
    minutes = (_minute_of_day(opens), _minute_of_day(closes))
    if minutes[0] is None or minutes[1] is None or minutes[0] >= minutes[1]:
        return None
    return minutes[0], minutes[1]


def _minute_of_day(text: str) -> int | None:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2):
        return None
    found = int(hour) * 60 + int(minute)
    return found if found <= 1440 and int(minute) < 60 else None


def _change(row: HistoryRow) -> OrderChange:
    is_open, why = _CHANGES[row.action]
    return OrderChange(moment(row.at), is_open, why)


def _fix(doc: Document) -> Fix | None:
    """Return the position; without samples where it was erased since, None where there never was one."""
    if "fix" not in doc["entry"]["parts"]:
        return None
    part = (doc.get("parts") or {}).get("fix")
    if part is None:
        return Fix((), "unknown", 0)
    value = part["value"]
    samples = tuple(
        Sample(each["lat"], each["lng"], each["accuracy_m"], each["altitude"], moment(each["at"]))
        for each in value["samples"]
    )
    return Fix(samples, value["datum"], value["spread_m"])


def _claim(body: Mapping[str, Any]) -> Claim | None:
    if "claim" not in body:
        return None
    return Claim(moment(body["claim"]["in_at"]), moment(body["claim"]["out_at"]))


def _set_right(doc: Document) -> datetime:
    """Return when a word was said: by the skew that was known, and never after it came."""
    entry = doc["entry"]
    received_at = moment(doc["receipts"][0]["received_at"])
    skew = timedelta(milliseconds=_sane_ms(entry["clock"]["skew_ms"]))
    return min(moment(entry["at"]) - skew, received_at)


def moment(text: str) -> datetime:
    """Return the moment that a stored text names; its form was checked with the entry.

    A moment beyond all reckoning becomes the nearest that can be reckoned with; the entry keeps what it says.
    """
    found = parse_time(text)
    assert found is not None, "checked with the shape"
    return min(max(found, _FIRST), _LAST)


def _sane_ms(lapse_ms: int) -> int:
    return min(max(lapse_ms, -_LONGEST_MS), _LONGEST_MS)

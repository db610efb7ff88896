"""From records of what was planned or said beforehand to facts: slots, bad weather, operators, paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from server.fold import RecordState
from server.sessions.documents import moment
from server.sessions.facts import Area, Point, Reassignment, Slot, StandDown

Body = Mapping[str, Any]

_PLACED: Final = frozenset({"booked", "excused"})
DEFAULT_RADIUS_M: Final = 200
LONGEST_DOUBT: Final = timedelta(days=7)
"""Of a phone that had no word from the server for longer than this, the clock is not asked for its turn."""


def slot_of_record(record_id: str, body: Body, state: RecordState) -> Slot | None:
    """Return the booked time; None where nobody was expected.

    A booking that is cancelled once it has begun was a booking: whoever did not come is excused by a person.
    """
    starts_at, ends_at = state.value("starts_at"), state.value("ends_at")
    if starts_at is None or ends_at is None or moment(ends_at) <= moment(starts_at):
        return None
    if state.state not in _PLACED and not _cancelled_late(state, moment(starts_at)):
        return None
    return Slot(
        id=record_id,
        order=body["order"],
        station=body["station"],
        starts_at=moment(starts_at),
        ends_at=moment(ends_at),
        area=_area(state),
        is_excused=state.state == "excused",
    )


def _cancelled_late(state: RecordState, starts_at: datetime) -> bool:
    was_booked = any(row.to == "booked" for row in state.history)
    cancelled = [row for row in state.history if row.action == "cancel"]
    return state.state == "cancelled" and was_booked and moment(cancelled[-1].at) > starts_at


def _area(state: RecordState) -> Area | None:
    """Return where the work is; its points are as a map gives them, which agrees with WGS-84 to a metre."""
    text = state.value("area")
    if not text:
        return None
    pairs = (pair.split(",") for pair in str(text).split())
    points = tuple(Point(float(lat), float(lng)) for lat, lng in pairs)
    return Area(points, int(state.value("area_radius_m") or DEFAULT_RADIUS_M))


def stand_down_of(record_id: str, doc: Mapping[str, Any], state: RecordState) -> StandDown | None:
    """Return the word that bad weather ended the service; None once it was revoked."""
    entry, body = doc["entry"], doc["entry"]["body"]
    if state.state != "in_force":
        return None
    day = date.fromisoformat(body["day"])
    return StandDown(
        id=record_id,
        station=body["station"],
        day=day,
        by=entry["author"],
        role=entry["role"],
        reason=body["reason"],
    )


def reassignment_of(record_id: str, doc: Mapping[str, Any], state: RecordState) -> Reassignment | None:
    """Return the word on who really acted; None once it was revoked."""
    entry, body = doc["entry"], doc["entry"]["body"]
    if state.state != "in_force":
        return None
    return Reassignment(
        id=record_id,
        event=body["event"],
        operator=body["operator"],
        by=entry["author"],
        role=entry["role"],
        reason=body["reason"],
    )


def sheet_of(body: Body, state: RecordState) -> tuple[str, str] | None:
    """Return number and station of a sheet that was given out and is not lost."""
    return None if state.state in ("lost", None) else (body["number"], body["station"])


def asked_at(doc: Mapping[str, Any], beacon_at: datetime | None) -> datetime:
    """Return when it was asked for, by the skew that was known: after the beacon and before the receipt.

    A clock that says otherwise wins nothing by it, nor does one that could claim any day of weeks: then the
    receipt counts.
    """
    entry = doc["entry"]
    received_at = moment(doc["receipts"][0]["received_at"])
    skew_ms = max(-(10**12), min(10**12, int(entry["clock"]["skew_ms"])))
    said = moment(entry["at"]) - timedelta(milliseconds=skew_ms)
    if beacon_at is None:
        return received_at
    is_bounded = received_at - beacon_at <= LONGEST_DOUBT
    return said if is_bounded and beacon_at <= said <= received_at else received_at

"""From the read model to facts: kept in memory, and read again where a record has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from server.fold import RecordState
from server.identity.devices import Device
from server.readmodel.folding import folded
from server.readmodel.readmodel import ReadModel
from server.readmodel.service_queries import device_clocks, stored
from server.sessions import Facts
from server.sessions.decided_steps import decided
from server.sessions.documents import (
    Known,
    event_of,
    is_word,
    moment,
    order_of,
    station_versions,
    step_words,
    word_of,
)
from server.sessions.facts import Revocation
from server.sessions.planned import (
    asked_at,
    reassignment_of,
    sheet_of,
    slot_of_record,
    stand_down_of,
)

DeviceOf = Callable[[str], Device | None]
BeaconAt = Callable[[Mapping[str, Any]], str | None]

_NAMES: Final = (
    "orders",
    "stations",
    "events",
    "attestations",
    "slots",
    "decisions",
    "objections",
    "standdowns",
    "reassignments",
    "sheets",
)
FOLLOWED: Final = frozenset({"evaluation", "service_order", "service_session", "slot", "station"})
"""Types of which the machine writes records or steps: it has to know how they stand."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it stands, for the machine to compare with what should be."""

    id: str
    type: str
    body: Mapping[str, Any]
    state: RecordState
    asked_at: datetime
    hash: str


class Gathered:
    """The facts of a county; each record gives some, and gives them anew when it changes."""

    def __init__(self, model: ReadModel, device_of: DeviceOf, beacon_at: BeaconAt) -> None:
        self._model, self._device_of, self._beacon_at = model, device_of, beacon_at
        self._of_record: dict[str, dict[str, list[Any]]] = {}
        self.standing: dict[str, Standing] = {}
        """The records that the machine follows, by id."""

    def read_again(self, records: Iterable[str]) -> None:
        """Take in these records as they stand now; one that counts no more gives nothing."""
        for record in dict.fromkeys(records):
            found = stored(self._model, record)
            self._of_record.pop(record, None)
            self.standing.pop(record, None)
            if found is not None:
                self._of_record[record] = self._read(record, *found)

    def facts(self) -> Facts:
        """Return all of it, with what the logs say of each device's clock now."""
        rows: dict[str, list[Any]] = {name: [] for name in _NAMES}
        for given in self._of_record.values():
            for name, each in given.items():
                rows[name] += each
        rows["events"] = self._with_clocks(rows["events"])
        sheets = frozenset(rows.pop("sheets"))
        revocations = tuple(self._revocations({event.device for event in rows["events"]}))
        lists = {name: tuple(each) for name, each in rows.items()}
        return Facts(**lists, revocations=revocations, sheets=sheets)

    def _read(self, record: str, doc: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, list[Any]]:
        kind, body = doc["entry"]["type"], doc["entry"]["body"]
        if kind == "check_event":
            if is_word(doc):
                return {"attestations": [word_of(doc)]}
            return {"events": [event_of(doc, self._known(doc))], "attestations": list(step_words(doc, steps))}
        state = folded(doc, steps)
        if kind in FOLLOWED:
            self.standing[record] = Standing(
                record, kind, body, state, asked_at(doc, self._known(doc).beacon_at), doc["entry"]["hash"]
            )
        if kind == "service_session":
            decisions, objections = decided(body["check_events"][0], state.history)
            return {"decisions": decisions, "objections": objections}
        return _given(kind, record, doc, state)

    def _known(self, doc: Mapping[str, Any]) -> Known:
        device = self._device_of(doc["entry"]["device"])
        found = self._beacon_at(doc["entry"])
        beacon_at = found or (device.enrolled_at if device is not None and device.kind != "desk" else None)
        is_shared = device is not None and device.kind != "phone"
        return Known(moment(beacon_at) if beacon_at else None, is_shared_device=is_shared)

    def _with_clocks(self, events: list[Any]) -> list[Any]:
        """Give each event the skew that its device learnt at the next sync after it."""
        clocks = device_clocks(self._model, {event.device for event in events})
        next_skew: dict[tuple[str, int], int] = {}
        for device, rows in clocks.items():
            after: tuple[str | None, int] | None = None
            learnt: int | None = None
            for number, beacon, skew_ms in reversed(rows):
                if after is not None and after[0] != beacon and after[0] is not None:
                    learnt = after[1]
                if learnt is not None:
                    next_skew[device, number] = learnt
                after = (beacon, skew_ms)
        return [
            replace(
                event, reading=replace(event.reading, next_skew_ms=next_skew.get((event.device, event.entry)))
            )
            for event in events
        ]

    def _revocations(self, devices: Iterable[str]) -> Iterable[Revocation]:
        for device_id in sorted(devices):
            device = self._device_of(device_id)
            if device is not None and device.revoked_at is not None:
                yield Revocation(device_id, moment(device.revoked_at))


def _given(kind: str, record: str, doc: dict[str, Any], state: RecordState) -> dict[str, list[Any]]:
    """Return the facts that a record of service gives as it stands."""
    body = doc["entry"]["body"]
    if kind == "service_order":
        return {"orders": [order_of(record, body, state)]}
    if kind == "station":
        return {"stations": list(station_versions(record, body, doc["entry"]["at"], state.history))}
    found: tuple[str, Any]
    if kind == "slot":
        found = "slots", slot_of_record(record, body, state)
    elif kind == "stand_down":
        found = "standdowns", stand_down_of(record, doc, state)
    elif kind == "operator_reassignment":
        found = "reassignments", reassignment_of(record, doc, state)
    elif kind == "blank_sheet":
        found = "sheets", sheet_of(body, state)
    else:
        return {}
    name, fact = found
    return {name: [fact]} if fact is not None else {}

"""Signs the planned past and lets it arrive as it would have: through `logs`, media store and ingest.

Phones sign their own entries, the desk enters its own; time passes in steps that ingest is told.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from server.demo.device_log import APP, DeviceLog, LogDocument, seeded_key, seeded_ulid
from server.demo.photos import Photo
from server.demo.plan import DeskDraft, PhoneDraft, Plan
from server.gateway.desk import Desk, NewEntry
from server.identity.devices import Device
from server.identity.directory import Directory
from server.identity.instants import instant
from server.media import Media
from server.media.arrivals import FileRef
from sync.peer import Peer

STEP: Final = timedelta(days=2)
"""How much of the past is judged at once; each entry has its own moment of arrival beside it."""

BeaconAt = Callable[[datetime], str]
"""The hash of the beacon that the server gave out at a moment."""


@dataclass(slots=True)
class Clock:
    """Tells ingest and media which moment of the past it is."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Arrival:
    """A signed entry and its photos on their way, or something for the desk to enter."""

    at: datetime
    document: LogDocument | None = None
    photos: tuple[Photo, ...] = ()
    desk: DeskDraft | None = None


@dataclass(slots=True)
class Past:
    """All that has been signed, in the order of arrival; `heads` are the last hashes by record."""

    arrivals: list[Arrival]
    entries: dict[str, LogDocument] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)


def enrol(plan: Plan, directory: Directory, phones: Sequence[str]) -> dict[str, DeviceLog]:
    """Register one phone for every member who records something; return their logs by member."""
    logs, devices = {}, []
    members = sorted({draft.member for draft in plan.drafts if isinstance(draft, PhoneDraft)})
    for member in members:
        sign_key, agree_key = seeded_key(plan.rng), seeded_key(plan.rng)
        device = f"d{seeded_ulid(plan.rng, plan.since)}"
        logs[member] = DeviceLog(device, member, sign_key)
        devices.append(
            Device(
                id=device,
                kind="phone",
                member=member,
                sign_key=sign_key.public_jwk(),
                agree_key=agree_key.public_jwk(),
                label=plan.rng.choice(phones),
                enrolled_at=instant(plan.since),
                app=APP,
            )
        )
    directory.register_devices(devices)
    return logs


def sign(plan: Plan, logs: dict[str, DeviceLog], beacon_at: BeaconAt) -> Past:
    """Sign what phones recorded, each phone in the order in which it did, naming its last contact."""
    past = Past([Arrival(draft.at, desk=draft) for draft in plan.drafts if isinstance(draft, DeskDraft)])
    phone_drafts = [draft for draft in plan.drafts if isinstance(draft, PhoneDraft)]
    arrived_at: dict[str, datetime] = {}
    for draft in sorted(phone_drafts, key=lambda draft: draft.recorded_at or draft.at):
        document = logs[draft.member].append(
            draft.record_id,
            role=draft.role,
            at=draft.at,
            body=draft.body,
            parts=draft.parts,
            schema=draft.schema,
            clock=_clock(draft, arrived_at.get(draft.member), beacon_at),
        )
        past.heads[draft.record_id] = document["entry"]["hash"]
        past.entries[draft.record_id] = document["entry"]
        # A phone sends in order: what comes later does not arrive before.
        at = max(draft.arrives_at, arrived_at.get(draft.member, draft.arrives_at))
        arrived_at[draft.member] = at
        if at < plan.now:
            past.arrivals.append(
                Arrival(at, _tampered(document) if draft.is_tampered else document, draft.photos)
            )
    past.arrivals.sort(key=lambda arrival: arrival.at)
    return past


def _clock(draft: PhoneDraft, contact: datetime | None, beacon_at: BeaconAt) -> dict[str, Any]:
    """Return what the phone knew of the server's time when it recorded this."""
    recorded_at = draft.recorded_at or draft.at
    if contact is None or contact > recorded_at:
        return {"beacon": None, "since_ms": None, "skew_ms": 0}
    since_ms = int((recorded_at - contact).total_seconds() * 1000)
    skew_ms = int((draft.at - recorded_at).total_seconds() * 1000)
    return {"beacon": beacon_at(contact), "since_ms": since_ms, "skew_ms": skew_ms}


def steps(past: Past) -> Iterator[list[Arrival]]:
    """Return what arrives, in pieces of at most `STEP`."""
    piece: list[Arrival] = []
    for arrival in past.arrivals:
        if piece and arrival.at - piece[0].at > STEP:
            yield piece
            piece = []
        piece.append(arrival)
    if piece:
        yield piece


def receive(
    piece: Sequence[Arrival], past: Past, clock: Clock, *, logs: Peer, desk: Desk, media: Media
) -> None:
    """Let a piece arrive: entries into `logs`, photos into the store, the desk's work into its log."""
    documents = [
        {**arrival.document, "received_at": instant(arrival.at)}
        for arrival in piece
        if arrival.document is not None
    ]
    if documents:
        results = logs.bulk_docs(documents)
        assert all(result.is_ok for result in results), results
    for arrival in piece:
        if arrival.document is not None:
            clock.now = arrival.at
            _receive_photos(arrival.document, arrival.photos, media)
    for batch in _batches([arrival.desk for arrival in piece if arrival.desk is not None]):
        refs = desk.append_many([_entry(draft, past) for draft in batch])
        for draft, ref in zip(batch, refs, strict=True):
            past.heads[draft.on or ref.id] = ref.hash


def _receive_photos(document: LogDocument, photos: Sequence[Photo], media: Media) -> None:
    entry = document["entry"]
    for number, photo in enumerate(photos, start=1):
        media.intake.keep_bytes(FileRef(entry["device"], entry["entry"], number), photo.data)


def _batches(drafts: Sequence[DeskDraft]) -> Iterator[list[DeskDraft]]:
    """Cut where a step stands on one before it: its base is known only when that is written."""
    batch: list[DeskDraft] = []
    touched: set[str] = set()
    for draft in drafts:
        if draft.on in touched:
            yield batch
            batch, touched = [], set()
        batch.append(draft)
        touched.add(draft.on or draft.record_id or "")
    if batch:
        yield batch


def _entry(draft: DeskDraft, past: Past) -> NewEntry:
    body = {**draft.body, "base": [past.heads[draft.on]]} if draft.on else dict(draft.body)
    if draft.admits:
        body |= {name: past.entries[draft.admits][name] for name in ("device", "entry", "hash")}
    return NewEntry(
        type=draft.type,
        body=body,
        author=draft.author,
        role=draft.role,
        record_id=draft.record_id,
        schema=draft.schema,
        at=draft.at.isoformat(timespec="milliseconds"),
    )


def _tampered(document: LogDocument) -> LogDocument:
    body = {**document["entry"]["body"], "urgency": "urgent"}
    return {**document, "entry": {**document["entry"], "body": body}}


def note_contacts(directory: Directory, logs: dict[str, DeviceLog], past: Past, rng: random.Random) -> None:
    """Let each phone have been heard of when its last entry came, some of them since."""
    last: dict[str, datetime] = {}
    for arrival in past.arrivals:
        if arrival.document is not None:
            last[arrival.document["entry"]["device"]] = arrival.at
    newest = max(last.values())
    for log in logs.values():
        heard_at = last.get(log.device)
        if heard_at is not None:
            heard_at = newest - timedelta(hours=rng.uniform(0, 40)) if rng.random() < 0.7 else heard_at
            directory.contacts.note(log.device, log.app, max(heard_at, last[log.device]))

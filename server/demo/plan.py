"""What happens in the demo county's past, before it is signed: drafts with a time and an arrival."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from server.demo.device_log import seeded_ulid
from server.demo.people import Person
from server.demo.photos import Photo

ZONE: Final = ZoneInfo("Asia/Shanghai")
DAYS: Final = 110


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneDraft:
    """Something that a member records on the phone; `arrives_at` is when it reaches the centre.

    `at` is what the phone's clock says, `recorded_at` the true moment where that clock is wrong.
    """

    at: datetime
    arrives_at: datetime
    recorded_at: datetime | None = None
    member: str
    record_id: str
    role: str
    body: Mapping[str, Any]
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    photos: tuple[Photo, ...] = ()
    schema: int = 1
    is_tampered: bool = False
    """Its body is changed after it was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskDraft:
    """Something that a console user does; `on` is the record whose heads a step takes as its base."""

    at: datetime
    author: str
    role: str
    type: str
    body: Mapping[str, Any]
    record_id: str | None = None
    on: str | None = None
    schema: int = 1
    admits: str | None = None
    """The record whose refused entry is admitted: only its signing tells which entry that is."""


Draft = PhoneDraft | DeskDraft


@dataclass(slots=True)
class Plan:
    """Drafts in no order; ids and chances come from one seed."""

    rng: random.Random
    now: datetime
    people: list[Person]
    code_at: Callable[[str, datetime], str]
    """What the display of a station showed at a moment."""
    drafts: list[Draft] = field(default_factory=list)

    @property
    def since(self) -> datetime:
        return self.now - timedelta(days=DAYS)

    def of_role(self, role: str) -> list[Person]:
        return [person for person in self.people if person.has(role)]

    def record_id(self, record_type: str, at: datetime) -> str:
        return f"{record_type}:{seeded_ulid(self.rng, at)}"

    def desk(
        self, at: datetime, author: str, role: str, type: str, body: Mapping[str, Any], **more: Any
    ) -> str:
        """Plan a record that is made at the desk and return its id; nothing is planned after now."""
        record_id = str(more.pop("record_id", None) or self.record_id(type, at))
        if at < self.now:
            draft = DeskDraft(
                at=at, author=author, role=role, type=type, body=body, record_id=record_id, **more
            )
            self.drafts.append(draft)
        return record_id

    def step(self, on: str, at: datetime, by: Person, role: str, action: str, **body: Any) -> None:
        """Plan a step on the heads that the record has then."""
        self.desk(at, by.id, role, "step", {"record": on, "action": action, "fields": {}, **body}, on=on)

    def arrival(self, at: datetime) -> datetime:
        """Return when something recorded then is connected again: mostly soon, now and then much later."""
        chance = self.rng.random()
        if chance < 0.6:
            return at + timedelta(minutes=self.rng.uniform(0.2, 20))
        if chance < 0.97 or self.now - at < timedelta(days=8):
            return at + timedelta(hours=self.rng.uniform(0.5, 14))
        return at + timedelta(days=self.rng.uniform(3.2, 6))

    def office_time(self, after: datetime, *, hours: tuple[float, float]) -> datetime:
        """Return a moment so many hours later, moved into office hours of a working day."""
        at = (after + timedelta(hours=self.rng.uniform(*hours))).astimezone(ZONE)
        if not 8 <= at.hour < 18:
            at = self.moment(at.date() + timedelta(days=at.hour >= 18), 8.2, 11.5)
        while at.weekday() >= 5:
            at += timedelta(days=1)
        return at

    def moment(self, day: Any, from_hour: float, to_hour: float) -> datetime:
        midnight = datetime.combine(day, time(), ZONE)
        return midnight + timedelta(hours=self.rng.uniform(from_hour, to_hour))

    def a_day(self, *, recent: float = 1.0) -> Any:
        """Return a day of the past months; `recent` over 1 favours later ones."""
        share = self.rng.random() ** (1 / recent)
        return (self.since + timedelta(days=share * DAYS)).astimezone(ZONE).date()

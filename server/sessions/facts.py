"""What the rules on sessions are told: facts as they were signed, never as they were understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal

Kind = Literal[
    "in",
    "out",
    "mid_check",
    "break_start",
    "break_end",
    "note",
    "late_entry",
    "sheet_line",
    "sup_confirm",
    "sup_deny",
]
PARTICIPANT: Final = "participant"
REVIEWERS: Final = frozenset({"prosecutor", "township_staff", "chief_procurator"})
"""Who may write late entries and credit minutes; a supervisor never does."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a position."""

    lat: float
    lng: float
    accuracy_m: float
    altitude: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Fix:
    """The position samples of an event; None where they were erased."""

    samples: tuple[Sample, ...]
    datum: str
    spread_m: float


@dataclass(frozen=True, slots=True)
class Code:
    """The station's code as it was typed, and when by the device's clock."""

    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Photo:
    """A file that an event names; `state` is ingest's: expected, verified, mismatch or refused."""

    sha256: str
    state: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the device's log says of its clock: device minus server, at the last and the next sync."""

    last_skew_ms: int = 0
    next_skew_ms: int | None = None
    beacon_at: datetime | None = None
    """The server's moment after which the event was made."""
    since_ms: int | None = None
    """Milliseconds that the device's timer counted since; it may stand still in sleep, never run ahead."""


@dataclass(frozen=True, slots=True)
class Claim:
    """From when to when somebody is said to have served, in a late entry or a line of paper."""

    in_at: datetime
    out_at: datetime


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a numbered paper sheet."""

    number: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEvent:
    """One signed entry of type check_event, with what its receipt knows of it."""

    id: str
    hash: str
    device: str
    entry: int
    author: str
    role: str
    kind: Kind
    order: str
    station: str
    station_version: int
    at: datetime
    received_at: datetime
    reading: Reading = field(default_factory=Reading)
    is_shared_device: bool = False
    """A station's tablet: each entry names who acted."""
    code: Code | None = None
    fix: Fix | None = None
    photos: tuple[Photo, ...] = ()
    reason: str | None = None
    witness: str | None = None
    slot: str | None = None
    claim: Claim | None = None
    sheet: SheetLine | None = None

    @property
    def is_participants(self) -> bool:
        return self.role == PARTICIPANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A supervisor's word on a session: by the check-in's hash, its first six characters, or unseen."""

    id: str
    kind: Literal["confirm", "deny"]
    by: str
    role: str
    at: datetime
    """By the tablet's clock, set right, and never later than its receipt."""
    order: str
    station: str
    about: str | None
    """Hash or the beginning of it; None: confirmed unseen."""
    statement: str | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A place with the datum that it was given in."""

    lat: float
    lng: float
    datum: str = "WGS-84"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationVersion:
    """A station as it stood from one moment to another; a move makes a new version."""

    station: str
    version: int
    point: Point
    fence_m: int | None
    valid_from: datetime
    valid_to: datetime | None = None
    hours: tuple[int, int] | None = None
    """Opening and closing, in minutes of the day; None where nobody can read them."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where a slot's work is done: within so many metres of any of its points."""

    points: tuple[Point, ...]
    radius_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A booked time at a station."""

    id: str
    order: str
    station: str
    starts_at: datetime
    ends_at: datetime
    area: Area | None = None
    is_excused: bool = False


@dataclass(frozen=True, slots=True)
class OrderChange:
    """From this moment of the server on the order takes sessions, or takes none."""

    at: datetime
    is_open: bool
    why: str
    """suspended, resumed, withdrawn, terminated, transferred, decided, reopened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A service order as it stands now."""

    id: str
    participant: str
    required_min: int
    start_on: date
    due_on: date
    verify_level: Literal["L1", "L2", "L3"]
    daily_cap_min: int | None = None
    weekly_cap_min: int | None = None
    has_weekly_consent: bool = False
    changes: tuple[OrderChange, ...] = ()


@dataclass(frozen=True, slots=True)
class DecidedEntry:
    """One signed number of a decision."""

    kind: Literal["credit", "deduct_break", "standdown", "adjust", "reverse"]
    minutes: int
    reason_code: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's word on one session's minutes; it names an event of it, for a session has no record."""

    id: str
    event: str
    by: str
    role: str
    at: datetime
    verdict: Literal["credited", "part_credited", "rejected", "void"]
    entries: tuple[DecidedEntry, ...] = ()
    reason: str | None = None
    replaces: str | None = None
    answers: str | None = None
    """The objection that it settles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A participant's objection to what was decided."""

    id: str
    decision: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandDown:
    """Bad weather ended the service at a station: said by a named person."""

    id: str
    station: str
    day: date
    by: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """A device's key counts no more; `lost_at` is when it got out of hand."""

    device: str
    lost_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassignment:
    """A township's word on who really acted on a shared tablet; the entry stays as it was."""

    id: str
    event: str
    operator: str
    by: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything known of any number of participants; in no particular order."""

    orders: tuple[Order, ...] = ()
    stations: tuple[StationVersion, ...] = ()
    events: tuple[CheckEvent, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    slots: tuple[Slot, ...] = ()
    decisions: tuple[Decision, ...] = ()
    objections: tuple[Objection, ...] = ()
    standdowns: tuple[StandDown, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    reassignments: tuple[Reassignment, ...] = ()
    sheets: frozenset[tuple[str, str]] = frozenset()
    """Blank sheets that were given out: (number, station)."""

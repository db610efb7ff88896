"""What a workflow's file says of a clock: from where it runs, how long, what stops and what extends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Unit = Literal["days", "working_days", "months"]
UNITS: Final[tuple[Unit, ...]] = ("days", "working_days", "months")

StartKind = Literal["received", "state", "action", "field"]
START_KINDS: Final[tuple[StartKind, ...]] = ("received", "state", "action", "field")


@dataclass(frozen=True, slots=True)
class Amount:
    """How long: 0 working days end on the day of the start, or on the next working day."""

    number: int
    unit: Unit
    setting: str = ""
    """A county's number that stands in place of this one, where it sets one."""


@dataclass(frozen=True, slots=True)
class Law:
    """Where a limit comes from: the message `law.<name>`, and the article; none for a county's setting."""

    name: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """What it runs from; the day itself does not count."""

    kind: StartKind
    name: str = ""
    is_last: bool = False
    """Of several such moments the last one counts; otherwise the first."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still in a state, or from one action to another."""

    state: str = ""
    from_action: str = ""
    to_action: str = ""
    law: Law | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """An action that gives more time: a fixed amount, or up to the day that one of its fields names."""

    action: str
    amount: Amount
    """What it adds; where `field` is set, the most that it may add."""
    field: str = ""
    times: int = 1
    law: Law | None = None


@dataclass(frozen=True, slots=True)
class Warn:
    """Who is told, and how long before the clock runs out."""

    before: Amount
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit of a workflow."""

    name: str
    label: str
    """The message that names it."""
    starts: Start
    amount: Amount
    law: Law
    when: Mapping[str, Any] = field(default_factory=dict)
    """It runs only where these fields have these values."""
    until_states: frozenset[str] = frozenset()
    until_actions: frozenset[str] = frozenset()
    """Reaching a state, or taking an action, meets it."""
    is_window: bool = False
    """A time in which somebody may act: when it is over nothing is late."""
    rolls: bool = False
    """An end on a day that is no working day moves to the next one, as the law says of it."""
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    warnings: tuple[Warn, ...] = ()

"""What views are made from, and the members that every view has (DESIGN 4, "Views").

A view is an allow-list: it holds no author, device or signature, and of hashes the heads alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from server.fold import HistoryRow, RecordState


@dataclass(frozen=True)
class Audience:
    """Who a view is for: `catalog`, or a `member`, `station`, `township` or `unit` by its key.

    Publish turns it into the name of a feed; a member becomes an alias there.
    """

    kind: str
    key: str = ""


CATALOG = Audience("catalog")
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class MediaFact:
    """A file that the entry names, and what has become of it."""

    number: int
    state: str


@dataclass(frozen=True)
class RecordFacts:
    """All that audiences and views may look at; publish gathers it from the read model."""

    id: str
    type: str
    author: str
    role: str
    at: str
    body: Mapping[str, Any]
    received_at: str
    state: RecordState
    number: str | None = None
    """The official number, from the receipt that allotted it."""
    media: tuple[MediaFact, ...] = ()
    lookup_body: Callable[[str], Mapping[str, Any] | None] = lambda _id: None
    """Find another record's body by id."""
    facts_of: Callable[[str], RecordFacts | None] = lambda _id: None
    """Find another record that counts, as it stands."""
    due_on: Callable[[Collection[str]], str | None] = lambda _clocks: None
    """Return the earliest due date among these of its workflow's clocks that run."""
    now: datetime = _LATEST
    """When the view is made, for what begins on a day to come."""
    ledger: Mapping[str, Any] | None = None
    """Of an order: sessions, minutes and their arithmetic, as its participant is told them."""
    legal_actions: Callable[[str], list[str]] = lambda _role: []
    """Name what a role may do next with the record as it stands."""


def allowed(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return those of the named members that the body has."""
    return {name: body[name] for name in names if name in body}


def standing(facts: RecordFacts, role: str) -> dict[str, Any]:
    """Return the members of every view of something that goes through states."""
    members = {
        "type": facts.type,
        "state": facts.state.state,
        "state_at": facts.state.state_at or facts.received_at,
        "received_at": facts.received_at,
        "heads": list(facts.state.heads),
        "next": facts.legal_actions(role),
        "media": [{"number": file.number, "state": file.state} for file in facts.media],
    }
    return members if facts.number is None else {**members, "number": facts.number}


def history(facts: RecordFacts, text_by_action: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the steps that count as `{action, at, text?}`; `text_by_action` names the field to show."""
    return [_history_row(row, text_by_action.get(row.action)) for row in facts.state.history]


def _history_row(row: HistoryRow, shown: str | None) -> dict[str, Any]:
    members = {"action": row.action, "at": row.at}
    text = row.reason if shown == "reason" else row.fields.get(shown) if shown else None
    return members if text is None else {**members, "text": text}

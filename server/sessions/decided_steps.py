"""From the steps on a session's record to decisions and objections (DOMAIN 3.5, 3.6; 4, row 20).

Each decision after the first corrects the one that its author was looking at: it adds the difference, by an
entry of its own. Two on the same base stay side by side, and the rules say which counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from server.fold import HistoryRow
from server.sessions.documents import moment
from server.sessions.facts import DecidedEntry, Decision, Objection

_VERDICTS: Final[Mapping[str, Any]] = {
    "credit": "credited",
    "credit_after_review": "credited",
    "part_credit": "part_credited",
    "credit_again": "part_credited",
    "reject": "rejected",
    "void": "void",
}
_OBJECTS: Final = "dispute"


def is_decided(history: Iterable[HistoryRow]) -> bool:
    """Has a person decided on the session's minutes?"""
    return any(row.action in _VERDICTS for row in history)


def decided(event: str, history: Iterable[HistoryRow]) -> tuple[list[Decision], list[Objection]]:
    """Return the decisions and objections in a session's history; `event` is one that it is made of."""
    rows = {row.hash: row for row in history}
    decisions: dict[str, Decision] = {}
    minutes: dict[str, int] = {}
    objections: list[Objection] = []
    for row in rows.values():  # each stands after what it is based on
        before = _ancestor(row, rows, frozenset(_VERDICTS))
        if row.action in _VERDICTS:
            minutes[row.hash] = int(row.fields.get("credited_min", 0)) if "credit" in row.action else 0
            decisions[row.hash] = _decision(row, event, before, minutes, rows)
        elif row.action == _OBJECTS and before is not None:
            text = str(row.fields.get("statement", ""))
            objections.append(
                Objection(id=row.hash, decision=before, by=row.author, at=moment(row.at), text=text)
            )
    return list(decisions.values()), objections


def _decision(
    row: HistoryRow,
    event: str,
    before: str | None,
    minutes: Mapping[str, int],
    rows: Mapping[str, HistoryRow],
) -> Decision:
    change = minutes[row.hash] - (minutes[before] if before is not None else 0)
    is_reversed = change < 0 and not minutes[row.hash]
    kind: Any = "credit" if before is None else "reverse" if is_reversed else "adjust"
    reason_code = "reported" if before is None else "corrected"
    return Decision(
        id=row.hash,
        event=event,
        by=row.author,
        role=row.role,
        at=moment(row.at),
        verdict=_VERDICTS[row.action],
        entries=(DecidedEntry(kind, change, reason_code, _basis(row, rows)),) if change else (),
        reason=row.reason,
        replaces=before,
        answers=_ancestor(row, rows, frozenset({_OBJECTS})),
    )


def _basis(row: HistoryRow, rows: Mapping[str, HistoryRow]) -> str:
    """Return the version of the rules by which the session was reckoned when its decider looked at it."""
    seen: set[str] = set()
    near = set(row.base) & rows.keys()
    while near:
        told = sorted(str(v) for each in near if (v := rows[each].fields.get("rule_version")) is not None)
        if told:
            return told[0]
        seen |= near
        near = {base for each in near for base in rows[each].base if base in rows} - seen
    return ""


def _ancestor(row: HistoryRow, rows: Mapping[str, HistoryRow], actions: frozenset[str]) -> str | None:
    """Return the nearest step before this one that did one of these, along its bases; of equals the least."""
    looked_at: set[str] = set()
    near = set(row.base) & rows.keys()
    while near:
        found = sorted(each for each in near if rows[each].action in actions)
        if found:
            return found[0]
        looked_at |= near
        near = {base for each in near for base in rows[each].base if base in rows} - looked_at
    return None

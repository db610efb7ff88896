"""How a state looks: icon, word and tone, never colour alone. Only what needs somebody is warm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from server.console.layout.words import t_or_code


@dataclass(frozen=True, slots=True)
class Look:
    """`tone` is the class that colours it: `needs-you`, `settled`, or empty."""

    word: str
    icon: str
    tone: str = ""


NEEDS_YOU: Final = "needs-you"
SETTLED: Final = "settled"

_STATES: Final[dict[str, tuple[str, str]]] = {
    "received": ("circle-dot", NEEDS_YOU),
    "registered": ("stamp", ""),
    "assessing": ("hourglass", ""),
    "returned": ("undo-2", ""),
    "answered": ("reply", SETTLED),
    "closed": ("circle-check", SETTLED),
    "recorded": ("circle-dot", ""),
    "confirmed": ("circle-check", SETTLED),
    "questioned": ("circle-question-mark", NEEDS_YOU),
    "denied": ("circle-x", NEEDS_YOU),
    "prelim": ("search", ""),
    "filed": ("stamp", ""),
    "not_filed": ("ban", ""),
    "transferred": ("send", ""),
    "referred": ("send", ""),
    "merged_into": ("undo-2", ""),
    "suspended": ("hourglass", ""),
    "breached": ("triangle-alert", NEEDS_YOU),
    "withdrawn": ("undo-2", ""),
    "terminated": ("ban", ""),
    "decided": ("circle-check", SETTLED),
    "archived": ("circle-check", SETTLED),
    "flagged": ("flag", NEEDS_YOU),
    "disputed": ("circle-question-mark", NEEDS_YOU),
    "objection": ("circle-question-mark", NEEDS_YOU),
    "credited": ("circle-check", SETTLED),
    "part_credited": ("circle-check", SETTLED),
    "rejected": ("ban", ""),
    "final": ("circle-check", SETTLED),
}
_VERDICTS: Final[dict[str, tuple[str, str]]] = {
    "accepted": ("circle-check", SETTLED),
    "held": ("hourglass", NEEDS_YOU),
    "refused": ("ban", NEEDS_YOU),
    "admitted": ("circle-check", SETTLED),
    "kept_out": ("ban", ""),
    "opaque": ("circle-question-mark", NEEDS_YOU),
}


def state_look(record_type: str, state: str) -> Look:
    """Return how a record's state is shown; an undecided one (a hard conflict) needs somebody."""
    if not state:
        return Look(t_or_code("console.state", "undecided"), "triangle-alert", NEEDS_YOU)
    icon, tone = _STATES.get(state, ("circle-dot", ""))
    return Look(t_or_code(f"console.state.{record_type}", state), icon, tone)


def verdict_look(verdict: str) -> Look:
    """Return how ingest's verdict is shown."""
    icon, tone = _VERDICTS.get(verdict, ("circle-dot", ""))
    return Look(t_or_code("console.verdict", verdict), icon, tone)


def conflict_look() -> Look:
    """Return how a record that waits for a person's decision is shown."""
    return Look(t_or_code("console.state", "undecided"), "triangle-alert", NEEDS_YOU)

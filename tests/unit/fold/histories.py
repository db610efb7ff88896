"""Histories for the fold: short names for literal ones, and a strategy for any that people could make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from server.fold import FoldEntry, RecordState, fold
from server.workflows.declarations import parsed

WORKFLOW = parsed(
    "bench",
    {
        "initial": "open",
        "states": ["open", "busy", "done"],
        "merge_by": ["prosecutor"],
        "actions": {
            "take": {"from": ["open", "busy"], "to": "busy", "by": ["prosecutor"]},
            "finish": {"from": ["busy"], "to": "done", "by": ["prosecutor"]},
            "edit": {
                "from": ["open", "busy"],
                "by": ["prosecutor", "volunteer"],
                "fields": {
                    "urgency": {"kind": "text", "max_length": 10},
                    "grid_no": {"kind": "integer", "min": 1, "max": 189},
                },
            },
            "tell": {
                "from": ["open", "busy", "done"],
                "by": ["prosecutor"],
                "says": {"note": {"kind": "text", "max_length": 100}},
            },
        },
    },
)
LEADS_TO = {"take": "busy", "finish": "done"}


def lead(**fields: Any) -> FoldEntry:
    return FoldEntry("lead", fields={"title": "坝坡被开垦", **fields})


def step(
    name: str,
    *,
    base: str,
    action: str = "edit",
    reason: str | None = None,
    role: str = "prosecutor",
    to: str | None = None,
    **fields: Any,
) -> FoldEntry:
    """A step named by its hash; `base` lists hashes, apart by spaces."""
    leads_to = to or LEADS_TO.get(action)
    return FoldEntry(
        name, tuple(base.split()), action, leads_to, fields, reason, role=role, at=f"2026-11-23T08:00:{name}"
    )


def merge(name: str, *, base: str, to: str | None = None, **fields: Any) -> FoldEntry:
    return step(name, base=base, action="merge", reason="looked at both", to=to, **fields)


def folded(*steps: FoldEntry, record: FoldEntry | None = None) -> RecordState:
    return fold(record or lead(), steps, WORKFLOW)


def merge_of(state: RecordState, name: str) -> FoldEntry:
    """The merge that a person would make: the first candidate of whatever is undecided."""
    fields = {n: next(iter(r.candidates.values())) for n, r in state.fields.items() if not r.is_decided}
    to = None if state.state is not None else next(iter(state.state_candidates.values()))
    return FoldEntry(name, state.heads, "merge", to, fields, "looked", role="prosecutor", at="2026-12-01")


@st.composite
def histories(draw: st.DrawFn, max_size: int = 12) -> list[FoldEntry]:
    """What people do from where they stand, mostly legal, often side by side; and some that is not."""
    steps: list[FoldEntry] = []
    for number in range(draw(st.integers(0, max_size))):
        name = f"s{number:02d}"
        known = ["lead", *(one.hash for one in steps)]
        kind = draw(st.sampled_from(["legal"] * 6 + ["any", "merge", "unknown"]))
        if kind == "merge":
            steps.append(merge_of(folded(*steps), name))
        elif kind == "legal":
            steps.append(draw(_legal_step(name, draw(st.sampled_from(known[-4:])), steps)))
        else:
            base = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
            is_unknown = kind == "unknown" and draw(st.booleans())
            steps.append(draw(_any_step(name, ["unknown"] if is_unknown else base)))
    return steps


@st.composite
def _legal_step(draw: st.DrawFn, name: str, base: str, steps: Sequence[FoldEntry]) -> FoldEntry:
    at_base = folded(*(one for one in steps if one.hash in ancestors(steps, base)))
    actions = [action.name for action in WORKFLOW.legal_actions(at_base, "prosecutor")] or ["edit"]
    action = draw(st.sampled_from(actions))
    values = {"urgency": st.sampled_from(["urgent", "normal"]), "grid_no": st.integers(70, 75)}
    written = draw(st.sampled_from(sorted(values))) if action == "edit" else None
    return step(name, base=base, action=action, **({written: draw(values[written])} if written else {}))


@st.composite
def forks(draw: st.DrawFn) -> list[FoldEntry]:
    """A history to which two people went on without seeing each other, so that it has several heads."""
    history = draw(histories(max_size=8))
    heads = folded(*history).heads
    told = [step(name, base=heads[0], action="tell", note=name) for name in ("x1", "x2")]
    edited = [step(f"y{n}", base="lead", grid_no=n) for n in draw(st.lists(st.integers(70, 72), max_size=2))]
    return [*history, *told, *{one.hash: one for one in edited}.values()]


@st.composite
def _any_step(draw: st.DrawFn, name: str, base: Sequence[str]) -> FoldEntry:
    action = draw(st.sampled_from(["tell", "edit", "edit", "take", "take", "finish", "merge", "dance"]))
    fields: dict[str, Any] = {}
    to = LEADS_TO.get(action)
    if action in ("edit", "merge"):
        values = {"urgency": st.sampled_from(["urgent", "normal"]), "grid_no": st.integers(70, 72)}
        fields = draw(st.fixed_dictionaries({}, optional=values))
    if action == "merge":
        to = draw(st.sampled_from([None, "open", "busy", "done"]))
    return FoldEntry(
        hash=name,
        base=tuple(base),
        action=action,
        to=to,
        fields=fields,
        reason="because" if action == "merge" else None,
        role=draw(st.sampled_from(["prosecutor", "prosecutor", "prosecutor", "volunteer"])),
        at=draw(st.sampled_from(["2026-11-23T08:00:00+08:00", "2026-11-23T09:00:00+08:00"])),
        is_refused=draw(st.integers(0, 14)) == 14,
        is_admitted=draw(st.integers(0, 14)) == 14,
    )


def ancestors(steps: Sequence[FoldEntry], of: str) -> set[str]:
    """The step and all it has seen, by the plainest walk there is."""
    by_hash = {one.hash: one for one in steps}
    seen: set[str] = set()
    pending = [of]
    while pending:
        hash_ = pending.pop()
        if hash_ not in seen:
            seen.add(hash_)
            pending += by_hash[hash_].base if hash_ in by_hash else ()
    return seen

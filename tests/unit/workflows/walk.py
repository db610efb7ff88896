"""Walks a declared workflow: each action on the one before, by somebody who may, its form filled in."""

from __future__ import annotations

from typing import Any, Final

from server.fold import FoldEntry, RecordState, fold
from server.workflows import FormField, Workflow

ULID: Final = "01j00000000000000000000000"
SAMPLES: Final[dict[str, Any]] = {
    "date": "2026-11-23",
    "time": "2026-11-23T08:00:00+08:00",
    "flag": True,
    "member": f"m{ULID}",
}
REFERS_TO: Final = {
    "primary_lead": "lead",
    "assigned_station": "station",
    "stations": "station",
    "unit": "unit",
    "visit": "site_visit",
}


def sample(field: FormField) -> Any:
    """A value that the field takes."""
    if field.kind == "list":
        return [f"{REFERS_TO.get(field.name, 'lead')}:{ULID}"]
    if field.kind == "reference":
        return f"{REFERS_TO.get(field.name, 'lead')}:{ULID}"
    if field.choices:
        return field.choices[0][0]
    if field.kind in ("integer", "number"):
        return field.limits["min"]
    if field.limits.get("pattern") == "[0-9]{6}":
        return "371426"
    if field.limits.get("pattern") == "[0-9a-f]{64}":
        return "0" * 64
    return SAMPLES.get(field.kind, "写明情况")


def walked(
    flow: Workflow, *actions: str, record: FoldEntry | None = None, **given: dict[str, Any]
) -> RecordState:
    """The state after these actions; `given` are fields of an action, by its name."""
    root = record or FoldEntry("r", schema=2)
    steps: list[FoldEntry] = []
    for number, name in enumerate(actions):
        action, state = flow.actions[name], fold(root, steps, flow)
        asked = {f.name: sample(f) for f in action.form if f.is_required or f.name in action.required_when}
        fields = {**asked, **given.get(name, {}), **action.implied(state)}
        base = (f"s{number - 1}",) if number else (root.hash,)
        step = FoldEntry(
            f"s{number}", base, name, action.target(state), fields, "原因",
            author=f"m{number}", role=min(action.by),
        )  # fmt: skip
        steps.append(step)
    state = fold(root, steps, flow)
    assert state.refused == {}
    return state

"""Who may decide on a session, and deciding: credit, part credit, reject, void.

Whoever acted in it never decides, nor does who decided before on what is objected to (DOMAIN 4, rows 8, 20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.console.form import Form
from server.console.layout.words import t
from server.console.permissions import Permission, grants_for
from server.console.steps import Choice, Outcome, StepForm, choices_for, take_step
from server.console.viewer import GrantLike, Viewer
from server.readmodel.rows import RecordRow
from server.readmodel.supervision_queries import SessionRow

CREDITS: Final = frozenset({"credit", "part_credit", "credit_again", "credit_after_review"})
DECISIONS: Final = frozenset({*CREDITS, "reject", "void"})
WAITS_FOR_A_PERSON: Final = frozenset({"township_review", "review_of_dispute", "review_of_objection"})
_OBJECTS: Final = "dispute"


@dataclass(frozen=True, slots=True)
class Standing:
    """What this viewer may do now; `why_not` are keys of messages, empty where there is nothing to say."""

    choices: Sequence[Choice]
    why_not: Sequence[str]


def standing(row: RecordRow | None, shown: SessionRow, viewer: Viewer) -> Standing:
    """Return the decisions that are open to the viewer, or why none is."""
    grants = deciding_grants(shown, viewer)
    if not grants:
        return Standing((), ("supervision.decide.not_yours",))
    if row is None:
        return Standing((), ("supervision.decide.not_written",))
    reason = not_independent(row, shown.session, viewer.member)
    if reason:
        return Standing((), (reason,))
    choices = _offered(row, shown, grants, viewer)
    if not waits(shown.session):
        return Standing(choices, ())
    kept = [choice for choice in choices if choice.action not in CREDITS]
    return Standing(kept, ("supervision.decide.waits",))


def _offered(row: RecordRow, shown: SessionRow, grants: Sequence[GrantLike], viewer: Viewer) -> list[Choice]:
    """Return the legal steps; what settles two decisions on one session, only where there are two."""
    kept_back = {"fold_in"} if shown.session["twins"] else {"fold_in", "credit_again"}
    return [each for each in choices_for(row, grants, viewer) if each.action not in kept_back]


def not_independent(row: RecordRow, session: Mapping[str, Any], member: str) -> str | None:
    """Return why this person may not decide, as the key of a message, or None."""
    if member in session["may_not_decide"]:
        return "supervision.decide.acted"
    if session["state"] == "disputed" and member in first_deciders(row):
        return "supervision.decide.decided_before"
    return None


def first_deciders(row: RecordRow) -> set[str]:
    """Return who decided on what the participant objects to."""
    objected = [place for place, line in enumerate(row.state.history) if line.action == _OBJECTS]
    before = row.state.history[: objected[-1]] if objected else ()
    return {line.author for line in before if line.action in DECISIONS}


def waits(session: Mapping[str, Any]) -> bool:
    """Is something missing that no person's decision can stand for?"""
    return bool(set(session["waits_for"]) - WAITS_FOR_A_PERSON)


def deciding_grants(shown: SessionRow, viewer: Viewer) -> list[GrantLike]:
    """Return the viewer's grants by which somebody decides on sessions at this station."""
    return grants_for(
        viewer,
        Permission.DECIDE_SESSIONS,
        township=shown.station.get("township"),
        station=shown.session["station"],
    )


def decide(row: RecordRow, shown: SessionRow, form: StepForm, viewer: Viewer) -> Outcome:
    """Take the decision; 409 where the viewer may not or something is missing, 422 where a field is wrong."""
    now = standing(row, shown, viewer)
    if form["action"] not in {choice.action for choice in now.choices}:
        if set(form.base) != set(row.state.heads):
            return Outcome("changed", 409)
        reason = now.why_not[0] if now.why_not else "console.outcome.not_now"
        form.errors["action"] = t(reason)
        return Outcome("not_now", 409)
    problem = minutes_problem(form, shown.session)
    if problem:
        form.errors["credited_min"] = problem
        return Outcome("invalid", 422)
    return take_step(row, form, viewer, deciding_grants(shown, viewer))


def minutes_problem(form: Form, session: Mapping[str, Any]) -> str | None:
    """To credit in full is to credit what the rules say; another number takes a reason, with part credit."""
    computed = proposed_min(session)
    if form["action"] == "credit" and form["credited_min"].isdecimal():
        given = int(form["credited_min"])
        return t("supervision.decide.not_as_computed", minutes=computed) if given != computed else None
    return None


def proposed_min(session: Mapping[str, Any]) -> int:
    """Return the minutes to which the arithmetic comes, whatever was decided before."""
    minutes = int(session["reported_min"])
    for line in session["lines"]:
        if line["key"].startswith("service.deduction."):
            minutes -= int(line["params"]["minutes"])
        elif line["key"] == "service.explain.standdown":
            minutes += int(line["params"]["minutes"])
    return max(0, minutes)


def prefilled(action: str, session: Mapping[str, Any]) -> Form:
    """Return the form of a decision with the minutes that the rules propose."""
    values = {"action": action}
    if action in CREDITS:
        values["credited_min"] = str(proposed_min(session))
    return Form(values)

"""Steps at the desk: what may be done next, doing it, and waiting until it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.console.due_dates import today
from server.console.fields import FieldOfStep, asked, given_values, value_text
from server.console.form import Form
from server.console.layout.reasons import reason_text
from server.console.layout.words import t, t_or_code
from server.console.permissions import Permission, may
from server.console.viewer import GrantLike, Viewer
from server.fold import FoldEntry
from server.gateway.desk import EntryRef, EntryUnfit, NewEntry
from server.readmodel.rows import RecordRow
from server.records.problem import Problem
from server.records.schema import schema_problems
from server.services import current
from server.workflows import Action, workflow
from server.workflows.due_dates import date_problems

WAIT_S = 2.0
OWN_STAFF = frozenset({"intake_clerk", "prosecutor", "chief_procurator", "security_officer"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that is legal now for one of the viewer's roles."""

    declared: Action
    role: str
    fields: Sequence[FieldOfStep]

    @property
    def action(self) -> str:
        return self.declared.name

    @property
    def word(self) -> str:
        return t_or_code("console.action", self.action)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step in words. `who` is a role, and a name only for who may see names."""

    action: str
    at: str
    who: str
    fields: Sequence[tuple[str, str]]
    reason: str | None
    is_concurrent: bool
    why_without_effect: str = ""
    """Why the step stands here and changed nothing; empty for one that counts."""

    @property
    def word(self) -> str:
        return t_or_code("console.did", self.action)


class StepForm(Form):
    """What the officer saw (`base`) and what is to be done; other fields are the action's own."""

    @classmethod
    def parse(cls, source: Mapping[str, str]) -> StepForm:
        form = cls()
        names = [name for name in source if name != "anti_forgery"]
        form.take({name: _joined(source, name) for name in names}, *names)
        return form

    @property
    def base(self) -> tuple[str, ...]:
        return tuple(filter(None, self["base"].split(",")))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the step; `waiting` names the desk's entry that is on its way."""

    name: str
    status: int = 200
    params: Mapping[str, Any] = field(default_factory=dict)
    device: str = ""
    entry: int = 0
    hash: str = ""

    @property
    def is_done(self) -> bool:
        return self.name == "done"


def choices_for(row: RecordRow, grants: Sequence[GrantLike], viewer: Viewer) -> list[Choice]:
    """Return the legal steps of these grants, each once, in the workflow's order."""
    found: dict[str, Choice] = {}
    for grant in grants:
        for action in workflow(row.type).legal_actions(row.state, grant.role, viewer.member):
            if action.name not in found:
                fields = asked(action.form, viewer, needs_reason=action.needs_reason)
                found[action.name] = Choice(action, grant.role, fields)
    order = list(workflow(row.type).actions)
    return sorted(found.values(), key=lambda choice: order.index(choice.action))


def take_step(row: RecordRow, form: StepForm, viewer: Viewer, grants: Sequence[GrantLike]) -> Outcome:
    """Append the step to the desk's log and wait until it counts. Reasons go into the form."""
    prepared = prepare_step(row, form, viewer, grants)
    return prepared if isinstance(prepared, Outcome) else enter_steps([prepared], form)


def prepare_step(
    row: RecordRow, form: StepForm, viewer: Viewer, grants: Sequence[GrantLike]
) -> NewEntry | Outcome:
    """Return the step as it may be entered, or why not; reasons go into the form."""
    if set(form.base) != set(row.state.heads):
        return Outcome("changed", 409)
    choice = next((c for c in choices_for(row, grants, viewer) if c.action == form["action"]), None)
    if choice is None:
        return Outcome("not_now", 409)
    body = _body(row, form, choice)
    for problem in _problems(row, choice, body, viewer.member):
        form.errors.setdefault((problem.field or "action").partition(".")[0], problem_text(problem))
    if not form.is_valid:
        return Outcome("invalid", 422)
    return NewEntry(type="step", body=body, author=viewer.member, role=choice.role)


def enter_steps(steps: Sequence[NewEntry], form: StepForm) -> Outcome:
    """Append steps in one batch and wait until all count; the first that does not is what is told."""
    services = current()
    try:
        refs = services.run_blocking(lambda: services.desk.append_many(steps))
    except EntryUnfit as unfit:
        form.errors["action"] = problem_text(unfit.problems[0])
        return Outcome("invalid", 422)
    outcomes = [await_entry(ref, WAIT_S) for ref in refs]
    return next((outcome for outcome in outcomes if not outcome.is_done), outcomes[-1])


def await_entry(ref: EntryRef, timeout_s: float) -> Outcome:
    """Wait until this node's read model holds the desk's entry, and say what became of it."""
    services = current()
    # Not through run_blocking: it sleeps between short looks, and would hold one of few threads meanwhile.
    if not services.desk.await_folded(ref, timeout_s):
        return Outcome("waiting", 202, device=ref.device, entry=ref.entry, hash=ref.hash)
    verdict = services.readmodel.verdict(ref.device, ref.entry)
    if verdict is None or verdict.verdict in {"accepted", "admitted"}:
        return Outcome("done")
    reason = verdict.reasons[0] if verdict.reasons else None
    said = reason_text("reason", reason) if reason else ""
    return Outcome(verdict.verdict, 409, {"reason": said})


def history_of(row: RecordRow, viewer: Viewer, *, with_texts: bool) -> list[HistoryLine]:
    """Return the steps, those without effect last; without texts it says only what was done."""
    counted = [
        HistoryLine(
            action=line.action,
            at=line.at,
            who=who_text(line.author, line.role, viewer),
            fields=_field_texts(row, line.action, line.fields) if with_texts else (),
            reason=line.reason if with_texts else None,
            is_concurrent=line.is_concurrent,
        )
        for line in row.state.history
    ]
    return counted + _without_effect(row, viewer)


def _without_effect(row: RecordRow, viewer: Viewer) -> list[HistoryLine]:
    """Return the steps that were read and changed nothing, with the reason: nothing is dropped silently."""
    entries = {step.entry["hash"]: step.entry for step in row.steps}
    problems = [(entries[hash_], problem) for hash_, problem in row.state.refused.items() if hash_ in entries]
    return [
        HistoryLine(
            action=entry["body"]["action"],
            at=entry["at"],
            who=who_text(entry["author"], entry["role"], viewer),
            fields=(),
            reason=None,
            is_concurrent=False,
            why_without_effect=problem_text(problem) if problem else t("console.record.refused_at_ingest"),
        )
        for entry, problem in problems
    ]


def who_text(author: str, role: str, viewer: Viewer) -> str:
    """Return the role, with the name of a colleague for who may see names; never a reporter's."""
    said = t_or_code("console.role", role)
    may_name = may(viewer, Permission.SEE_NAMES) and role in OWN_STAFF
    member = current().directory.member(author) if may_name else None
    return f"{said} {member.name}" if member else said


def problem_text(problem: Problem) -> str:
    """Return a rule's problem in the viewer's language."""
    return reason_text("reason", problem.as_json())


def _field_texts(row: RecordRow, action: str, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    declared = workflow(row.type).actions.get(action)
    form = {field.name: field for field in declared.form} if declared else {}
    asked_for = {name: value for name, value in fields.items() if name in form or declared is None}
    return [
        (FieldOfStep(form[name]).word if name in form else name, value_text(form.get(name), value))
        for name, value in asked_for.items()
    ]


def _problems(row: RecordRow, choice: Choice, body: Mapping[str, Any], author: str) -> list[Problem]:
    """Return all that is wrong with a step, so that nobody corrects one field after the other."""
    flow, action = workflow(row.type), choice.declared
    implied = action.implied(row.state)
    given = {name: value for name, value in body["fields"].items() if name not in implied}
    found = schema_problems(action.fields, given)
    if action.needs_reason and "reason" not in body:
        found.append(Problem("required", field="reason"))
    problem = flow.step_problem(_as_fold_entry(body, choice.role, author), row.state)
    found += [problem] if problem is not None and not found else []
    return found or date_problems(flow, row, action, body["fields"], today())


def _joined(source: Mapping[str, str], name: str) -> str:
    """Return what a field was given; of several values each on its line."""
    several = getattr(source, "getlist", None)
    return "\n".join(several(name)) if several is not None else source[name]


def _body(row: RecordRow, form: StepForm, choice: Choice) -> dict[str, Any]:
    action = choice.declared
    fields = {**given_values(action.form, form.values), **action.implied(row.state)}
    body: dict[str, Any] = {
        "record": row.id,
        "base": sorted(row.state.heads),
        "action": action.name,
        "fields": fields,
    }
    target = action.target(row.state)
    if target is not None:
        body["to"] = target
    if form["reason"]:
        body["reason"] = form["reason"]
    return body


def _as_fold_entry(body: Mapping[str, Any], role: str, author: str) -> FoldEntry:
    return FoldEntry(
        "",
        base=tuple(body["base"]),
        action=body["action"],
        to=body.get("to"),
        fields=body["fields"],
        reason=body.get("reason"),
        author=author,
        role=role,
    )

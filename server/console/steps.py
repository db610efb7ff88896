"""Steps at the desk: what may be done next, doing it, and waiting until it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.console.form import Form
from server.console.layout.reasons import reason_text
from server.console.layout.words import t_or_code
from server.console.permissions import Permission, may
from server.console.viewer import GrantLike, Viewer
from server.fold import FoldEntry
from server.gateway.desk import EntryRef, EntryUnfit
from server.readmodel.rows import RecordRow
from server.records.problem import Problem
from server.records.schema import Text
from server.services import current
from server.workflows import Action, workflow

WAIT_S = 2.0
LONG_TEXT_CHARS = 120
OWN_STAFF = frozenset({"intake_clerk", "prosecutor", "chief_procurator", "security_officer"})


@dataclass(frozen=True, slots=True)
class FieldOfStep:
    """One field that the step asks for, with the limits of the workflow's own schema."""

    name: str
    is_required: bool
    is_long: bool
    choices: Sequence[tuple[str, str]] = ()

    @property
    def word(self) -> str:
        return t_or_code("console.step_field", self.name)


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that is legal now for one of the viewer's roles."""

    action: str
    to: str | None
    role: str
    fields: Sequence[FieldOfStep]

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

    @property
    def word(self) -> str:
        return t_or_code("console.did", self.action)


class StepForm(Form):
    """What the officer saw (`base`) and what is to be done; other fields are the action's own."""

    @classmethod
    def parse(cls, source: Mapping[str, str]) -> StepForm:
        form = cls()
        form.take(source, *(name for name in source if name != "anti_forgery"))
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


def choices_for(row: RecordRow, grants: Sequence[GrantLike]) -> list[Choice]:
    """Return the legal steps of these grants, each once, in the workflow's order."""
    found: dict[str, Choice] = {}
    for grant in grants:
        for action in workflow(row.type).legal_actions(row.state, grant.role):
            found.setdefault(action.name, Choice(action.name, action.to, grant.role, _fields_of(action)))
    order = list(workflow(row.type).actions)
    return sorted(found.values(), key=lambda choice: order.index(choice.action))


def take_step(row: RecordRow, form: StepForm, viewer: Viewer, grants: Sequence[GrantLike]) -> Outcome:
    """Append the step to the desk's log and wait until it counts. Reasons go into the form."""
    if set(form.base) != set(row.state.heads):
        return Outcome("changed", 409)
    choice = next((c for c in choices_for(row, grants) if c.action == form["action"]), None)
    if choice is None:
        return Outcome("not_now", 409)
    body = _body(row, form, choice)
    problem = workflow(row.type).step_problem(_as_fold_entry(body, choice.role), row.state)
    if problem is not None:
        form.errors[problem.field or "action"] = problem_text(problem)
    if not form.is_valid:
        return Outcome("invalid", 422)
    services = current()
    try:
        ref = services.run_blocking(
            lambda: services.desk.append("step", body, author=viewer.member, role=choice.role)
        )
    except EntryUnfit as unfit:
        form.errors["action"] = problem_text(unfit.problems[0])
        return Outcome("invalid", 422)
    return await_entry(ref, WAIT_S)


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
    """Return the steps that count, the first one first; without texts it says only what was done."""
    return [
        HistoryLine(
            action=line.action,
            at=line.at,
            who=who_text(line.author, line.role, viewer),
            fields=_field_texts(line.fields) if with_texts else (),
            reason=line.reason if with_texts else None,
            is_concurrent=line.is_concurrent,
        )
        for line in row.state.history
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


def _field_texts(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(t_or_code("console.step_field", name), str(value)) for name, value in fields.items()]


def _body(row: RecordRow, form: StepForm, choice: Choice) -> dict[str, Any]:
    given = {f.name: form[f.name] for f in choice.fields if f.name != "reason" and form[f.name]}
    body: dict[str, Any] = {
        "record": row.id,
        "base": sorted(row.state.heads),
        "action": choice.action,
        "fields": given,
    }
    if choice.to is not None:
        body["to"] = choice.to
    if form["reason"]:
        body["reason"] = form["reason"]
    return body


def _as_fold_entry(body: Mapping[str, Any], role: str) -> FoldEntry:
    return FoldEntry(
        "",
        base=tuple(body["base"]),
        action=body["action"],
        to=body.get("to"),
        fields=body["fields"],
        reason=body.get("reason"),
        role=role,
    )


def _fields_of(action: Action) -> list[FieldOfStep]:
    found = [_field_of(name, spec) for name, spec in action.fields.fields.items()]
    return [*found, FieldOfStep("reason", is_required=True, is_long=True)] if action.needs_reason else found


def _field_of(name: str, spec: Any) -> FieldOfStep:
    one_of = spec.one_of if isinstance(spec, Text) else None
    return FieldOfStep(
        name,
        is_required=bool(spec.required),
        is_long=isinstance(spec, Text) and not one_of and spec.max_length > LONG_TEXT_CHARS,
        choices=[(code, t_or_code(f"console.choice.{name}", code)) for code in one_of or ()],
    )

"""What a user can do with participants: list, register, open an identity, make a code for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.codes import options, word
from server.console.form import Form
from server.console.layout.words import t
from server.console.listing import ListView, Page
from server.console.look import Look, state_look
from server.console.steps import WAIT_S, Outcome, await_entry, problem_text
from server.console.viewer import Viewer
from server.gateway.desk import EntryUnfit
from server.identity.devices import Device
from server.identity.enrolment import EnrolmentCode
from server.identity.person import Person
from server.identity.person_rules import NewPerson, PersonRefused
from server.participants import Registered, people, register
from server.readmodel.participant_queries import (
    SORTS,
    ListedOrder,
    ListedParticipant,
    orders_of,
    participant_rows,
)
from server.readmodel.rows import RecordRow
from server.services import current

TYPE = "participant"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order of the participant."""

    order: ListedOrder
    look: Look


@dataclass(frozen=True, slots=True)
class ParticipantView:
    """A participant by code; `person` only on the page that opens the identity."""

    row: RecordRow
    look: Look
    residence: str
    limits: str
    orders: Sequence[OrderLine]
    devices: Sequence[Device]
    is_identified: bool
    person: Person | None = None

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def member(self) -> str:
        return str(self.row.body["member"])

    @property
    def code(self) -> str:
        return str(self.row.body["display_code"])

    @property
    def active_devices(self) -> list[Device]:
        return [device for device in self.devices if not device.is_revoked]


@dataclass(frozen=True, slots=True)
class ParticipantLine:
    """One line of the list."""

    listed: ListedParticipant
    look: Look
    residence: str


def find_page(view: ListView) -> Page[ParticipantLine]:
    """Return the participants that fit, the newest first unless asked otherwise."""
    part = view.part()
    asked = {"state": view.filters["state"], "code": view.filters["q"]}
    rows, total = participant_rows(current().readmodel, **asked, part=part)
    lines = [
        ParticipantLine(row, state_look(TYPE, row.state), word("township", row.residence)) for row in rows
    ]
    return Page(lines, total, view.page)


def find(record_id: str, person: Person | None = None) -> ParticipantView | None:
    """Return one participant; None when unknown."""
    services = current()
    row = services.readmodel.record(record_id)
    if row is None or row.type != TYPE:
        return None
    member = row.body["member"]
    lines = [
        OrderLine(order, state_look("service_order", order.state))
        for order in orders_of(services.readmodel, member)
    ]
    return ParticipantView(
        row=row,
        look=state_look(TYPE, row.state.state or ""),
        residence=word("township", str(row.state.value("residence") or row.body["residence"])),
        limits=str(row.state.value("limits") or row.body.get("limits") or ""),
        orders=lines,
        devices=services.directory.devices(member),
        is_identified=people(services).is_known(member),
        person=person,
    )


def begin(form: Form, new: NewPerson, viewer: Viewer) -> Registered | None:
    """Register a person; None, with the reason beside the field, when the rules refuse."""
    services = current()
    try:
        registered = services.run_blocking(
            lambda: register(
                services,
                new,
                residence=form["residence"],
                limits=form["limits"],
                author=viewer.member,
                role="prosecutor",
            )
        )
    except PersonRefused as refused:
        for problem in refused.problems:
            form.errors.setdefault(problem.field or "name", problem_text(problem))
        return None
    except EntryUnfit as unfit:
        form.errors["limits"] = problem_text(unfit.problems[0])
        return None
    if registered.ref is None:
        form.errors["id_no"] = t("console.participants.known", code=registered.claim.display_code)
        return None
    return registered


def await_registered(registered: Registered) -> Outcome:
    """Wait until the record is folded."""
    return await_entry(registered.ref, WAIT_S) if registered.ref else Outcome("done")


def open_identity(record_id: str, reason: str, viewer: Viewer) -> ParticipantView | None:
    """Note in the audit who opens it and why, and only then open it."""
    services = current()
    view = find(record_id)
    if view is None:
        return None
    services.run_blocking(
        lambda: services.audit.append("identity_opened", actor=viewer.member, about=record_id, reason=reason)
    )
    return find(record_id, services.run_blocking(lambda: people(services).open(view.member)))


def make_code(view: ParticipantView, viewer: Viewer) -> EnrolmentCode:
    """Make a one-time code for the participant's phone; one that is enrolled already is replaced by it."""
    services = current()
    replaces = view.active_devices[0].id if view.active_devices else None
    code = services.run_blocking(
        lambda: services.enrolment.make_code(view.member, viewer.member, replaces=replaces)
    )
    services.run_blocking(
        lambda: services.audit.append("enrolment_code", actor=viewer.member, about=view.member)
    )
    return code


def townships() -> list[tuple[str, str]]:
    """Return the townships that can be chosen."""
    return options("township")


__all__ = ["SORTS", "begin", "find", "find_page", "make_code", "open_identity", "townships"]

"""Types of record that a workflow's file declares: whom they concern, and what each audience is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.records.record_type import KnownRecord, Lookup, RecordType, Subject
from server.records.views import CATALOG, Audience, RecordFacts, history, standing
from server.workflows.declared_record import DeclaredRecord
from server.workflows.declared_views import OF_A_MEMBER, DeclaredView

TypeOf = Callable[[str], RecordType | None]


def declared_type(record: DeclaredRecord, views: tuple[DeclaredView, ...], type_of: TypeOf) -> RecordType:
    """Return the type; `type_of` finds those that its fields name."""

    def subject(known: KnownRecord, lookup: Lookup) -> Subject:
        found = [_own_subject(record, known)]
        for id_ in record.named(known.body, "through"):
            other = lookup(id_)
            kind = type_of(other.type) if other else None
            if other is not None and kind is not None:
                found.append(kind.subject(other, lookup))
        return _joined(found)

    def places(facts: RecordFacts) -> frozenset[str]:
        own = frozenset(v for name in record.about.get("stations", ()) if (v := facts.state.value(name)))
        through = [facts.facts_of(id_) for id_ in record.named(facts.body, "through")]
        # Where it says the place itself, it is there and nowhere else.
        return own or frozenset().union(*(_places(each, type_of) for each in through if each))

    def audiences(facts: RecordFacts) -> frozenset[Audience]:
        def lookup(id_: str) -> KnownRecord | None:
            other = facts.facts_of(id_)
            return _known(other) if other else None

        about = subject(_known(facts), lookup)
        found: set[Audience] = set()
        for view in views:
            if view.states and facts.state.state not in view.states:
                continue
            found |= _audiences_of(view, about, places(facts))
        through = (facts.facts_of(id_) for id_ in record.named(facts.body, "through"))
        if any(_is_left(each, type_of) for each in through if each):
            found -= {each for each in found if each.kind == "member"}
        return frozenset(found)

    def view(facts: RecordFacts, audience: Audience) -> dict[str, Any] | None:
        names = OF_A_MEMBER if audience.kind == "member" else {audience.kind}
        declared = next((each for each in views if each.audience in names), None)
        return _shown(declared, facts) if declared else None

    return RecordType(
        name=record.name,
        schemas={1: record.fields.schema},
        written_by=record.written_by,
        is_desk_only=record.is_desk_only,
        references=record.references,
        subject=subject,
        audiences=audiences,
        view=view,
        workflow=record.name,
        places=places,
    )


def _known(facts: RecordFacts) -> KnownRecord:
    return KnownRecord(facts.id, facts.type, facts.author, facts.role, facts.body, lambda: facts.state)


def _audiences_of(view: DeclaredView, about: Subject, places: frozenset[str]) -> set[Audience]:
    if view.audience == "catalog":
        return {CATALOG}
    if view.audience in OF_A_MEMBER:
        return {Audience("member", member) for member in about.members}
    if view.audience == "unit":
        return {Audience("unit", unit.partition(":")[2]) for unit in about.units}
    if view.audience == "station":
        return {Audience("station", place.partition(":")[2]) for place in places}
    return {Audience("township", township) for township in about.townships}


def _places(facts: RecordFacts, type_of: TypeOf) -> frozenset[str]:
    kind = type_of(facts.type)
    return kind.places(facts) if kind else frozenset()


def _is_left(facts: RecordFacts, type_of: TypeOf) -> bool:
    kind = type_of(facts.type)
    return kind is not None and kind.is_left(facts)


def _shown(view: DeclaredView, facts: RecordFacts) -> dict[str, Any]:
    shown = {name: facts.state.value(name) for name in view.fields}
    for reference, names in view.of.items():
        other = facts.facts_of(str(facts.body.get(reference)))
        shown |= {name: other.state.value(name) for name in names} if other else {}
    if view.history is not None:
        shown["history"] = history(facts, view.history)
    if view.due:
        shown["due_on"] = facts.due_on(view.due)
    return {
        **{name: value for name, value in shown.items() if value is not None},
        **standing(facts, view.role),
    }


def _own_subject(record: DeclaredRecord, known: KnownRecord) -> Subject:
    return Subject(
        members=record.named(known.body, "members"),
        townships=record.named(known.body, "townships"),
        stations=record.named(known.body, "stations"),
        units=record.named(known.body, "units"),
    )


def _joined(subjects: list[Subject]) -> Subject:
    return Subject(
        members=frozenset().union(*(each.members for each in subjects)),
        townships=frozenset().union(*(each.townships for each in subjects)),
        stations=frozenset().union(*(each.stations for each in subjects)),
        units=frozenset().union(*(each.units for each in subjects)),
    )

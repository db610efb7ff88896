"""A county's facts, by the participant they are about, and those that are about nobody known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from server.sessions.facts import Facts
from server.sessions.outcome import SetAside


def by_participant(facts: Facts) -> dict[str, Facts]:
    """Return each participant's own facts; stations, sheets and lost devices concern everybody."""
    owner = {order.id: order.participant for order in facts.orders}
    orders = _grouped(facts.orders, lambda each: each.participant)
    events = _grouped(facts.events, lambda each: owner.get(each.order))
    of_event = {event.id: owner.get(event.order) for event in facts.events}
    attestations = _grouped(facts.attestations, lambda each: owner.get(each.order))
    slots = _grouped(facts.slots, lambda each: owner.get(each.order))
    decisions = _grouped(facts.decisions, lambda each: of_event.get(each.event))
    objections = _grouped(facts.objections, lambda each: each.by)
    reassignments = _grouped(facts.reassignments, lambda each: of_event.get(each.event))
    return {
        participant: Facts(
            orders=orders[participant],
            stations=facts.stations,
            events=events.get(participant, ()),
            attestations=attestations.get(participant, ()),
            slots=slots.get(participant, ()),
            decisions=decisions.get(participant, ()),
            objections=objections.get(participant, ()),
            standdowns=facts.standdowns,
            revocations=facts.revocations,
            reassignments=reassignments.get(participant, ()),
            sheets=facts.sheets,
        )
        for participant in sorted(orders)
    }


def unattributed(facts: Facts) -> tuple[SetAside, ...]:
    """Return what belongs to no participant yet, with the reason: it waits, and is not lost."""
    orders = {order.id for order in facts.orders}
    events = {event.id for event in facts.events if event.order in orders}
    people = {order.participant for order in facts.orders}
    rows = (
        *((row.id, "order_unknown", row.order in orders) for row in facts.events),
        *((row.id, "order_unknown", row.order in orders) for row in facts.attestations),
        *((row.id, "order_unknown", row.order in orders) for row in facts.slots),
        *((row.id, "event_unknown", row.event in events) for row in facts.decisions),
        *((row.id, "event_unknown", row.event in events) for row in facts.reassignments),
        *((row.id, "participant_unknown", row.by in people) for row in facts.objections),
    )
    found = [SetAside(id_, reason_code) for id_, reason_code, is_known in rows if not is_known]
    return tuple(sorted(found, key=lambda each: each.event))


def _grouped(rows: Iterable[Any], key: Any) -> dict[str, tuple[Any, ...]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        name = key(row)
        if name is not None:
            found[name].append(row)
    return {name: tuple(group) for name, group in found.items()}

"""A county's facts, by the participant they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from server.sessions.facts import Facts


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


def _grouped(rows: Iterable[Any], key: Any) -> dict[str, tuple[Any, ...]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        name = key(row)
        if name is not None:
            found[name].append(row)
    return {name: tuple(group) for name, group in found.items()}

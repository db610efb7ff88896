"""Booked times to which nobody came; two without excuse call for a review by a person (DOMAIN 3.0)."""

from __future__ import annotations

from collections.abc import Iterable

from server.sessions.drafting import Case
from server.sessions.facts import Order, Slot
from server.sessions.order_life import takes_sessions
from server.sessions.outcome import Flag
from server.sessions.terms import Terms


def missed(
    slots: Iterable[Slot], orders: Iterable[Order], cases: Iterable[Case], terms: Terms
) -> tuple[Flag, ...]:
    """Return a flag for each missed slot, and one more once the limit is reached.

    Nobody misses a time that came after the order had stopped.
    """
    by_id = {order.id: order for order in orders}
    attended = {case.slot.id for case in cases if case.slot is not None}
    found = [
        Flag("missed_session", {"slot": slot.id, "order": slot.order})
        for slot in sorted(slots, key=lambda each: (each.starts_at, each.id))
        if slot.ends_at < terms.now
        and not slot.is_excused
        and slot.id not in attended
        and slot.order in by_id
        and takes_sessions(by_id[slot.order], slot.starts_at)
    ]
    if len(found) >= terms.settings.missed_limit:
        found.append(Flag("missed_limit", {"missed": len(found)}))
    return tuple(found)

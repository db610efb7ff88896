"""What an order's sessions make of it: begun, hours met, ready for evaluation; no decision (DOMAIN 3.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from server.fold import Severity
from server.ledger.gather import Standing
from server.ledger.machine_entry import Chain, MachineEntry, ulid_of
from server.sessions import Assessment

ORDER: Final = "service_order"
EVALUATION: Final = "evaluation"
_DRAFTED: Final = frozenset({"draft", "returned"})
_CONFIRMED: Final = frozenset({"confirmed", "credited", "part_credited"})


def progressed(
    found: Assessment,
    orders: Mapping[str, Standing],
    evaluations: Iterable[Standing],
    required: Mapping[str, int],
) -> Iterator[list[MachineEntry]]:
    """Yield what is to be written of a participant's orders, order by order."""
    of_order: dict[str, list[Standing]] = defaultdict(list)
    for each in evaluations:
        of_order[each.body["order"]].append(each)
    for order in sorted(found.balance_min):
        standing = orders.get(order)
        if standing is None or standing.state.severity is Severity.HARD:
            continue
        yield _steps(found, standing, of_order[order], required[order])
        yield _draft(standing, of_order[order], found.balance_min[order] >= required[order])


def _steps(
    found: Assessment, order: Standing, evaluations: list[Standing], required_min: int
) -> list[MachineEntry]:
    chain = Chain(order.id, ORDER, order.state)
    balance_min = found.balance_min[order.id]
    is_begun = any(each.order == order.id and each.state in _CONFIRMED for each in found.sessions)
    if chain.state.state == "assigned" and is_begun:
        chain.step("start")
    if chain.state.state == "in_progress" and balance_min >= required_min:
        chain.step("meet_hours", credited_min=balance_min)
    elif chain.state.state == "hours_met" and balance_min < required_min:
        chain.step("fall_short", credited_min=max(0, balance_min))
    elif chain.state.state == "hours_met" and any(_is_under_way(each) for each in evaluations):
        chain.step("evaluate")
    return chain.entries


def _is_under_way(evaluation: Standing) -> bool:
    return evaluation.state.state not in _DRAFTED | {"final"}


def _draft(order: Standing, evaluations: list[Standing], are_hours_met: bool) -> list[MachineEntry]:
    """The evaluation's record, once the hours are met and none is open."""
    is_due = order.state.state == "hours_met" and are_hours_met
    if not is_due or any(each.state.state != "final" for each in evaluations):
        return []
    id_ = f"{EVALUATION}:{ulid_of(order.id, len(evaluations))}"
    return [MachineEntry(id_, EVALUATION, {"order": order.id})]

"""From a set of steps to the state of the record (DESIGN 4): who counts, who waits, who is refused."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from server.fold.graph import Graph
from server.fold.state import FoldEntry, RecordState, Rules


def fold(record: FoldEntry, steps: Iterable[FoldEntry], workflow: Rules) -> RecordState:
    """Return what the record and this set of its steps amount to, whatever order they are given in.

    Spec: DESIGN 4, "Fold".
    """
    graph = Graph(record, workflow)
    by_hash = _unique(record, steps)
    refused: dict[str, Any] = {step.hash: None for step in by_hash.values() if step.is_refused}
    waiting = {hash_: step for hash_, step in by_hash.items() if hash_ not in refused}
    for step in _in_causal_order(record.hash, waiting):
        if not graph.has_all(step.base):
            continue  # based on what was refused here: held below, naming it
        problem = None if step.is_admitted else workflow.step_problem(step, graph.state_at(step.base))
        if problem is None:
            graph.add(step)
        else:
            refused[step.hash] = problem
    held = {
        hash_: graph.missing_of(step.base)
        for hash_, step in waiting.items()
        if hash_ not in refused and not graph.has_all((hash_,))
    }
    return replace(
        graph.state_at(graph.heads()), history=graph.history(), held=_sorted(held), refused=_sorted(refused)
    )


def _sorted(rows: Mapping[str, Any]) -> dict[str, Any]:
    return dict(sorted(rows.items()))


def _unique(record: FoldEntry, steps: Iterable[FoldEntry]) -> dict[str, FoldEntry]:
    """Return the steps by hash; of one hash the one judged best stands, so that order does not matter."""
    found: dict[str, FoldEntry] = {}
    for step in steps:
        known = found.get(step.hash)
        if step.hash != record.hash and (known is None or _standing(step) > _standing(known)):
            found[step.hash] = step
    return found


def _standing(step: FoldEntry) -> int:
    return 2 if step.is_admitted else 0 if step.is_refused else 1


def _in_causal_order(root: str, steps: Mapping[str, FoldEntry]) -> list[FoldEntry]:
    """Return the steps that lead back to the record, each after its base, otherwise by time and hash."""
    children: dict[str, list[FoldEntry]] = {}
    missing: dict[str, int] = {}
    for step in steps.values():
        missing[step.hash] = len(set(step.base))
        for base in set(step.base):
            children.setdefault(base, []).append(step)
    ready: list[tuple[str, str]] = []
    ordered: list[FoldEntry] = []
    reached: str | None = root
    while reached is not None:
        for step in children.get(reached, ()):
            missing[step.hash] -= 1
            if missing[step.hash] == 0:
                heapq.heappush(ready, (step.at, step.hash))
        reached = heapq.heappop(ready)[1] if ready else None
        if reached is not None:
            ordered.append(steps[reached])
    return ordered

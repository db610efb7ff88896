"""Registers over the DAG of a record's steps.

Each entry keeps what stood once it was added, so a record of n steps costs about n unions of small sets.
Sets of entries are integers, one bit an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.fold.state import (
    MERGE,
    STATE_FIELD,
    FieldState,
    FoldEntry,
    HistoryRow,
    RecordState,
    Rules,
    Severity,
)

_HISTORY_MEMBERS = ("hash", "base", "action", "to", "fields", "reason", "author", "role", "at")


@dataclass(frozen=True)
class _Node:
    """A step that counts, with what it has seen and what stood once it was added."""

    entry: FoldEntry
    bit: int
    seen: int
    """Itself and all its ancestors."""
    writers: Mapping[str, frozenset[str]]
    """By register: the writers seen here that no other writer seen here has seen."""
    actors: frozenset[tuple[str, str]]
    """(action, author) of every step seen here."""


class Graph:
    """The steps that count so far, with the record at their root."""

    def __init__(self, record: FoldEntry, workflow: Rules) -> None:
        self._workflow = workflow
        self._nodes: dict[str, _Node] = {}
        self._tips: set[str] = set()
        self.add(replace(record, base=(), to=workflow.initial_state(record.schema)))

    def add(self, entry: FoldEntry) -> None:
        """Count an entry all of whose base is counted."""
        bit = 1 << len(self._nodes)
        seen = bit
        for base in entry.base:
            seen |= self._nodes[base].seen
        writers = dict(self._writers(entry.base))
        said = self._workflow.says(entry.action)
        for name in entry.registers():
            if name in said:
                continue
            writers[name] = frozenset((entry.hash,))
        acted = frozenset(((entry.action, entry.author),)) if entry.base else frozenset()
        self._nodes[entry.hash] = _Node(entry, bit, seen, writers, self._actors(entry.base) | acted)
        self._tips.difference_update(entry.base)
        self._tips.add(entry.hash)

    def has_all(self, hashes: tuple[str, ...]) -> bool:
        """Do all of these count?"""
        return all(hash_ in self._nodes for hash_ in hashes)

    def missing_of(self, hashes: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of these that do not count, sorted."""
        return tuple(sorted(set(hashes) - self._nodes.keys()))

    def heads(self) -> tuple[str, ...]:
        """Return the entries that no other has seen, sorted."""
        return tuple(sorted(self._tips))

    def state_at(self, base: tuple[str, ...]) -> RecordState:
        """Return what stands where just these and what they have seen are known."""
        heads = self._unseen_by_each_other(base)
        registers = {
            name: FieldState({writer: self._nodes[writer].entry.written(name) for writer in sorted(writers)})
            for name, writers in sorted(self._writers(heads).items())
        }
        conflicts = tuple(name for name, register in registers.items() if not register.is_decided)
        state = registers.pop(STATE_FIELD)
        out_of_place = self._out_of_place(heads, state)
        is_hard = bool(conflicts or out_of_place)
        return RecordState(
            state=state.value,
            state_candidates=state.candidates,
            fields=registers,
            heads=heads,
            severity=Severity.HARD if is_hard else Severity.SOFT if len(heads) > 1 else Severity.NONE,
            conflicts=conflicts,
            actors=self._actors(heads),
            out_of_place=out_of_place,
        )

    def history(self) -> tuple[HistoryRow, ...]:
        """Return the steps that count, each after its base."""
        seen_by_all = self._seen_by_all(self.heads())
        return tuple(
            HistoryRow(
                **{name: getattr(node.entry, name) for name in _HISTORY_MEMBERS},
                is_concurrent=not node.bit & seen_by_all,
            )
            for node in self._nodes.values()
            if node.entry.base
        )

    def _writers(self, base: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
        if len(base) == 1:
            return self._nodes[base[0]].writers
        joined: dict[str, frozenset[str]] = {}
        for hash_ in base:
            for name, writers in self._nodes[hash_].writers.items():
                joined[name] = joined.get(name, frozenset()) | writers
        return {
            name: frozenset(self._unseen_by_each_other(tuple(writers))) if len(writers) > 1 else writers
            for name, writers in joined.items()
        }

    def _actors(self, base: tuple[str, ...]) -> frozenset[tuple[str, str]]:
        return frozenset[tuple[str, str]]().union(*(self._nodes[hash_].actors for hash_ in base))

    def _unseen_by_each_other(self, hashes: tuple[str, ...]) -> tuple[str, ...]:
        nodes = [self._nodes[hash_] for hash_ in sorted(set(hashes))]
        return tuple(
            node.entry.hash
            for node in nodes
            if not any(other.seen & node.bit for other in nodes if other is not node)
        )

    def _seen_by_all(self, heads: tuple[str, ...]) -> int:
        seen = -1
        for head in heads:
            seen &= self._nodes[head].seen
        return seen

    def _out_of_place(self, heads: tuple[str, ...], state: FieldState) -> tuple[str, ...]:
        """Return the concurrent steps without a `to` that the state beside them does not allow.

        A step that the state's writer had seen, or that had seen the writer, was judged with it in view.
        """
        if len(heads) < 2 or not state.is_decided:
            return ()
        seen_by_all = self._seen_by_all(heads)
        seen_by_some = 0
        for head in heads:
            seen_by_some |= self._nodes[head].seen
        seen_by_every_writer = self._seen_by_all(tuple(state.candidates))
        questionable = seen_by_some & ~seen_by_all & ~seen_by_every_writer
        writers = sum(self._nodes[writer].bit for writer in state.candidates)
        return tuple(
            sorted(
                node.entry.hash
                for node in self._nodes.values()
                if node.bit & questionable
                and not node.seen & writers
                and node.entry.to is None
                and node.entry.action != MERGE
                and not self._workflow.allows(node.entry.action, state.value)
            )
        )

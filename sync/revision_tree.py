"""The revision tree of one document: merge, winner, leaves, stemming.

A tree is the union of the paths that were delivered, so any order and grouping of deliveries gives
the same tree. Bodies are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from sync.revision import REVS_LIMIT, Revision

Parents = Mapping[Revision, tuple[Revision, ...]]


class RevisionTree:
    """A value: every operation returns a new tree.

    `parents` maps each known revision to the parents it was seen with: none for a root (or where
    stemming cut), one as a rule. Two peers that claim different parents for one revision give it
    both, so that even then the order of delivery does not matter.
    """

    __slots__ = ("_leaves", "deleted", "parents")

    def __init__(self, parents: Parents, deleted: frozenset[Revision] = frozenset()) -> None:
        self.parents = parents
        self.deleted = deleted
        self._leaves: tuple[Revision, ...] | None = None

    @classmethod
    def of_path(cls, path: Sequence[Revision], *, is_deleted: bool = False) -> RevisionTree:
        """Return the tree of one branch, given newest first."""
        parents: dict[Revision, tuple[Revision, ...]] = {child: (parent,) for child, parent in pairwise(path)}
        parents[path[-1]] = ()
        return cls(parents, frozenset(path[:1]) if is_deleted else frozenset())

    def __contains__(self, revision: Revision) -> bool:
        return revision in self.parents

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RevisionTree):
            return NotImplemented
        return self.parents == other.parents and self.deleted == other.deleted

    def __hash__(self) -> int:
        return hash((frozenset(self.parents.items()), self.deleted))

    def __repr__(self) -> str:
        return f"RevisionTree({', '.join(map(str, self.leaves))})"

    @property
    def leaves(self) -> tuple[Revision, ...]:
        """The ends of all branches, the winner first, deleted ones last.

        Spec: PROTOCOL B28, E66.
        """
        if self._leaves is None:
            inner = {parent for parents in self.parents.values() for parent in parents}
            ends = [revision for revision in self.parents if revision not in inner]
            self._leaves = tuple(sorted(ends, key=self._rank, reverse=True) if len(ends) > 1 else ends)
        return self._leaves

    @property
    def winner(self) -> Revision:
        """The leaf that every replica shows: not deleted, highest generation, greatest digest.

        Spec: PROTOCOL B28, section 1 item 5.
        """
        return self.leaves[0]

    def _rank(self, leaf: Revision) -> tuple[bool, tuple[int, bytes]]:
        return leaf not in self.deleted, leaf.rank

    def merged(self, other: RevisionTree) -> RevisionTree:
        """Return the union of both trees, not stemmed. Commutative, associative, idempotent."""
        parents = dict(self.parents)
        for revision, theirs in other.parents.items():
            ours = parents.get(revision)
            if not ours:
                parents[revision] = theirs
            elif theirs and theirs != ours:
                parents[revision] = tuple(sorted({*ours, *theirs}))
        return RevisionTree(parents, self.deleted | other.deleted)

    def stemmed(self, limit: int = REVS_LIMIT) -> RevisionTree:
        """Return the tree with the newest `limit` revisions of every branch.

        A link survives only when some leaf reaches both its ends within the limit; otherwise what
        is kept would depend on what had been known before.

        Spec: PROTOCOL C43.
        """
        if len(self.parents) <= limit:
            return self
        reached = dict.fromkeys(self.leaves, 0)
        kept: dict[Revision, tuple[Revision, ...]] = {}
        while reached:
            # Generations fall along every branch, so the highest is complete when it is taken.
            revision = max(reached)
            distance = reached.pop(revision)
            is_cut = distance + 1 >= limit
            kept[revision] = () if is_cut else self.parents[revision]
            for parent in kept[revision]:
                reached[parent] = min(distance + 1, reached.get(parent, limit))
        return RevisionTree(kept, self.deleted & kept.keys())

    def without(self, purged: Collection[Revision]) -> RevisionTree | None:
        """Return the tree without these leaves and what leads to them alone; None when nothing is left.

        Spec: PROTOCOL G96.
        """
        kept = self._ancestry((leaf for leaf in self.leaves if leaf not in purged), 1)
        parents = {revision: theirs for revision, theirs in self.parents.items() if revision in kept}
        return RevisionTree(parents, self.deleted & kept) if kept else None

    def history(self, revision: Revision) -> list[Revision]:
        """Return a known revision and its ancestors, newest first."""
        path = [revision]
        while parents := self.parents[path[-1]]:
            path.append(max(parents))
        return path

    def leaves_after(self, revision: Revision) -> list[Revision]:
        """Return the leaves that descend from a known revision, itself if it is one; winner first.

        Spec: PROTOCOL B33.
        """
        return [leaf for leaf in self.leaves if revision in self._ancestry([leaf], revision.generation)]

    def possible_ancestors(self, generation: int) -> list[Revision]:
        """Return the leaves older than `generation`. Spec: PROTOCOL D53."""
        return [leaf for leaf in self.leaves if leaf.generation < generation]

    def _ancestry(self, start: Iterable[Revision], down_to: int) -> set[Revision]:
        found: set[Revision] = set()
        pending = list(start)
        while pending:
            revision = pending.pop()
            if revision.generation >= down_to and revision not in found:
                found.add(revision)
                pending += self.parents[revision]
        return found

"""What replicas must agree on, said naively and without the engine: a document is a set of revisions with
their parents; its branches are walked from every end back to a root."""

from __future__ import annotations

from dataclasses import dataclass, field

Rev = tuple[int, str]
Branch = tuple[Rev, ...]
"""Newest first."""


@dataclass
class NaiveDocument:
    """Everything ever delivered to one replica about one document, less what lies beyond the limit."""

    limit: int
    parents: dict[Rev, Rev | None] = field(default_factory=dict)
    deleted: set[Rev] = field(default_factory=set)

    def deliver(self, branch: Branch, is_deleted: bool) -> None:
        if branch[0] not in self.parents and is_deleted:
            self.deleted.add(branch[0])
        for place, rev in enumerate(branch):
            parent = branch[place + 1] if place + 1 < len(branch) else None
            self.parents[rev] = self.parents.get(rev) or parent
        self._forget_beyond_limit()

    def _forget_beyond_limit(self) -> None:
        branches = [branch[: self.limit] for branch in self.branches()]
        self.parents = {}
        for branch in branches:
            for place, rev in enumerate(branch):
                parent = branch[place + 1] if place + 1 < len(branch) else None
                self.parents[rev] = self.parents.get(rev) or parent
        self.deleted &= set(self.parents)

    def ends(self) -> set[Rev]:
        return set(self.parents) - set(self.parents.values())

    def branches(self) -> set[Branch]:
        return {self.back_from(end) for end in self.ends()}

    def back_from(self, end: Rev) -> Branch:
        walked = [end]
        while self.parents[walked[-1]] is not None:
            walked.append(self.parents[walked[-1]])
        return tuple(walked)

    def winner(self) -> Rev:
        alive = [end for end in self.ends() if end not in self.deleted]
        return max(alive or self.ends())

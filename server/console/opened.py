"""One record as whoever opened it sees it: what the pages of every type of record ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from server.console.due_dates import DueShown
from server.console.look import Look
from server.console.photos import Photo
from server.console.proof import Proof
from server.console.steps import Choice, HistoryLine
from server.readmodel.rows import RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRecord:
    """A feature adds what its type of record has besides; `proof` is for who may see it."""

    row: RecordRow
    look: Look
    history: Sequence[HistoryLine]
    choices: Sequence[Choice]
    due_dates: Sequence[DueShown] = ()
    photos: Sequence[Photo] = ()
    proof: Proof | None = None

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def body(self) -> Mapping[str, Any]:
        return self.row.body

    @property
    def heads(self) -> str:
        return ",".join(self.row.state.heads)

    @property
    def mark(self) -> str:
        """What changes whenever something about the record does: a step, a photo, a receipt."""
        seen = [self.heads, *(photo.state for photo in self.photos), len(self.row.receipts)]
        return sha256("|".join(map(str, seen)).encode()).hexdigest()[:16]

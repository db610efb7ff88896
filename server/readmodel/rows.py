"""What the read model answers with: plain rows, no SQL and no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from server.fold import RecordState

Verdict = Literal["accepted", "held", "refused", "admitted"]
Reason = Mapping[str, Any]
"""`{code, params}`: the words are in the catalog under `reason.<code>` or `flag.<code>`."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What the centre says of one entry. `flags`: the receipt's, then what the chain says."""

    device: str
    entry: int
    hash: str | None
    verdict: Verdict
    reasons: Sequence[Reason]
    flags: Sequence[Reason]
    record: str | None
    media: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return it as `GET /sync/state` tells it to the phone."""
        return {
            "entry": self.entry,
            "hash": self.hash,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "flags": list(self.flags),
            "record": self.record,
            "media": [{"number": file["number"], "state": file["state"]} for file in self.media],
        }


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """`cursor` is opaque; `more` says that the next page has rows already."""

    rows: Sequence[VerdictRow]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class LogAck:
    """`log:<device>` of central. `beyond`: ranges of receipts after a gap."""

    device: str
    through: int
    head: str | None
    beyond: Sequence[Sequence[int]]
    fork: Mapping[str, Any] | None
    epoch: str


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """An entry that is refused or held; `document` is its id in central, `entry` None for opaque bytes."""

    document: str
    device: str
    number: int
    verdict: Verdict
    reasons: Sequence[Reason]
    flags: Sequence[Reason]
    waits_for: Sequence[str]
    received_at: str
    entry: Mapping[str, Any] | None
    receipts: Sequence[Mapping[str, Any]]
    opaque: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step that counts. `number`: the official number that its receipt allots."""

    id: str
    entry: Mapping[str, Any]
    receipts: Sequence[Mapping[str, Any]]
    number: str | None

    @property
    def received_at(self) -> str:
        return str(self.receipts[0]["received_at"])


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record that counts, its folded state, and the steps that made it, oldest arrival first."""

    id: str
    type: str
    entry: Mapping[str, Any]
    parts: Mapping[str, Any]
    log: str
    receipts: Sequence[Mapping[str, Any]]
    flags: Sequence[Reason]
    media: Sequence[Mapping[str, Any]]
    steps: Sequence[StepRow]
    state: RecordState
    number: str | None

    @property
    def body(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = self.entry["body"]
        return body

    @property
    def received_at(self) -> str:
        return str(self.receipts[0]["received_at"])


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """One row of publish's queue; `place` grows."""

    id: str
    place: int

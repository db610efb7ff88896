"""One replication from any Peer to any Peer, once or continuously.

At least once: a document may be written again, never skipped. Only what the target holds durably
moves a checkpoint; what either side refuses is told, kept, and offered again by the next run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from math import inf
from typing import Final

from sync.backoff import Backoff
from sync.clock import Clock, SystemClock
from sync.errors import SyncError
from sync.peer import SEQ_START, Peer, Seq
from sync.replication.batches import Batch, BatchLimits, Question, Refusal, read_batches
from sync.replication.checkpoints import Checkpoints
from sync.replication.read_ahead import read_ahead
from sync.replication.refusals import Refusals, offer_again
from sync.replication.upload import TooFewCopies, Upload, upload_batch

ReadAhead = Callable[[Iterator[Batch]], Generator[Batch, None, None]]

ALL: Final = Question()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and how patient; none of it changes what is replicated."""

    batch_rows: int = 500
    batch_bytes: int = 4_000_000
    checkpoint_s: float = 5.0
    reoffer_s: float = 600.0
    wait_s: float = 25.0
    refusals_kept: int = 1000
    attempts: int = 8
    """Failures in a row, without anything written between, after which a single run gives up."""


@dataclass(slots=True)
class Statistics:
    """Of this run, in CouchDB's words; revisions are counted, not documents."""

    docs_read: int = 0
    docs_written: int = 0
    doc_write_failures: int = 0
    missing_checked: int = 0
    missing_found: int = 0

    def add(self, batch: Batch, upload: Upload) -> None:
        self.docs_read += len(batch.docs)
        self.docs_written += len(upload.arrived)
        self.doc_write_failures += len(batch.refused) + len(upload.refused)
        self.missing_checked += batch.missing_checked
        self.missing_found += batch.missing_found


@dataclass(frozen=True, slots=True)
class Progress:
    """`pending`: rows of the source's feed still to come, None when not known; `trouble`: why it waits."""

    statistics: Statistics
    pending: int | None
    trouble: SyncError | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """`refused` is all that has not arrived, of earlier runs too. `is_recorded`: both peers keep the
    log; where one would not, the next run compares everything again."""

    statistics: Statistics
    refused: list[Refusal] = field(default_factory=list)
    source_last_seq: Seq = SEQ_START
    is_recorded: bool = True
    is_cancelled: bool = False


class Replication:
    """One replication; `run` it in one thread, `cancel` it from any."""

    def __init__(
        self,
        source: Peer,
        target: Peer,
        replication_id: str,
        *,
        question: Question = ALL,
        pace: Pace | None = None,
        clock: Clock | None = None,
        ahead: ReadAhead = read_ahead,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._target = target
        self._question = question
        self._pace = pace or Pace()
        self._clock = clock or SystemClock()
        self._ahead = ahead
        self._on_progress = on_progress
        self._cancelled = threading.Event()
        self._limits = BatchLimits(self._pace.batch_rows, self._pace.batch_bytes)
        self._checkpoints = Checkpoints(source, target, replication_id)
        self._refusals = Refusals(source, target, replication_id, kept=self._pace.refusals_kept)
        self._statistics = Statistics()
        self._started_at: datetime = self._clock.now()
        self._position: Seq = SEQ_START
        self._has_begun = self._is_sure = self._has_opened = self._has_offered = False
        self._recorded_s = self._offered_s = self._clock.monotonic_s()

    @property
    def statistics(self) -> Statistics:
        return self._statistics

    def cancel(self) -> None:
        """End `run` soon: what is being written is finished and recorded."""
        self._cancelled.set()

    def run(self, *, is_continuous: bool = False) -> Result:
        """Replicate until nothing is left, or until cancelled.

        Raises: SyncError when it cannot go on; nothing of what was written is lost, and the next run
        goes on from the last checkpoint. Continuous replication waits instead.
        """
        backoff = Backoff(
            self._clock,
            attempts=None if is_continuous else self._pace.attempts,
            is_patient=is_continuous,
        )
        while not self._cancelled.is_set():
            try:
                self._replicate_changes(backoff)
                if not is_continuous:
                    break
                self._continue_reading_changes()
            except SyncError as error:
                self._is_sure = self._has_offered = False
                # The next batch is recorded at once, so that trouble without end still gets on.
                self._recorded_s = -inf
                delay_s = backoff.delay_s(error)
                if delay_s is None:
                    raise
                self._on_progress(Progress(self._statistics, None, error))
                self._clock.sleep(delay_s, self._cancelled)
        return self._complete()

    def _replicate_changes(self, backoff: Backoff) -> None:
        """Go through the feed once, from where we are to its end. Spec: "Replicate Changes"."""
        self._position = self._find_common_ancestry()
        self._offer_again(backoff)
        batches = self._ahead(
            read_batches(self._source, self._target, self._position, self._question, self._limits)
        )
        try:
            for batch in batches:
                self._write(batch, backoff)
                self._record_when_due(backoff)
                if self._cancelled.is_set():
                    break
            else:
                self._refusals.compared_all()
        finally:
            batches.close()
        self._record_checkpoint(backoff)
        self._refusals.save()

    def _find_common_ancestry(self) -> Seq:
        """Return where to go on. Spec: "Find Common Ancestry"."""
        if self._is_sure:
            return self._position
        if self._has_begun and self._checkpoints.is_as_left():
            position = self._checkpoints.recorded_seq
        else:
            self._has_begun = False  # until all of this is read
            position = self._checkpoints.start()
            if not self._refusals.load(self._checkpoints.lives):
                # More was refused than the list holds: what is missing is found by comparing all.
                position = self._checkpoints.start_over()
            self._has_offered = self._has_opened = False
        self._has_begun = self._is_sure = True
        return position

    def _offer_again(self, backoff: Backoff) -> None:
        """Offer what was refused before: a permission may have been granted since (RELIABILITY T13)."""
        is_due = self._clock.monotonic_s() - self._offered_s >= self._pace.reoffer_s
        if self._has_offered and not is_due:
            return
        for asked, batch in offer_again(self._source, self._target, self._refusals, self._limits):
            refused = {(each.id, each.rev) for each in self._write(batch, backoff)}
            self._refusals.arrived(pair for pair in asked if pair not in refused)
        self._refusals.save()
        self._has_offered, self._offered_s = True, self._clock.monotonic_s()

    def _write(self, batch: Batch, backoff: Backoff) -> list[Refusal]:
        if batch.docs and not self._has_opened:
            # A log on both sides before the first write: a peer set back from now on is noticed.
            self._record_checkpoint(backoff, is_opening=True)
            self._has_opened = True
        try:
            upload = upload_batch(self._target, batch.docs, self._limits)
        except TooFewCopies as error:
            # Written down now: the next run must not take the target's word that it has them.
            self._refusals.add(error.rows)
            self._refusals.save()
            raise
        except SyncError:
            # Perhaps it did take them, in too few copies, and only the answer was lost.
            self._refusals.add(TooFewCopies.of(batch.docs).rows)
            raise
        refused = batch.refused + upload.refused
        self._refusals.add(refused)
        self._refusals.arrived(upload.arrived)
        self._statistics.add(batch, upload)
        self._position = batch.seq or self._position
        if upload.arrived:
            backoff.succeeded()
        self._on_progress(Progress(self._statistics, batch.pending))
        return refused

    def _record_when_due(self, backoff: Backoff) -> None:
        if self._clock.monotonic_s() - self._recorded_s >= self._pace.checkpoint_s:
            self._record_checkpoint(backoff)

    def _record_checkpoint(self, backoff: Backoff, *, is_opening: bool = False) -> None:
        """Spec: "Record Replication Checkpoint"."""
        if self._position == self._checkpoints.recorded_seq and not is_opening:
            return
        self._checkpoints.check()
        self._refusals.save()  # first: what the checkpoint passes must not be forgotten
        self._checkpoints.record(self._position, self._counts(), self._started_at, self._clock.now())
        self._recorded_s = self._clock.monotonic_s()
        backoff.succeeded()

    def _continue_reading_changes(self) -> None:
        """Spec: "Continue Reading Changes"."""
        while not self._cancelled.is_set():
            if self._source.wait(self._position, self._pace.wait_s):
                return
            self._checkpoints.check()  # a target that was set back lacks something though nothing is new here
            if self._clock.monotonic_s() - self._offered_s >= self._pace.reoffer_s:
                return

    def _counts(self) -> dict[str, int]:
        return asdict(self._statistics)

    def _complete(self) -> Result:
        """Spec: "Replication Completed"."""
        return Result(
            self._statistics,
            self._refusals.rows,
            self._position,
            is_recorded=self._checkpoints.is_possible,
            is_cancelled=self._cancelled.is_set(),
        )

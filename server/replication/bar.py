"""A progress bar of a replication on a terminal, nothing where there is none."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import click
from tqdm import tqdm

from server.messages import text
from server.messages.told import one_line
from sync.errors import SyncError
from sync.replication.replicator import Progress


class ReplicationBar:
    """Counts revisions compared; what is still to come is what the source says."""

    def __init__(self, name: str = "") -> None:
        self._bar: Any = tqdm(
            desc=name or text("replication.bar"), unit="rev", leave=False, disable=None, dynamic_ncols=True
        )
        self._trouble: SyncError | None = None

    def __enter__(self) -> ReplicationBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def show(self, progress: Progress) -> None:
        done = progress.statistics.missing_checked
        if progress.pending is not None:
            self._bar.total = done + progress.pending
        self._bar.update(done - self._bar.n)
        self._bar.set_postfix(written=progress.statistics.docs_written, refresh=False)
        self._say(progress.trouble)

    def _say(self, trouble: SyncError | None) -> None:
        """Once for each new trouble: whoever looks knows why nothing moves."""
        if trouble is not None and (self._trouble is None or self._trouble.reason != trouble.reason):
            self._bar.clear()
            said = one_line("replication.waiting", error=trouble.error, reason=trouble.reason)
            click.echo(said, err=True)
        self._trouble = trouble

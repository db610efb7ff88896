"""The one writer of a process: concurrent callers share a transaction, each waits for its commit.

Nothing returns to a caller before the commit that holds it is on disk.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import apsw

from sync.errors import Overloaded, StorageFailed, SyncError
from sync.outcome import Outcome, ThreadOutcome

MAX_GROUP: Final = 64

_FILE_IN_TROUBLE = (apsw.FullError, apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.NoMemError)

T = TypeVar("T")
Job = Callable[[apsw.Connection], T]


class JointJob(Protocol):
    """A job that can be done together with others that `joins` the same: fewer statements for all of them.

    When that raises, nothing of it is kept, and each is tried alone.
    """

    @property
    def joins(self) -> Hashable: ...

    def __call__(self, connection: apsw.Connection, /) -> Any: ...

    def together(self, connection: apsw.Connection, jobs: Sequence[Any], /) -> Sequence[Any]: ...


class _Asked(NamedTuple):
    job: Job[Any]
    outcome: Outcome
    leaves_chores: bool


_Done = tuple[Outcome, Any, BaseException | None]


class Writer:
    """Runs jobs one after another in its own thread, many to a commit; `connection` is its own.

    A job that raises leaves no trace and does not touch its neighbours. `on_commit` is told, in
    the writer's thread, which databases a commit touched. `on_idle` does a little housekeeping in
    the background and returns whether there is more: after the start, and after a job that leaves some.
    """

    def __init__(
        self,
        connection: apsw.Connection,
        *,
        on_commit: Callable[[dict[str, int]], None],
        on_idle: Callable[[apsw.Connection], bool],
        max_waiting: int = 10_000,
        new_outcome: Callable[[], Outcome] = ThreadOutcome,
    ) -> None:
        self._connection = connection
        self._on_commit = on_commit
        self._on_idle = on_idle
        self._max_waiting = max_waiting
        self._new_outcome = new_outcome
        self._queue: deque[_Asked] = deque()
        self._has_work = threading.Condition()
        self._is_closing = False
        self._broken: str | None = None
        self._owes_chores = True
        self._moment: int | None = None
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def run(self, job: Job[T], *, leaves_chores: bool = False) -> T:
        """Run `job` in a transaction and return its result once that is on disk.

        Raises: StorageFailed, Overloaded, or what the job raised.
        """
        if os.getpid() != self._pid:
            raise StorageFailed("The database was opened before this process was forked; open it after.")
        outcome = self._new_outcome()
        with self._has_work:
            if self._is_closing:
                raise StorageFailed("The database file is closed.")
            if len(self._queue) >= self._max_waiting:
                raise Overloaded("Too many writes are waiting.")
            self._queue.append(_Asked(job, outcome, leaves_chores))
            self._has_work.notify()
        result: T = outcome.result()
        return result

    def close(self) -> None:
        """Finish what is queued, then close the connection."""
        with self._has_work:
            self._is_closing = True
            self._has_work.notify()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        try:
            self._serve()
        finally:
            # Also after a defect here: whoever waits must hear of it rather than wait for ever.
            with self._has_work:
                self._is_closing = True
                left = [asked.outcome for asked in self._queue]
            for outcome in left:
                outcome.set_exception(StorageFailed("The writer of the database file has stopped."))

    def _serve(self) -> None:
        is_chore_due = True
        while True:
            group = self._next_group(wait=not is_chore_due)
            if group:
                self._commit(group)
                is_chore_due = self._owes_chores
            elif self._is_closing:
                return
            else:
                is_chore_due = self._do_chore()

    def _next_group(self, *, wait: bool) -> list[_Asked]:
        with self._has_work:
            while wait and not self._queue and not self._is_closing:
                self._has_work.wait()
            return [self._queue.popleft() for _ in range(min(len(self._queue), MAX_GROUP))]

    def _commit(self, group: list[_Asked]) -> None:
        try:
            if self._broken:
                raise StorageFailed(self._broken)
            self._connection.execute("BEGIN IMMEDIATE")
            if self._moment is None:
                self._moment = _latest_moment(self._connection)
            done = self._do(group)
            touched = _touched_since(self._connection, self._moment)
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - it is handed to every caller of the group
            self._roll_back()
            failure = self._translated(error)
            for asked in group:
                asked.outcome.set_exception(failure)
            return
        self._owes_chores |= any(asked.leaves_chores for asked in group)
        try:
            if touched:
                self._moment = max(touched.values())
                self._on_commit(touched)
        finally:
            for outcome, result, failure_of_job in done:
                if failure_of_job is None:
                    outcome.set_result(result)
                else:
                    outcome.set_exception(failure_of_job)

    def _do(self, group: list[_Asked]) -> list[_Done]:
        """Run the jobs: as one where they can be, else each in a savepoint of its own."""
        joint = _joint(group)
        if joint is None:
            return [(asked.outcome, *self._attempt(asked.job)) for asked in group]
        try:
            results = joint([asked.job for asked in group], self._connection)
        except Exception as error:
            if isinstance(error, _FILE_IN_TROUBLE) or not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK")
            if len(group) == 1:
                return [(group[0].outcome, None, error)]
            self._connection.execute("BEGIN IMMEDIATE")
            return [(asked.outcome, *self._attempt(asked.job)) for asked in group]
        return [(asked.outcome, result, None) for asked, result in zip(group, results, strict=True)]

    def _attempt(self, job: Job[Any]) -> tuple[Any, BaseException | None]:
        self._connection.execute("SAVEPOINT job")
        try:
            result = job(self._connection)
        except Exception as error:  # handed to the caller of this job
            if isinstance(error, _FILE_IN_TROUBLE) or not self._connection.in_transaction:
                raise
            self._connection.execute("ROLLBACK TO job; RELEASE job")
            return None, error
        self._connection.execute("RELEASE job")
        return result, None

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except apsw.Error as error:
            self._broken = f"The database file could not be rolled back: {error}"

    def _translated(self, error: BaseException) -> SyncError:
        if isinstance(error, SyncError):
            return error
        if isinstance(error, (apsw.BusyError, apsw.LockedError)):
            return Overloaded("The database file is busy.")
        code = getattr(error, "extendedresult", 0)
        if code in (apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC):
            # After a failed fsync the kernel may have dropped the pages: only a fresh start can tell.
            self._broken = "The disk refused to keep a write; nothing more is accepted before a restart."
        return StorageFailed(f"The write could not be stored: {error}")

    def _do_chore(self) -> bool:
        """One small transaction of housekeeping; it is tried again after the next write."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            has_more = self._on_idle(self._connection)
            self._connection.execute("COMMIT")
        except apsw.Error:
            self._roll_back()
            return False
        self._owes_chores = has_more
        return has_more


def _joint(group: list[_Asked]) -> Callable[[list[Any], apsw.Connection], Sequence[Any]] | None:
    """Return how the whole group is done in one go; None where its jobs have nothing in common."""
    first: Any = group[0].job
    if len(group) == 1:
        return lambda jobs, connection: [jobs[0](connection)]
    joins = getattr(first, "joins", None)
    if joins is None or any(getattr(asked.job, "joins", None) != joins for asked in group):
        return None
    return lambda jobs, connection: first.together(connection, jobs)


def _latest_moment(connection: apsw.Connection) -> int:
    return connection.execute("SELECT coalesce(max(moment), 0) FROM activity").get  # type: ignore[no-any-return]


def _touched_since(connection: apsw.Connection, moment: int) -> dict[str, int]:
    return dict(connection.execute("SELECT name, moment FROM activity WHERE moment > ?", (moment,)))


def touch(connection: apsw.Connection, name: str) -> None:
    """Note inside a job that `name` changed, for followers here and in other processes."""
    connection.execute(
        "INSERT INTO activity SELECT ?, coalesce(max(moment), 0) + 1 FROM activity WHERE true"
        " ON CONFLICT (name) DO UPDATE SET moment = excluded.moment",
        (name,),
    )

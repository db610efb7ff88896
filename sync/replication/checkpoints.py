"""Where a replication stands, written down on both peers: target first, so that the source's log is
never ahead of what the target holds.

Believes nothing that it did not write itself or find on both sides: a peer that was set back, made
again, or served by another replicator meanwhile sends the replication back to comparing logs.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from sync.errors import SyncError
from sync.peer import SEQ_START, Document, Peer, Seq
from sync.replication.log import Lives, ReplicationLog, Session, startup_checkpoint, with_session
from sync.replication.refusals import READ_ONLY


class PeerChanged(SyncError):
    """A peer is not the one that replication began with: logs must be compared again."""

    status = 409
    error = "peer_changed"
    is_retryable = True


class Checkpoints:
    """The logs of one replication; `start` once for each beginning, then `record`."""

    def __init__(self, source: Peer, target: Peer, replication_id: str) -> None:
        self._source = source
        self._target = target
        self._id = replication_id
        self._lives: Lives = ("", "")
        self._session = Session("", SEQ_START, 0)
        self._start_seq = SEQ_START
        self._logs: tuple[ReplicationLog | None, ReplicationLog | None] = (None, None)
        self.is_possible = True

    @property
    def lives(self) -> Lives:
        return self._lives

    @property
    def recorded_seq(self) -> Seq:
        return self._session.recorded_seq

    def start(self, session_id: str | None = None) -> Seq:
        """Begin a session and return the source seq to go on from.

        Raises: DatabaseNotFound. Spec: "Verify Peers", "Find Common Ancestry".
        """
        self._lives = self._read_lives()
        self._logs = self._read_logs()
        self._start_seq = startup_checkpoint(*self._logs)
        self._session = Session(session_id or uuid.uuid4().hex, self._start_seq, 0)
        return self._start_seq

    def start_over(self) -> Seq:
        """Go on from the beginning, whatever the logs agree on."""
        self._start_seq = SEQ_START
        self._session = Session(self._session.session_id, SEQ_START, 0)
        return SEQ_START

    def check(self) -> None:
        """Raises: PeerChanged when either peer is not what it was when this session last wrote."""
        if self._read_lives() != self._lives:
            raise PeerChanged("A database was made again or restored while it was replicated.")
        for before, now in zip(self._logs, self._read_logs(), strict=True):
            if _sessions(before) != _sessions(now):
                raise PeerChanged("A replication log is not as this replication left it.")

    def is_as_left(self) -> bool:
        """Whether both peers are what they were when this session last wrote."""
        try:
            self.check()
        except PeerChanged:
            return False
        return True

    def record(self, seq: Seq, counts: Mapping[str, int], started_at: datetime, now: datetime) -> None:
        """Write `seq` on both peers; all up to it is durable on the target.

        Raises: PeerChanged. Spec: "Record Replication Checkpoint".
        """
        session = Session(self._session.session_id, seq, self._session.checkpoint + 1)
        entry: dict[str, Any] = {
            "start_time": _http_date(started_at),
            "end_time": _http_date(now),
            "start_last_seq": self._start_seq,
            "end_last_seq": seq,
            **counts,
        }
        target = self._put(self._target, self._logs[1], session, entry)
        self._logs = (self._logs[0], target)
        source = self._put(self._source, self._logs[0], session, entry)
        self._logs = (source, target)
        self._session = session

    def _put(
        self, peer: Peer, log: ReplicationLog | None, session: Session, entry: Mapping[str, Any]
    ) -> ReplicationLog | None:
        document = with_session(log, session, self._lives, entry)
        try:
            peer.put_local(self._id, document)
        except READ_ONLY:
            # Replication goes on without: every run then compares everything.
            self.is_possible = False
            return log
        return ReplicationLog.of(document, self._lives)

    def _read_lives(self) -> Lives:
        return self._source.info().instance_start_time, self._target.info().instance_start_time

    def _read_logs(self) -> tuple[ReplicationLog | None, ReplicationLog | None]:
        found = (self._get(self._source), self._get(self._target))
        return ReplicationLog.of(found[0], self._lives), ReplicationLog.of(found[1], self._lives)

    def _get(self, peer: Peer) -> Document | None:
        try:
            return peer.get_local(self._id)
        except READ_ONLY:
            self.is_possible = False
            return None


def _sessions(log: ReplicationLog | None) -> Session | None:
    return log.sessions[0] if log is not None and log.sessions else None


def _http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)

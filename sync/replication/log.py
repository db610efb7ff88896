"""The replication log that each peer keeps in a `_local` document, and what two of them agree on.

A log belongs to one life of both databases: what it says of another life is not believed. Fields
that it does not know are kept as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.peer import SEQ_START, Seq
from sync.replication.replication_id import VERSION

HISTORY_LIMIT: Final = 50

Lives = tuple[str, str]
"""`instance_start_time` of source and target."""


@dataclass(frozen=True, slots=True)
class Session:
    """One run as a log knows it. `checkpoint` counts those recorded in it: of two logs of one
    session the lower count is behind, which opaque seqs cannot tell."""

    session_id: str
    recorded_seq: Seq
    checkpoint: int


@dataclass(frozen=True, slots=True)
class ReplicationLog:
    """`sessions` of these lives, newest first; `document` is the log as it was read."""

    sessions: tuple[Session, ...]
    document: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any] | None, lives: Lives) -> ReplicationLog | None:
        """Return what a `_local` document says; None where there is none. Garbage says nothing."""
        if document is None:
            return None
        history = document.get("history")
        entries = history if isinstance(history, list) else []
        return cls(tuple(s for s in (_session(entry, lives) for entry in entries) if s), document)

    @property
    def session_id(self) -> str | None:
        return self.sessions[0].session_id if self.sessions else None

    @property
    def newest(self) -> Session | None:
        return self.sessions[0] if self.sessions else None


def startup_checkpoint(source: ReplicationLog | None, target: ReplicationLog | None) -> Seq:
    """Return the source seq from which replication may safely resume.

    A log is None when its peer answered 404. SEQ_START means full replication.

    Spec: CouchDB Replication Protocol v3, "Compare Replication Logs"; PROTOCOL F84, F86.
    """
    if source is None or target is None:
        return SEQ_START
    kept_by_target = {session.session_id: session for session in target.sessions}
    for session in source.sessions:  # newest first
        other = kept_by_target.get(session.session_id)
        if other is not None and (agreed := _agreed_seq(session, other)) is not None:
            return agreed
    return SEQ_START


def _agreed_seq(ours: Session, theirs: Session) -> Seq | None:
    # The source's word alone would skip what a target lost that was set back within a session
    # (restored from a backup): whichever counts fewer checkpoints is behind.
    if ours.recorded_seq == theirs.recorded_seq or ours.checkpoint < theirs.checkpoint:
        return ours.recorded_seq
    return theirs.recorded_seq if theirs.checkpoint < ours.checkpoint else None


def with_session(
    log: ReplicationLog | None, session: Session, lives: Lives, entry: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the document to write: `session` on top of the history that this peer had.

    `entry` holds what else is told of the session (times, counts). Each peer keeps its own history:
    copying the other's would claim checkpoints that this one never had.

    Spec: CouchDB Replication Protocol v3, "Record Replication Checkpoint".
    """
    kept = dict(log.document) if log is not None else {}
    history = kept.get("history")
    older = [
        old
        for old in (history if isinstance(history, list) else [])
        if not (isinstance(old, Mapping) and old.get("session_id") == session.session_id)
    ]
    newest = dict(entry) | {
        "session_id": session.session_id,
        "recorded_seq": session.recorded_seq,
        "checkpoint": session.checkpoint,
        "source_instance": lives[0],
        "target_instance": lives[1],
    }
    kept.pop("_id", None)
    kept.pop("_rev", None)
    return kept | {
        "session_id": session.session_id,
        "source_last_seq": session.recorded_seq,
        "replication_id_version": VERSION,
        "history": [newest, *older][:HISTORY_LIMIT],
    }


def _session(entry: object, lives: Lives) -> Session | None:
    if not isinstance(entry, Mapping):
        return None
    if (entry.get("source_instance"), entry.get("target_instance")) != lives:
        return None
    session_id, recorded, checkpoint = (
        entry.get("session_id"),
        entry.get("recorded_seq"),
        entry.get("checkpoint"),
    )
    if not (isinstance(session_id, str) and isinstance(recorded, str) and type(checkpoint) is int):
        return None
    return Session(session_id, recorded, checkpoint)

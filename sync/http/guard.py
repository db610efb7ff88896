"""Who may do what, asked once per request by the HTTP face; the server hands in the answerer.

There is no default that allows: a blueprint without a guard cannot be made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from flask import Request


class Endpoint(StrEnum):
    """What a request touches, however its URL was spelt."""

    WELCOME = "welcome"  # GET /
    UP = "up"
    SESSION = "session"
    UUIDS = "uuids"
    SERVER = "server"  # _all_dbs, _dbs_info, _active_tasks, the quarantine, …
    DATABASES = "databases"  # PUT, DELETE /db
    DATABASE = "database"  # GET, HEAD /db
    DATABASE_ADMIN = "database_admin"  # _compact, _purge, writing _security …
    SECURITY = "security"  # reading it
    CHANGES = "changes"
    ALL_DOCS = "all_docs"
    BULK_GET = "bulk_get"
    REVS_DIFF = "revs_diff"
    BULK_DOCS = "bulk_docs"
    DOCUMENT_READ = "document_read"
    DOCUMENT_WRITE = "document_write"
    LOCAL_READ = "local_read"
    LOCAL_WRITE = "local_write"
    FULL_COMMIT = "full_commit"


@dataclass(frozen=True, slots=True)
class Access:
    """What a permitted request may see.

    current_leaves_only: old revisions, tombstones' bodies and _local documents of others answer
    exactly as unknown ones do (the rule for devices).
    check_row: asked about every document that is to be written; raises Forbidden or Unauthorized
    for one that this caller may not write. The others of its batch are written.
    """

    current_leaves_only: bool = True
    check_row: Callable[[Mapping[str, Any]], None] | None = None


class Guard(Protocol):
    def check(self, request: Request, endpoint: Endpoint, database: str | None, doc_id: str | None) -> Access:
        """Return what this request may see; called before anything else is looked at.

        Raises: Unauthorized, Forbidden. For a database that is not granted the answer is the same
        whether it exists or not.
        """

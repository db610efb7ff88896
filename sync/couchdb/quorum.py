"""Knowing whether a write of replicated revisions has enough copies, which CouchDB does not tell.

An ordinary edit below quorum is answered 202 and `accepted`; a replicated one is answered 201 with a
single copy. So witnesses are written before and after the batch: one `_local` document in each shard
range, by ordinary edits. Where any of them has too few copies, the whole batch counts as having too few.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from sync.couchdb.address import quoted_id
from sync.couchdb.asking import Asking
from sync.errors import SyncError

MAX_TRIES: Final = 512
WITNESS: Final = "_local/quorum"
EVERY_COPY: Final = 9
"""More than there are."""


class Witnesses:
    """Of one database. Nodes are asked nothing where there is but one copy, or no cluster at all."""

    def __init__(self, database: Asking) -> None:
        self._database = database
        self._ids: list[str] | None = None
        self._lives = ""

    def are_heard(self, copies: int | None = None) -> bool:
        """Return whether a write to every range just now got enough copies. Raises: SyncError.

        `copies`: how many are waited for; more than there are mean each node that is up.
        """
        ids = self._witness_ids()
        if not ids:
            return True
        docs = [{"_id": doc_id, "at": secrets.token_hex(8)} for doc_id in ids]
        asked = {} if copies is None else {"w": copies}
        rows = self._database.ask("POST", "_bulk_docs", asked, {"docs": docs}).json()
        return all(row.get("ok") and not row.get("accepted") for row in rows)

    def _witness_ids(self) -> list[str]:
        info = self._database.ask("GET").json()
        if self._ids is None or self._lives != info["instance_start_time"]:
            self._ids, self._lives = self._find(info.get("cluster") or {}), info["instance_start_time"]
        return self._ids

    def _find(self, cluster: dict[str, Any]) -> list[str]:
        """Return one id for each shard range; none where a single copy is all there ever is."""
        if int(cluster.get("n", 1)) == 1:
            return []
        by_range: dict[str, str] = {}
        for number in range(MAX_TRIES):
            doc_id = f"{WITNESS}-{number}"
            shard = self._database.ask("GET", f"_shards/{quoted_id(doc_id).replace('/', '%2F')}").json()
            by_range.setdefault(shard["range"], doc_id)
            if len(by_range) == int(cluster["q"]):
                return list(by_range.values())
        raise SyncError("No document id could be found for every shard of the database.")

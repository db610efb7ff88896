"""The name under which both peers keep the log of one replication."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

VERSION = 1


class Place(NamedTuple):
    """A database by what stays the same over restarts, addresses and ports."""

    server_uuid: str
    database: str


def replication_id(
    source: Place,
    target: Place,
    *,
    doc_ids: Sequence[str] | None = None,
    selector: Mapping[str, Any] | None = None,
) -> str:
    """Return 32 hex digits: the same question between the same databases has the same log.

    Whatever chooses documents is part of it, whatever only changes the pace is not.

    Spec: CouchDB Replication Protocol v3, "Generate Replication ID".
    """
    question = {
        "version": VERSION,
        "source": list(source),
        "target": list(target),
        "doc_ids": sorted(set(doc_ids)) if doc_ids is not None else None,
        "selector": selector,
    }
    text = json.dumps(question, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]

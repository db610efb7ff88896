"""The documents of the benchmark: 578 bytes of a check event, as a phone would write it."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

Document = dict[str, Any]
BYTES = 578
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def name(kind: str, number: int) -> str:
    """Return an id as phones make them, a ULID: later ones sort behind earlier ones."""
    digits = "".join(CROCKFORD[number >> shift & 31] for shift in range(40, -5, -5))
    return f"{kind}:01kaqzyxwvtsrqpnm{digits}"


def document(number: int, generation: int = 1) -> Document:
    """Return one document with the revision that any peer would have given it."""
    body: Document = {
        "type": "check_event",
        "kind": "in" if number % 2 else "out",
        "order": name("service_order", number % 50),
        "station": name("station", number % 16),
        "at": f"2026-11-{1 + number % 28:02d}T{number % 24:02d}:05:00.123+08:00",
        "fix": {
            "lat": 36.5 + number / 1e6,
            "lng": 116.7 + number / 1e6,
            "accuracy_m": 8.5,
            "datum": "WGS-84",
        },
        "note": "护堤护坝，清理垃圾。",
        "hash": hashlib.sha256(str(number).encode()).hexdigest(),
    }
    return {"_id": name("check_event", number), **body, "pad": "x" * 149, "generation": generation}


def revision(number: int, generation: int = 1) -> str:
    return f"{generation}-{hashlib.md5(f'{number}.{generation}'.encode()).hexdigest()}"


def replicated(number: int) -> Document:
    """Return the document as a replicator sends it."""
    rev = revision(number)
    return {**document(number), "_rev": rev, "_revisions": {"start": 1, "ids": [rev.split("-")[1]]}}


def batches(first: int, count: int, size: int) -> list[bytes]:
    """Return bodies of `_bulk_docs` as a replicator sends them."""
    return [
        orjson.dumps(
            {
                "new_edits": False,
                "docs": [replicated(n) for n in range(start, min(start + size, first + count))],
            }
        )
        for start in range(first, first + count, size)
    ]

"""What became of the files that an entry names, as central tells it beside the entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sync.peer import Document

EXPECTED = "expected"
PREFIX = "media:"


def arrival_ids(log: str, entry: Mapping[str, Any] | None) -> list[str]:
    """Return the ids in `logs` under which the arrivals of the entry's files stand."""
    return [f"{PREFIX}{log}:{number}" for number in range(1, len(_files(entry)) + 1)]


def media_states(
    log: str,
    entry: Mapping[str, Any] | None,
    arrivals: Mapping[str, Document],
    before: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return `{number, state, sha256, size, type}` of each file: as it arrived, or as it was told before."""
    known = {file["number"]: dict(file) for file in before}
    found = []
    for number, file in enumerate(_files(entry), 1):
        told = file if isinstance(file, Mapping) else {}
        promised = {name: told.get(name) for name in ("sha256", "size", "type")}
        state = known.get(number, {"number": number, "state": EXPECTED, **promised})
        arrival = arrivals.get(f"{PREFIX}{log}:{number}")
        if arrival is not None:
            state = {"number": number, **promised}
            state |= {name: arrival[name] for name in ("state", "received_at", "reason") if name in arrival}
        found.append(state)
    return found


def log_of_arrival(arrival_id: str) -> str:
    """Return the log id of the entry that names the file."""
    return arrival_id.removeprefix(PREFIX).rpartition(":")[0]


def _files(entry: Mapping[str, Any] | None) -> Sequence[Any]:
    body = entry.get("body") if entry is not None else None
    files = body.get("media") if isinstance(body, Mapping) else None
    return files[:99] if isinstance(files, list) else []

"""Differences that are meant, told by what they look like; each names its line of sync/QUIRKS.md.

After one that leaves the two servers with different data the rest of a sequence says nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.recorded.probe import Probe

_NAMED_BY_SERVER = re.compile(r"(\d+)-(<hex \d+>)")


@dataclass(frozen=True, slots=True)
class Excuse:
    quirk: int
    is_last: bool = False


def in_one_order(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with leaves sorted as text: their order is ours (QUIRKS 56)."""
    body = answer.get("json")
    if isinstance(body, list):
        return answer | {"json": sorted(body, key=repr)}
    if isinstance(body, dict) and isinstance(body.get("results"), list):
        results = [
            each | {"docs": sorted(each["docs"], key=repr)} if isinstance(each.get("docs"), list) else each
            for each in body["results"]
        ]
        return answer | {"json": body | {"results": results}}
    if isinstance(body, dict):
        rest = {name: _sorted_missing(value) for name, value in body.items()}
        return answer | {"json": rest}
    return answer


def _sorted_missing(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("missing"), list):
        return {name: sorted(found) for name, found in value.items()}
    return value


class ServersNames:
    """Which revisions of which document the server itself named so far."""

    def __init__(self) -> None:
        self._named: dict[str, set[tuple[str, str]]] = {}

    def note(self, answer: Any) -> None:
        for row in answer if isinstance(answer, list) else [answer]:
            if isinstance(row, dict) and row.get("ok") and "rev" in row:
                self._named.setdefault(row.get("id", ""), set()).update(_NAMED_BY_SERVER.findall(row["rev"]))

    def compete(self) -> bool:
        """Whether a document has two of one generation: which of them wins is each server's own matter."""
        return any(len(found) > len({number for number, _ in found}) for found in self._named.values())


def excuse(probe: Probe, ours: dict[str, Any], names: ServersNames) -> Excuse | None:
    """Return why our answer may be another one, or None."""
    method, status, theirs = probe.request["method"], ours["status"], probe.answer["status"]
    if method == "PUT" and "/_local/" in probe.request["path"] and status == theirs == 201:
        return Excuse(21)
    if "/_local/" in probe.request["path"] and status == theirs == 200:
        return Excuse(21)
    if names.compete():
        return Excuse(18, is_last=True)
    if probe.request["path"].endswith("/_bulk_docs") and isinstance(ours.get("json"), list):
        return _excuse_of_batch(probe.answer["json"], ours["json"])
    if method == "PUT" and (theirs, status) == (201, 409):
        return Excuse(13, is_last=True)
    return None


def _excuse_of_batch(theirs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> Excuse | None:
    """A row that only one of both took: an edit of what is not there."""
    for they, we in zip(theirs, ours, strict=False):
        if "ok" in they and we.get("error") == "conflict":
            return Excuse(13, is_last=True)
    return None

"""Photos of a record as pages show them: what was declared, and what has arrived of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.readmodel.rows import RecordRow


@dataclass(frozen=True, slots=True)
class Photo:
    """`state` is `verified`, `mismatch`, `refused`, or `awaited` while the bytes have not come."""

    record: str
    number: int
    state: str
    declared: Mapping[str, Any]

    @property
    def thumb_url(self) -> str:
        return f"{self.url}?size=thumb"

    @property
    def url(self) -> str:
        return f"/media/{self.record}/{self.number}"

    @property
    def original_url(self) -> str:
        return f"{self.url}/original"

    @property
    def is_shown(self) -> bool:
        return self.state == "verified"


def photos_of(row: RecordRow) -> list[Photo]:
    """Return the files that the entry declares, in its order."""
    arrived = {file["number"]: file["state"] for file in row.media}
    return [
        Photo(row.id, number, _state(arrived.get(number)), declared)
        for number, declared in enumerate(row.body.get("media", ()), start=1)
    ]


def _state(state: str | None) -> str:
    return state if state in {"verified", "mismatch", "refused"} else "awaited"

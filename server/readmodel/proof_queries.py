"""What stands around one entry in its log, for the chain proof."""

from __future__ import annotations

from server.readmodel import ReadModel


def hash_before(model: ReadModel, device: str, number: int) -> str | None:
    """Return the hash of the entry before this one in the log, or None while it has not arrived."""
    found = model.select(
        "SELECT hash FROM entry WHERE device = ? AND number = ? AND is_extra = 0", (device, number - 1)
    )
    return found[0][0] if found else None


def documents_of_hash(model: ReadModel, entry_hash: str) -> list[str]:
    """Return the central ids of what has this hash: more than one means it came twice."""
    return [row[0] for row in model.select("SELECT document FROM entry WHERE hash = ?", (entry_hash,))]

"""How much one document may be: settings of the engine, told in clear errors when one is met."""

from __future__ import annotations

from dataclasses import dataclass

from sync.document import MAX_ID_BYTES
from sync.revision import MAX_GENERATION


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """`leaves`: revisions beside each other in one document that replication may bring, tombstones
    included; a longer branch is always taken.

    `waiting_writes`: callers in the queue of the writer, beyond which more are answered Overloaded.
    They bound what is written from now on; what was stored under others stays readable.
    """

    document_bytes: int = 8_000_000
    depth: int = 200
    leaves: int = 1000
    generation: int = MAX_GENERATION
    id_bytes: int = MAX_ID_BYTES
    waiting_writes: int = 10_000

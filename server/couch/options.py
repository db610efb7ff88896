"""What `liandong couch` was started with, and how it reaches the process that serves."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from server.couch.limits import CouchLimits


@dataclass(frozen=True, kw_only=True)
class CouchOptions:
    """`admins` and `members` map names to passwords, which are kept nowhere else."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 5984
    workers: int = 1
    admins: Mapping[str, str] = field(default_factory=dict, repr=False)
    members: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: CouchLimits = field(default_factory=CouchLimits)

    def send(self) -> int:
        """Return a descriptor from which another process receives these: no list shows a password."""
        reading, writing = os.pipe()
        os.set_inheritable(reading, True)
        with os.fdopen(writing, "w") as pipe:
            json.dump(asdict(self) | {"data": str(self.data)}, pipe)
        return reading

    @staticmethod
    def receive(descriptor: int) -> CouchOptions:
        with os.fdopen(descriptor) as pipe:
            sent = json.load(pipe)
        return CouchOptions(**sent | {"data": Path(sent["data"]), "limits": CouchLimits(**sent["limits"])})

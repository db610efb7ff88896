"""PouchDB 9 in Node, as the tests of replication talk to it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CLIENT = HERE.parents[1] / "client"


class Pouch:
    """One process with any number of databases in memory."""

    def __init__(self) -> None:
        node = [sys.executable, "-m", "server.node", "node"]
        command = [*node, str(HERE / "pouch.mjs"), str(CLIENT / "package.json")]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, command: str, **options: object) -> dict[str, Any]:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"command": command, **options}) + "\n")
        self._node.stdin.flush()
        answer: dict[str, Any] = json.loads(self._node.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._node.stdin is not None
        self._node.stdin.close()
        self._node.wait(timeout=20)

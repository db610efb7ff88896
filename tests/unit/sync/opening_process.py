"""A process that opens an engine file when it is told to, and prints which server that is."""

from __future__ import annotations

import sys
from pathlib import Path

from sync.sqlite import open_server


def main(path: str) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    server = open_server(Path(path))
    server.ensure("logs")
    print(server.uuid, flush=True)
    server.close()


if __name__ == "__main__":
    main(sys.argv[1])

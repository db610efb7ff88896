"""A process that writes to an engine file and prints what was acknowledged, until it is killed.

Run as `python writing_process.py FILE NAME THREADS`; each printed line is `<thread> <count>`.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from sync.sqlite import open_server


def main(path: str, name: str, threads: int) -> None:
    peer = open_server(Path(path)).ensure("logs")
    printing = threading.Lock()

    def write(thread: int) -> None:
        count = 0
        while True:
            rows = peer.bulk_docs(
                [{"_id": f"{name}:{thread}:{count}:{row}", "v": "x" * 300} for row in range(5)]
            )
            assert all(row.is_ok for row in rows)
            with printing:
                sys.stdout.write(f"{thread} {count}\n")
                sys.stdout.flush()
            count += 1

    for thread in range(threads):
        threading.Thread(target=write, args=(thread,)).start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

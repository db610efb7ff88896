"""`make bench`: the figures of phone, server, rules on sessions and replication layer, with the machine."""

from __future__ import annotations

import subprocess
import sys

PARTS = ("phone", "server_load", "sessions", "boards", "leads", "couch", "couch.scale", "feeds", "bundle")


def main() -> int:
    """Run every part, also after one that failed; the worst exit code counts."""
    return max(subprocess.call([sys.executable, "-m", f"tests.bench.{part}"]) for part in PARTS)


if __name__ == "__main__":
    raise SystemExit(main())

"""Compactions under way in this process: each in a thread of its own, while clients work."""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

from sync.peer import Server

_log = logging.getLogger(__name__)


class Compactions:
    """At most one for each database."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._began_s: dict[str, int] = {}
        self._lock = threading.Lock()

    def start(self, name: str) -> None:
        """Begin to compact `name`, unless that is under way. Raises: DatabaseNotFound."""
        peer = self._server.open(name)
        with self._lock:
            if name in self._began_s:
                return
            self._began_s[name] = int(time.time())

        def run() -> None:
            try:
                peer.compact()
            except Exception:  # noqa: BLE001 - nobody waits for this thread; the log is where it is seen
                _log.exception("The compaction of %s failed", name)
            finally:
                with self._lock:
                    del self._began_s[name]

        threading.Thread(target=run, name=f"compaction of {name}", daemon=True).start()

    def is_running(self, name: str) -> bool:
        return name in self._began_s

    def tasks(self) -> list[dict[str, Any]]:
        """Those under way, as `_active_tasks` tells them."""
        with self._lock:
            running = list(self._began_s.items())
        pid = f"<0.{os.getpid()}.0>"
        return [
            {"type": "database_compaction", "database": name, "node": "nonode@nohost", "pid": pid}
            | {"started_on": began_s, "updated_on": int(time.time())}
            for name, began_s in running
        ]

"""One server asked over HTTP in JSON, whichever make it is, and what its databases hold."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import urllib3

Leaves = dict[str, dict[str, dict[str, Any]]]


class Remote:
    """`url` carries name and password of an administrator."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = url.rstrip("/")
        self._base = f"{parts.scheme}://{parts.hostname}:{parts.port}"
        self._headers = urllib3.make_headers(basic_auth=f"{parts.username}:{parts.password}")
        self._pool = urllib3.PoolManager()
        self._made: set[str] = set()

    def __call__(self, method: str, path: str, body: Any = None, *, accept: tuple[int, ...] = ()) -> Any:
        """Return the answer's JSON. A status of 400 or more fails unless it is accepted."""
        answer = self._pool.request(
            method, self._base + path, json=body, headers=dict(self._headers), retries=False, timeout=120
        )
        assert answer.status < 400 or answer.status in accept, (answer.status, answer.data)
        return answer.json()

    def make(self, name: str) -> str:
        """Make an empty database and return its path."""
        self.remove(name)
        self("PUT", f"/{name}")
        return f"/{name}"

    def remove(self, name: str) -> None:
        """Make sure that there is none, now and in the end."""
        self("DELETE", f"/{name}", accept=(404,))
        self._made.add(name)

    def clear(self) -> None:
        for name in self._made:
            self("DELETE", f"/{name}", accept=(404,))

    def write(self, path: str, docs: list[dict[str, Any]], *, new_edits: bool = True) -> list[Any]:
        rows: list[Any] = self("POST", f"{path}/_bulk_docs", {"docs": docs, "new_edits": new_edits})
        return rows

    def leaves(self, path: str) -> Leaves:
        """Return every leaf of every document, bodies and paths too: what a replica must have alike."""
        rows = self("GET", f"{path}/_changes?style=all_docs")["results"]
        asked = [{"id": row["id"], "rev": each["rev"]} for row in rows for each in row["changes"]]
        found: Leaves = {}
        for first in range(0, len(asked), 500):
            page = self("POST", f"{path}/_bulk_get?revs=true", {"docs": asked[first : first + 500]})
            for result in page["results"]:
                doc = result["docs"][0]["ok"]
                found.setdefault(doc["_id"], {})[doc["_rev"]] = doc
        return found

    def winners(self, path: str) -> dict[str, str]:
        rows = self("GET", f"{path}/_changes")["results"]
        return {row["id"]: row["changes"][0]["rev"] for row in rows}

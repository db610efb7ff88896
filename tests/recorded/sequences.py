"""Random sequences of requests over a few documents: edits, replicated trees, reads, feeds, checkpoints.

A sequence is made while it runs against CouchDB, for what may be said next depends on what was answered;
its requests name earlier answers by reference, so that another server can be asked the same.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from tests.recorded.exchange import Place, exchange
from tests.recorded.probe import Probe, filled
from tests.recorded.tokens import Naming, compared

IDS = ("a", "b", "c", "d/e", "é")
DIGITS = "0123456789abcdef"
_AS_JSON = {"Accept": "application/json"}


def _in_order(docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """CouchDB gives the seqs of a batch in the order of ids, ours in that of the batch (QUIRKS 70)."""
    return sorted(docs, key=lambda doc: doc["_id"].encode())


class Sequence:
    """`run` asks CouchDB and returns what was asked and answered, as probes."""

    def __init__(self, seed: int, place: Place, database: str) -> None:
        self._random = random.Random(seed)
        self._place = place
        self._base = f"/{database}"
        self._naming = Naming()
        self._answers: dict[str, Any] = {}
        self._probes: list[Probe] = []
        self._revs: dict[str, list[str]] = {doc_id: [] for doc_id in IDS}
        self._paths: dict[str, list[list[str]]] = {doc_id: [] for doc_id in IDS}

    def run(self, length: int) -> list[Probe]:
        self._ask("PUT", "")
        steps: list[Callable[[], None]] = [self._edit, self._edit, self._delete, self._batch, self._replicate]
        steps += [self._replicate, self._read, self._read, self._open_revs, self._diff, self._bulk_get]
        steps += [self._feed, self._list, self._checkpoint]
        for _ in range(length):
            self._random.choice(steps)()
        self._ask("GET", "/_changes?style=all_docs")
        self._ask("GET", "/_all_docs?include_docs=true&conflicts=true")
        return self._probes

    def _ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        name = f"s{len(self._probes)}"
        request: dict[str, Any] = {"method": method, "path": self._base + path}
        if body is not None:
            request["json"] = body
        if headers:
            request["headers"] = headers
        self._naming.heard(json.dumps(request))
        query = "?q=1" if not path and method == "PUT" else ""
        actual = exchange(self._place, filled(request, self._answers), query)
        self._answers[name] = actual.get("json")
        self._probes.append(Probe("fuzz", name, request, self._naming.named(compared(actual))))
        return actual.get("json")

    def _doc_id(self) -> tuple[str, str]:
        """Return an id, and as an address spells it."""
        doc_id = self._random.choice(IDS)
        return doc_id, {"d/e": "d%2Fe", "é": "%C3%A9"}.get(doc_id, doc_id)

    def _known_rev(self, doc_id: str) -> str | None:
        """Return a reference to a revision that was made or offered, mostly the newest."""
        revs = self._revs[doc_id]
        if not revs:
            return None
        return revs[-1] if self._random.random() < 0.7 else self._random.choice(revs)

    def _body(self) -> dict[str, Any]:
        return {"v": self._random.choice([1, 1.5, "x", None, True, [1, {"a": 2}], {"é": "中"}])}

    def _edit(self) -> None:
        doc_id, spelt = self._doc_id()
        rev = self._known_rev(doc_id) if self._random.random() < 0.8 else None
        body = self._body() | ({"_rev": rev} if rev else {})
        self._note(doc_id, self._ask("PUT", f"/{spelt}", body))

    def _note(self, doc_id: str, answer: Any) -> None:
        if isinstance(answer, dict) and answer.get("ok"):
            self._revs[doc_id].append(f"{{{self._probes[-1].name}:rev}}")

    def _delete(self) -> None:
        doc_id, spelt = self._doc_id()
        rev = self._known_rev(doc_id)
        self._note(doc_id, self._ask("DELETE", f"/{spelt}" + (f"?rev={rev}" if rev else "")))

    def _batch(self) -> None:
        docs = []
        for _ in range(self._random.randint(1, 3)):
            doc_id, _spelt = self._doc_id()
            rev = self._known_rev(doc_id)
            docs.append({"_id": doc_id} | self._body() | ({"_rev": rev} if rev else {}))
        self._ask("POST", "/_bulk_docs", {"docs": _in_order(docs)})

    def _replicate(self) -> None:
        """Offer one to three paths: new roots, branches of what was offered before, or the same again."""
        docs = []
        for _ in range(self._random.randint(1, 3)):
            doc_id, _spelt = self._doc_id()
            known = self._paths[doc_id]
            base = self._random.choice(known) if known and self._random.random() < 0.7 else []
            # The same again, longer, or a branch; an ancestor alone CouchDB would fill in (QUIRKS 15).
            cut = self._random.choice([0, 0, self._random.randint(0, len(base))])
            new = [self._digest() for _ in range(self._random.randint(int(cut > 0 or not base), 2))]
            base = base[cut:]
            path = new + base
            known.append(path)
            doc = {"_id": doc_id, "_revisions": {"start": len(path), "ids": path}} | self._body()
            docs.append(doc | ({"_deleted": True} if self._random.random() < 0.2 else {}))
            self._revs[doc_id].append(f"{len(path)}-{path[0]}")
        self._ask("POST", "/_bulk_docs", {"new_edits": False, "docs": _in_order(docs)})

    def _digest(self) -> str:
        """Return one that was never used (QUIRKS 17), and is before or after any that a server makes."""
        return self._random.choice(["0000", "ffff"]) + f"{self._random.getrandbits(112):028x}"

    def _read(self) -> None:
        doc_id, spelt = self._doc_id()
        options = self._random.sample(
            ["revs=true", "conflicts=true", "deleted_conflicts=true", "revs_info=true"],
            self._random.randint(0, 2),
        )
        rev = self._known_rev(doc_id)
        if rev and self._random.random() < 0.4:
            options = [f"rev={rev}"]
        self._ask("GET", f"/{spelt}?{'&'.join(options)}")

    def _open_revs(self) -> None:
        doc_id, spelt = self._doc_id()
        rev = self._known_rev(doc_id)
        asked = "all" if rev is None or self._random.random() < 0.5 else f'["{rev}"]'
        latest = self._random.choice(["", "&latest=true", "&revs=true"])
        self._ask("GET", f"/{spelt}?open_revs={asked}{latest}", headers=_AS_JSON)

    def _diff(self) -> None:
        asked = {}
        for doc_id in self._random.sample(IDS, 2):
            rev = self._known_rev(doc_id)
            asked[doc_id] = [f"{self._random.randint(1, 4)}-{self._random.choice(DIGITS) * 32}"] + [
                rev
            ] * bool(rev)
        self._ask("POST", "/_revs_diff", asked)

    def _bulk_get(self) -> None:
        asked = []
        for _ in range(self._random.randint(1, 3)):
            doc_id, _spelt = self._doc_id()
            rev = self._known_rev(doc_id)
            asked.append({"id": doc_id} | ({"rev": rev} if rev and self._random.random() < 0.8 else {}))
        query = self._random.choice(["", "?revs=true", "?latest=true", "?revs=true&latest=true"])
        self._ask("POST", f"/_bulk_get{query}", {"docs": asked})

    def _feed(self) -> None:
        query = self._random.choice(
            [
                "",
                "?limit=2",
                "?style=all_docs",
                "?descending=true",
                "?include_docs=true",
                "?since=now",
                "?limit=0",
            ]
        )
        self._ask("GET", f"/_changes{query}")

    def _list(self) -> None:
        query = self._random.choice(
            ["", "?include_docs=true", "?descending=true", "?limit=1", "?skip=1", '?keys=["a","zz"]']
        )
        self._ask("GET", f"/_all_docs{query}")

    def _checkpoint(self) -> None:
        name = self._random.choice(["x", "y"])
        method, body = self._random.choice(
            [("PUT", {"n": 1}), ("GET", None), ("GET", None), ("DELETE", None)]
        )
        self._ask(method, f"/_local/{name}", body)

"""The documents of `central` that one page of logs touches: read together, changed here, written together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from server.fold import RecordState
from server.identity.devices import Device
from server.identity.directory import Directory
from server.identity.grants import Grant
from server.ingest.beacons import BeaconTimes
from server.ingest.candidate import HELD_PREFIX, Judgement, candidate_from_central, held, refused
from server.ingest.durable import DurableWriter
from server.ingest.judge import Entry, is_admissible
from server.ingest.receipts import counts
from server.readmodel import ReadModel
from server.readmodel.folding import folded, is_folded_type
from server.records.entry import log_id
from server.records.problem import Problem
from server.records.record_type import KnownRecord
from server.records.station_code import StationSecret
from sync.peer import Document, Peer


class CentralPage:
    """What ingest knows while it judges a page; implements server.ingest.judge.Known."""

    def __init__(self, central: Peer, model: ReadModel, directory: Directory, beacons: BeaconTimes) -> None:
        self._central = central
        self._model = model
        self._directory = directory
        self._beacons = beacons
        self._docs: dict[str, Document | None] = {}
        self._changed: dict[str, None] = {}
        self._hashes: dict[str, tuple[str, str]] = {}
        self._homes: dict[str, str] = {}
        self._grants: dict[str, list[Grant]] = {}

    # documents

    def load(self, ids: Iterable[str]) -> None:
        """Read these at once; what is read already stays as it is here."""
        wanted = [each for each in dict.fromkeys(ids) if each not in self._docs]
        found = self._central.get_many(wanted) if wanted else {}
        for each in wanted:
            self._docs[each] = found.get(each)

    def get(self, doc_id: str) -> Document | None:
        self.load([doc_id])
        return self._docs[doc_id]

    def put(self, doc: Document) -> None:
        present = self.get(doc["_id"])
        if present is not None and "_rev" in present:
            doc = {**doc, "_rev": present["_rev"]}
        if doc == present:
            return
        self._docs[doc["_id"]] = doc
        self._changed[doc["_id"]] = None
        if "log" not in doc:
            return
        self._homes[doc["log"]] = doc["_id"]
        if not doc["_id"].startswith(HELD_PREFIX):
            self._hashes[doc["entry"]["hash"]] = (_record_of(doc["entry"]), doc["receipts"][-1]["verdict"])

    def empty(self, doc_id: str) -> None:
        """Leave an empty tombstone where a document is; nothing where there is none."""
        present = self.get(doc_id)
        if present is None:
            return
        self._docs[doc_id] = None
        self._changed.pop(doc_id, None)
        if "_rev" in present:
            self._docs[doc_id] = {"_id": doc_id, "_rev": present["_rev"], "_deleted": True}
            self._changed[doc_id] = None

    def write(self, writer: DurableWriter) -> bool:
        """Write all changes, tombstones last: a crash between leaves two documents, never none."""
        changed = [doc for each in self._changed if (doc := self._docs[each]) is not None]
        writer.write(doc for doc in changed if "log" not in doc and "_deleted" not in doc)
        writer.write(doc for doc in changed if "log" in doc)
        writer.write(doc for doc in changed if "_deleted" in doc)
        return bool(changed)

    def of_log(self, log: str) -> Document | None:
        """Return the document that carries the receipts of this log document."""
        home = self._homes.get(log) or self._model.home_of(log)
        return self._alive(home) if home else None

    def _alive(self, doc_id: str) -> Document | None:
        doc = self.get(doc_id)
        return None if doc is None or "_deleted" in doc else doc

    # Known

    def device(self, device_id: str) -> Device | None:
        return self._directory.device_at_once(device_id)

    def grants(self, holder: str) -> Sequence[Grant]:
        if holder not in self._grants:
            self._grants[holder] = self._directory.grants(holder)
        return self._grants[holder]

    def lookup(self, record_id: str) -> KnownRecord | None:
        doc = self._alive(record_id)
        if doc is None or "entry" not in doc or not counts(doc):
            return None
        entry = doc["entry"]
        return KnownRecord(
            record_id,
            entry["type"],
            entry["author"],
            entry["role"],
            entry["body"],
            lambda: self._state_of(record_id),
        )

    def _state_of(self, record_id: str) -> RecordState | None:
        """Fold a record with its steps: those judged before this page, and those of this page."""
        record = self._alive(record_id)
        if record is None or not is_folded_type(record["entry"]["type"]):
            return None
        steps = {
            step.id: {"entry": step.entry, "receipts": step.receipts}
            for step in self._model.history(record_id)
        }
        for doc_id in self._changed:
            steps.pop(doc_id, None)
            doc = self._alive(doc_id)
            # What this page wrote besides records (counters of official numbers) has no receipts.
            if doc is None or "receipts" not in doc or not counts(doc):
                continue
            if _record_of(doc["entry"]) == record_id != doc_id:
                steps[doc_id] = doc
        return folded(record, steps.values())

    def learn_hashes(self, hashes: Iterable[str]) -> None:
        """Ask the read model once for all bases of a page."""
        self._hashes = {**self._model.hashes_known(list(hashes)), **self._hashes}

    def missing_bases(self, record_id: str, hashes: Sequence[str]) -> list[str]:
        unknown = [each for each in hashes if each not in self._hashes]
        if unknown:
            self.learn_hashes(unknown)
        return [each for each in hashes if not self._is_base(each, record_id)]

    def _is_base(self, entry_hash: str, record_id: str) -> bool:
        record, verdict = self._hashes.get(entry_hash, ("", ""))
        return record == record_id and verdict in ("accepted", "admitted")

    def beacon_at(self, entry: Entry) -> str | None:
        return self._beacons.given_at(entry)

    def station_secrets(self, station_id: str) -> Sequence[StationSecret]:
        return self._directory.station_secrets.all_of(station_id)

    def admission(self, entry: Entry) -> Judgement | None:
        body = entry["body"]
        log = log_id(body["device"], body["entry"])
        target = self.of_log(log)
        if target is None:
            return held(f"log:{log}")
        if target.get("entry", {}).get("hash") != body["hash"]:
            return refused(Problem("not_the_entry"))
        verdict = target["receipts"][-1]["verdict"]
        is_admitting = body["verdict"] == "admitted"
        if verdict != "refused" and (is_admitting or verdict != "admitted"):
            return refused(Problem("not_refused", {"verdict": verdict}))
        if is_admitting and not self._may_stand(target):
            return refused(Problem("cannot_admit"))
        return None

    def _may_stand(self, target: Document) -> bool:
        candidate = candidate_from_central(target)
        if candidate.id is None or not is_admissible(candidate):
            return False
        present = self._alive(candidate.id)
        return present is None or present["log"] == candidate.log


def _record_of(entry: dict[str, Any]) -> str:
    return str(entry["body"]["record"] if entry["type"] == "step" else entry["id"])

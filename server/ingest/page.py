"""One page of logs: each document judged once, and whatever waited for it judged again."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.defects import DEFECTS
from server.ingest.candidate import (
    Candidate,
    Judgement,
    candidate_from_central,
    held,
    in_order,
    refused,
    without_erased,
)
from server.ingest.central_page import CentralPage
from server.ingest.judge import Rules, action_of, judge
from server.ingest.media import arrival_ids, media_states
from server.ingest.numbers import Numbers
from server.ingest.receipts import counts, decided_receipt, document, duplicate_flag, receipt
from server.readmodel import ReadModel
from server.records.entry import log_id
from server.records.erasure import erased_id, joined, without
from server.records.problem import Problem
from sync.peer import Document, Peer

REPAIR: Final = "program:repaired"
"""What an entry waits for whose judging our own program cannot do: each start of a worker tries again."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A candidate, and its document in central where it was held before."""

    candidate: Candidate
    prior: Document | None = None


class Page:
    def __init__(
        self,
        central: CentralPage,
        logs: Peer,
        model: ReadModel,
        rules: Rules,
        numbers: Numbers,
        now: str,
    ) -> None:
        self._central = central
        self._logs = logs
        self._model = model
        self._rules = rules
        self._numbers = numbers
        self._now = now
        self._arrived: dict[str, None] = {}
        self._arrivals: dict[str, Document] = {}

    def take(self, candidates: Sequence[Candidate]) -> None:
        """Judge those that have no receipt yet; what they wait for may stand further on."""
        self._prefetch(candidates)
        tasks = []
        for candidate in self._without_erased(candidates):
            home = self._home(candidate)
            if home is None:
                tasks.append(_Task(candidate))
            else:
                self._note(candidate, home)
        self._judge_all(tasks)

    def release(self, names: Iterable[str]) -> None:
        """Judge again what waits for these names, and what then waits for that."""
        self._arrived.update(dict.fromkeys(names))
        self._judge_all([])

    def take_arrivals(self, arrivals: Iterable[Document], homes: Iterable[str]) -> None:
        """Copy the state of files onto the documents that name them."""
        self._arrivals.update({doc["_id"]: doc for doc in arrivals})
        for doc_id in homes:
            doc = self._central.get(doc_id)
            if doc is not None and "log" in doc:
                media = media_states(doc["log"], doc.get("entry"), self._arrivals, doc["media"])
                self._central.put({**doc, "media": media})

    def _prefetch(self, candidates: Sequence[Candidate]) -> None:
        ids = [each.id for each in candidates if each.id is not None]
        bodies = [each.entry["body"] for each in candidates if each.entry and "body" in each.entry]
        held = [each.held_id for each in candidates]
        self._central.load([*ids, *held, *(erased_id(each.log) for each in candidates), *_named(bodies)])
        bases = [base for body in bodies for base in _list(body, "base") if isinstance(base, str)]
        self._central.learn_hashes(bases)
        wanted = [each for one in candidates for each in arrival_ids(one.log, one.entry)]
        self._arrivals |= self._logs.get_many(wanted) if wanted else {}

    def _without_erased(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        return [without_erased(each, self._central.get(erased_id(each.log))) for each in candidates]

    def _home(self, candidate: Candidate) -> Document | None:
        """Return the document that carries its receipts; where a crash left two, the other one is emptied."""
        held = self._central.get(candidate.held_id)
        record = self._central.get(candidate.id) if candidate.id else None
        if record is not None and record["log"] == candidate.log:
            self._central.empty(candidate.held_id)
            return record
        return held

    def _judge_all(self, tasks: list[_Task]) -> None:
        outcomes: list[tuple[_Task, Judgement]] = []
        while tasks:
            outcomes, progress = self._judge_round(_arranged(tasks))
            released = self._released()
            if not progress and not released:
                break
            waiting = {task.candidate.log: task for task, _ in outcomes}
            tasks = list({**waiting, **{task.candidate.log: task for task in released}}.values())
        for task, judgement in outcomes:
            self._settle(task, judgement)
        late = self._released()  # an admission may wait for what has just been held or refused
        if late:
            self._judge_all(late)

    def _judge_round(self, tasks: list[_Task]) -> tuple[list[tuple[_Task, Judgement]], bool]:
        """Settle what can be; return what has to wait, and whether anything was settled."""
        waiting = []
        for task in tasks:
            judgement = self._judged(task.candidate)
            if judgement.verdict == "held":
                waiting.append((task, judgement))
            else:
                self._settle(task, judgement)
        return waiting, len(waiting) < len(tasks)

    def _judged(self, candidate: Candidate) -> Judgement:
        """Judge one; a defect of ours over it holds it, and stops no other."""
        try:
            return judge(candidate, self._central, self._rules)
        except DEFECTS:
            traceback.print_exc(file=sys.stderr)
            return held(REPAIR)

    def _released(self) -> list[_Task]:
        names, self._arrived = self._arrived, {}
        documents = self._model.waiting_for(names) if names else []
        self._central.load(documents)
        tasks = []
        for doc_id in documents:
            doc = self._central.get(doc_id)
            if doc is not None and doc.get("waits_for"):
                [candidate] = self._without_erased([candidate_from_central(doc)])
                tasks.append(_Task(candidate, doc))
        return tasks

    def _settle(self, task: _Task, judgement: Judgement) -> None:
        [candidate], prior = self._without_erased([task.candidate]), task.prior
        if prior is not None and judgement.verdict == "held":
            if list(judgement.waits_for) == prior["waits_for"]:
                return
        elif judgement.verdict == "accepted":
            judgement = self._placed(candidate, judgement)
        made = receipt(
            judgement,
            rules=self._rules.version,
            received_at=candidate.received_at,
            judged_at=self._now,
        )
        receipts = [*(prior["receipts"] if prior else []), made]
        doc_id = candidate.id if judgement.counts and candidate.id else candidate.held_id
        doc = document(
            candidate,
            doc_id,
            receipts,
            waits_for=judgement.waits_for,
            media=media_states(
                candidate.log, candidate.entry, self._arrivals, prior["media"] if prior else ()
            ),
        )
        self._central.put(doc)
        if doc_id != candidate.held_id:
            self._central.empty(candidate.held_id)
        self._note(candidate, doc)

    def _placed(self, candidate: Candidate, judgement: Judgement) -> Judgement:
        """Give it its place: the record's own, or that of a duplicate; and its number."""
        entry = candidate.entry
        assert entry is not None
        assert candidate.id is not None
        present = self._central.get(candidate.id)
        if present is not None and "_deleted" not in present and present["log"] != candidate.log:
            first = present["entry"]
            if (first["author"], first["body"]) != (entry["author"], entry["body"]):
                return refused(Problem("id_taken", {"id": candidate.id}))
            flags = [*judgement.flags, duplicate_flag(candidate.id)]
            return replace(judgement, flags=flags, is_duplicate=True)
        if entry["type"] != "step":
            return judgement
        record_id = entry["body"]["record"]
        action = action_of(entry, self._central.lookup(record_id))
        if action is None or not action.allots_number:
            return judgement
        return replace(judgement, number=self._numbers.number_of(record_id, candidate.received_at))

    def _note(self, candidate: Candidate, doc: Document) -> None:
        """Note what arrived with this document, for whatever waits; carry out an admission."""
        self._arrived[f"log:{candidate.log}"] = None
        if doc["_id"] != candidate.id or not counts(doc):
            return
        self._arrived[doc["_id"]] = None
        self._arrived[f"hash:{doc['entry']['hash']}"] = None
        if doc["entry"]["type"] == "admission":
            self._decide(doc["entry"])
        elif doc["entry"]["type"] == "erasure":
            self._erase(doc["entry"])

    def _erase(self, erasure: dict[str, Any]) -> None:
        """Take out of what stands here what the erasure names, and remember it for what comes again."""
        for item in erasure["body"]["items"]:
            place = erased_id(item["log"])
            self._central.put({"_id": place, **joined(self._central.get(place), item)})
            target = self._central.of_log(item["log"])
            if target is not None:
                self._central.put(without(target, item))

    def _decide(self, admission: dict[str, Any]) -> None:
        """Write a person's word as a further receipt of the entry that it names; once."""
        body = admission["body"]
        target = self._central.of_log(log_id(body["device"], body["entry"]))
        if target is None or any(each.get("admission") == admission["id"] for each in target["receipts"]):
            return
        candidate = candidate_from_central(target)
        made = decided_receipt(target["receipts"][-1], admission, self._now)
        is_admitted = made["verdict"] == "admitted" and candidate.id is not None
        doc_id = candidate.id if is_admitted and candidate.id else target["_id"]
        self._central.put(
            document(
                candidate,
                doc_id,
                [*target["receipts"], made],
                waits_for=(),
                media=target["media"],
            )
        )
        if doc_id != target["_id"]:
            self._central.empty(target["_id"])
        if is_admitted and candidate.entry is not None:
            self._arrived[doc_id] = None
            self._arrived[f"hash:{candidate.entry['hash']}"] = None


def _arranged(tasks: Iterable[_Task]) -> list[_Task]:
    """Return them in the order in which they are judged, which is no row order of any store."""
    by_log = {task.candidate.log: task for task in tasks}
    return [by_log[each.log] for each in in_order(task.candidate for task in by_log.values())]


def _named(bodies: Iterable[Any]) -> list[str]:
    """Return what bodies of any shape may refer to: a guess that saves reads, and decides nothing."""
    found = []
    for body in bodies:
        if isinstance(body, dict):
            values = (body.get("record"), body.get("order"), body.get("station"), *_list(body, "stations"))
            found += [value for value in values if isinstance(value, str) and 0 < len(value) <= 80]
    return [each for each in found if not each.startswith("_")]


def _list(body: Any, name: str) -> list[Any]:
    value = body.get(name) if isinstance(body, dict) else None
    return value[:100] if isinstance(value, list) else []

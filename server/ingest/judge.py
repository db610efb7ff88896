"""The judgement of one entry, by itself and by what is known (DESIGN 3). Stores nothing.

What compares entries of a log (gap, fork) is no business of a receipt: the read model derives it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.fold.state import MERGE
from server.identity.devices import Device
from server.identity.grants import Grant
from server.ingest.bounds import Bounds, bounds, clock_flags, grants_within
from server.ingest.candidate import Candidate, Judgement, held, refused
from server.ingest.station_codes import code_flags
from server.records.authority import authority_problem
from server.records.entry import check_parts, check_shape, entry_hash, log_id, verify_signature
from server.records.problem import Problem
from server.records.record_type import KnownRecord, RecordType
from server.records.registry import record_type
from server.records.station_code import StationSecret
from server.workflows import Action, Workflow, workflow

Entry = Mapping[str, Any]


class Known(Protocol):
    """What ingest knows when it judges."""

    def device(self, device_id: str) -> Device | None: ...

    def grants(self, holder: str) -> Sequence[Grant]: ...

    def lookup(self, record_id: str) -> KnownRecord | None:
        """Return a record that counts."""

    def missing_bases(self, record_id: str, hashes: Sequence[str]) -> list[str]:
        """Return those hashes that are neither the record's nor of a step of it that counts."""

    def beacon_at(self, entry: Entry) -> str | None: ...

    def station_secrets(self, station_id: str) -> Sequence[StationSecret]: ...

    def admission(self, entry: Entry) -> Judgement | None:
        """Return why an admission cannot be carried out, or None."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Versions and limits that a judgement depends on."""

    version: str
    clock_tolerance_s: int
    late_after_h: int


def judge(candidate: Candidate, known: Known, rules: Rules) -> Judgement:
    """Return the verdict on an entry, as things are known now."""
    entry = candidate.entry
    if entry is None:
        reason = (candidate.opaque or {}).get("reason")
        return refused(Problem("fork" if reason == "fork" else "unreadable", {"why": reason}))
    device = known.device(candidate.device)
    if device is None:
        return held(f"device:{candidate.device}")
    if device.revoked_at is not None and candidate.received_at >= device.revoked_at:
        return refused(Problem("revoked"))
    return (
        _proof_refusal(candidate, entry, device)
        or _schema_outcome(entry, candidate.parts)
        or _reference_outcome(entry, known)
        or _granted(candidate, entry, device, known, rules)
    )


def is_admissible(candidate: Candidate) -> bool:
    """Could this refused entry count if a person wanted it to? Only what its schema takes can be shown."""
    entry = candidate.entry
    return (
        entry is not None
        and not _shape_problems(candidate, entry)
        and _schema_outcome(entry, candidate.parts) is None
    )


def action_of(entry: Entry, record: KnownRecord | None) -> Action | None:
    """Return the declared action of a step; None for a merge, or where nothing is declared."""
    flow = _workflow_of(record)
    return flow.actions.get(entry["body"]["action"]) if flow else None


def _proof_refusal(candidate: Candidate, entry: Entry, device: Device) -> Judgement | None:
    problems = _shape_problems(candidate, entry)
    if problems:
        return refused(*problems)
    if entry_hash(entry) != entry["hash"]:
        return refused(Problem("hash_mismatch"))
    if not verify_signature(entry, device.sign_key):
        return refused(Problem("bad_signature"))
    return None


def _shape_problems(candidate: Candidate, entry: Entry) -> list[Problem]:
    problems = check_shape(entry)
    if not problems and log_id(entry["device"], entry["entry"]) != candidate.log:
        problems = [Problem("entry_mismatch")]
    if problems:
        return problems
    left = {name: hash_ for name, hash_ in entry["parts"].items() if name not in candidate.erased}
    return check_parts({**entry, "parts": left}, candidate.parts)


def _schema_outcome(entry: Entry, parts: Mapping[str, Any]) -> Judgement | None:
    kind = record_type(entry["type"])
    problems = kind.problems(entry, parts) if kind else None
    if problems is None:
        return held(f"schema:{entry['type']}:{entry['schema']}")
    return refused(*problems) if problems else None


def _reference_outcome(entry: Entry, known: Known) -> Judgement | None:
    kind, body = _kind(entry), entry["body"]
    if entry["role"] not in kind.written_by:
        return refused(Problem("wrong_role", {"role": entry["role"]}))
    missing = [id_ for id_ in dict.fromkeys(kind.references(body)) if known.lookup(id_) is None]
    if missing:
        return held(*missing)
    if kind.name == "admission":
        return known.admission(entry)
    if kind.name == "step":
        hashes = known.missing_bases(body["record"], body["base"])
        return held(*(f"hash:{each}" for each in hashes)) if hashes else _action_refusal(entry, known)
    return None


def _action_refusal(entry: Entry, known: Known) -> Judgement | None:
    """May this role ever do this? Whether it may be done now is for the fold."""
    record = known.lookup(entry["body"]["record"])
    flow, name = _workflow_of(record), entry["body"]["action"]
    if flow is None:
        return refused(Problem("action_unknown", {"action": name}))
    action = flow.actions.get(name)
    if action is None and name != MERGE:
        return refused(Problem("action_unknown", {"action": name}))
    if entry["role"] not in (action.by if action else flow.merge_by):
        return refused(Problem("action_not_yours", {"action": name, "role": entry["role"]}))
    return None


def _granted(candidate: Candidate, entry: Entry, device: Device, known: Known, rules: Rules) -> Judgement:
    if device.kind == "phone" and entry["author"] != device.member:
        return refused(Problem("not_your_device"))
    within = bounds(device, entry["at"], candidate.received_at, known.beacon_at(entry))
    flags: list[Problem] = []
    used: dict[str, None] = {}
    for holder in _holders(entry, device):
        problem, is_partial, grants = _authority(entry, known.grants(holder), within, known.lookup)
        if problem is not None:
            # Whoever acted holds the role: the reason says that it is the tablet which does not.
            return refused(problem if holder != device.id else Problem("tablet_not_of_station"))
        flags += [Problem("grant_partial")] if is_partial and not flags else []
        used.update(dict.fromkeys(grants))
    flags += clock_flags(
        entry["at"], within, tolerance_s=rules.clock_tolerance_s, late_after_h=rules.late_after_h
    )
    flags += _kind(entry).doubts(entry, candidate.parts)
    flags += code_flags(entry, known.station_secrets, within.earliest)
    return Judgement("accepted", flags=flags, grants=tuple(used))


def _holders(entry: Entry, device: Device) -> list[str]:
    """Whose grants it needs: the author's, and on a shared tablet the tablet's too (DESIGN 7)."""
    return [entry["author"], device.id] if device.kind == "tablet" else [entry["author"]]


def _authority(
    entry: Entry,
    held_grants: Sequence[Grant],
    within: Bounds,
    lookup: Callable[[str], KnownRecord | None],
) -> tuple[Problem | None, bool, list[str]]:
    """Return the problem at all moments or None; whether it is one at some; the grants of the role used."""
    first: Problem | None = None
    used: dict[str, None] = {}
    is_ever = is_not_always = False
    for grants in grants_within(held_grants, within):
        of_role = [grant for grant in grants if grant.role == entry["role"]]
        problem = authority_problem(entry, [{"role": g.role, "scope": g.scope} for g in of_role], lookup)
        if problem is None:
            is_ever = True
            used.update((grant.id, None) for grant in of_role)
        else:
            is_not_always = True
            first = first or problem
    return (None if is_ever else first), is_ever and is_not_always, list(used)


def _kind(entry: Entry) -> RecordType:
    kind = record_type(entry["type"])
    assert kind is not None, "held before, when this build does not know it"
    return kind


def _workflow_of(record: KnownRecord | None) -> Workflow | None:
    kind = record_type(record.type) if record else None
    return workflow(kind.workflow) if kind and kind.workflow else None

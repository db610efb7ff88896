"""May this author, in this role, write this entry about this subject? (DESIGN 3, "Ingest").

Grants come in as they were at the time of the entry; whether the author is who the device belongs to, and
whether the action is legal in the record's state, are others' questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.records.names import FIELD_ROLES, SYSTEM, is_desk
from server.records.problem import Problem
from server.records.record_type import KnownRecord, Lookup, RecordType, Subject
from server.records.registry import record_type

Grant = Mapping[str, Any]


def authority_problem(entry: Mapping[str, Any], grants: Iterable[Grant], lookup: Lookup) -> Problem | None:
    """Return why the entry's author may not write it, or None.

    The entry's shape and schema are good and its references known.
    """
    kind = record_type(entry["type"])
    if kind is None or entry["role"] not in kind.written_by:
        return Problem("wrong_role", {"role": entry["role"]})
    if kind.is_desk_only and not is_desk(entry["device"]):
        return Problem("desk_only")
    if SYSTEM in (entry["role"], entry["author"]):
        is_machine = entry["role"] == entry["author"] == SYSTEM and is_desk(entry["device"])
        return None if is_machine else Problem("wrong_role", {"role": entry["role"]})
    of_role = [grant for grant in grants if grant["role"] == entry["role"]]
    if not of_role:
        return Problem("no_grant", {"role": entry["role"]})
    return _scope_problem(kind, entry, of_role, lookup)


def _scope_problem(
    kind: RecordType, entry: Mapping[str, Any], grants: list[Grant], lookup: Lookup
) -> Problem | None:
    record = KnownRecord(entry["id"], entry["type"], entry["author"], entry["role"], entry["body"])
    if kind.name == "step":
        known = lookup(entry["body"]["record"])
        known_kind = record_type(known.type) if known else None
        if known is None or known_kind is None:
            return Problem("unknown_reference", {"id": entry["body"]["record"]})
        record, kind = known, known_kind
    subject = kind.subject(record, lookup)
    if entry["role"] in FIELD_ROLES:
        return None if entry["author"] in subject.members else Problem("not_own_record")
    if any(_covers(grant["scope"], subject, entry["author"]) for grant in grants):
        return None
    return Problem("outside_scope", {"role": entry["role"]})


def _covers(scope: str, subject: Subject, author: str) -> bool:
    kind, _, key = scope.partition(":")
    if kind == "county":
        return True
    if kind == "self":
        return author in subject.members
    if kind == "township":
        return key in subject.townships
    # The scope `station:<ulid>` is spelled as the station's record id, and a unit's likewise.
    return scope in subject.stations | subject.units

"""Every type of record there is, by name: those written here, and those declared with their workflow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from server.records.admission import ADMISSION
from server.records.backup import BACKUP
from server.records.check_event import CHECK_EVENT
from server.records.code_table import CODE_TABLE
from server.records.lead import LEAD
from server.records.record_type import KnownRecord, Lookup, RecordType, Subject
from server.records.service_order import SERVICE_ORDER
from server.records.station import STATION
from server.records.step import STEP
from server.workflows import declarations
from server.workflows.declared_record import DeclaredRecord

RECORD_TYPES: Mapping[str, RecordType] = MappingProxyType(
    {
        kind.name: kind
        for kind in (LEAD, CHECK_EVENT, STATION, SERVICE_ORDER, CODE_TABLE, STEP, ADMISSION, BACKUP)
    }
)


def record_type(name: str) -> RecordType | None:
    """Return the type of this name; None when this build does not know it."""
    return RECORD_TYPES.get(name) or declared_types(declarations.FOLDER).get(name)


@lru_cache(maxsize=8)
def declared_types(folder: Path) -> Mapping[str, RecordType]:
    """Return the types that workflows' files of a folder declare, by name."""
    return {name: _declared(row) for name, row in declarations.declared_records(folder).items()}


def _declared(record: DeclaredRecord) -> RecordType:
    def subject(known: KnownRecord, lookup: Lookup) -> Subject:
        found = [_own_subject(record, known)]
        for id_ in record.named(known.body, "through"):
            other = lookup(id_)
            kind = record_type(other.type) if other else None
            if other is not None and kind is not None:
                found.append(kind.subject(other, lookup))
        return _joined(found)

    return RecordType(
        name=record.name,
        schemas={1: record.fields.schema},
        written_by=record.written_by,
        is_desk_only=record.is_desk_only,
        references=record.references,
        subject=subject,
        workflow=record.name,
    )


def _own_subject(record: DeclaredRecord, known: KnownRecord) -> Subject:
    return Subject(
        members=record.named(known.body, "members"),
        townships=record.named(known.body, "townships"),
        stations=record.named(known.body, "stations"),
        units=record.named(known.body, "units"),
    )


def _joined(subjects: list[Subject]) -> Subject:
    return Subject(
        members=frozenset().union(*(each.members for each in subjects)),
        townships=frozenset().union(*(each.townships for each in subjects)),
        stations=frozenset().union(*(each.stations for each in subjects)),
        units=frozenset().union(*(each.units for each in subjects)),
    )

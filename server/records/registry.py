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
from server.records.declared_types import declared_type
from server.records.erasure import ERASURE
from server.records.lead import LEAD
from server.records.record_type import RecordType
from server.records.service_order import SERVICE_ORDER
from server.records.station import STATION
from server.records.step import STEP
from server.workflows import declarations

RECORD_TYPES: Mapping[str, RecordType] = MappingProxyType(
    {
        kind.name: kind
        for kind in (LEAD, CHECK_EVENT, STATION, SERVICE_ORDER, CODE_TABLE, STEP, ADMISSION, BACKUP, ERASURE)
    }
)


def record_type(name: str) -> RecordType | None:
    """Return the type of this name; None when this build does not know it."""
    return RECORD_TYPES.get(name) or declared_types(declarations.FOLDER).get(name)


@lru_cache(maxsize=8)
def declared_types(folder: Path) -> Mapping[str, RecordType]:
    """Return the types that workflows' files of a folder declare, by name."""
    flows = declarations.workflows(folder)
    return {
        name: declared_type(row, flows[name].views, record_type)
        for name, row in declarations.declared_records(folder).items()
    }

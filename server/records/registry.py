"""Every type of record there is, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from server.records.admission import ADMISSION
from server.records.backup import BACKUP
from server.records.check_event import CHECK_EVENT
from server.records.code_table import CODE_TABLE
from server.records.lead import LEAD
from server.records.record_type import RecordType
from server.records.service_order import SERVICE_ORDER
from server.records.station import STATION
from server.records.step import STEP

RECORD_TYPES: Mapping[str, RecordType] = MappingProxyType(
    {
        kind.name: kind
        for kind in (LEAD, CHECK_EVENT, STATION, SERVICE_ORDER, CODE_TABLE, STEP, ADMISSION, BACKUP)
    }
)


def record_type(name: str) -> RecordType | None:
    """Return the type of this name; None when this build does not know it."""
    return RECORD_TYPES.get(name)

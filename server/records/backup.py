"""backup: the machine's note that a verified backup holds everything up to a moment."""

from __future__ import annotations

from server.records.names import SYSTEM
from server.records.record_type import RecordType
from server.records.references import sha256
from server.records.schema import RecordSchema, Text, Time


class BackupSchema(RecordSchema):
    """Schema 1."""

    taken_at = Time(required=True)
    sha256 = sha256(required=True)
    epoch = Text(max_length=12, pattern="[0-9a-f]{12}", required=True)


BACKUP = RecordType(
    name="backup", schemas={1: BackupSchema()}, written_by=frozenset({SYSTEM}), is_desk_only=True
)

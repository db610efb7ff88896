"""admission: a named person's word, with a reason, on an entry that was refused."""

from __future__ import annotations

from server.records.limits import MAX_ENTRY_NUMBER
from server.records.record_type import RecordType
from server.records.references import device, sha256
from server.records.schema import Integer, RecordSchema, Text, choice


class AdmissionSchema(RecordSchema):
    """Schema 1. Ingest turns it into a further receipt of the entry it names."""

    device = device(required=True)
    entry = Integer(min=1, max=MAX_ENTRY_NUMBER, required=True)
    hash = sha256(required=True)
    verdict = choice("admitted", "kept_out", required=True)
    reason = Text(min_length=1, max_length=500, required=True)


ADMISSION = RecordType(
    name="admission",
    schemas={1: AdmissionSchema()},
    written_by=frozenset({"security_officer", "intake_clerk", "prosecutor"}),
    is_desk_only=True,
)

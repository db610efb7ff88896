"""Tables of what the rules on sessions say: a row for each session, and for each order its ledger.

They are computed from records that are in this model already, and computed again whenever those change.
"""

from __future__ import annotations

from typing import Final

SERVICE_TABLES: Final = """
-- What follows for one order; json: as it is told to its participant.
CREATE TABLE service_ledger (
    service_order TEXT PRIMARY KEY,
    participant TEXT NOT NULL,
    balance_min INTEGER NOT NULL,
    remaining_min INTEGER NOT NULL,
    json BLOB NOT NULL
) WITHOUT ROWID;

-- One row a session. waits_for, flags: JSON; json: the session with its arithmetic and evidence.
CREATE TABLE session_computed (
    id TEXT PRIMARY KEY,
    service_order TEXT NOT NULL,
    station TEXT NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    reported_min INTEGER NOT NULL,
    credited_min INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    waits_for TEXT NOT NULL,
    due_on TEXT,
    flags TEXT NOT NULL,
    json BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_computed_station ON session_computed (station, day);
CREATE INDEX session_computed_state ON session_computed (state, day);
CREATE INDEX session_computed_order ON session_computed (service_order, day);
CREATE INDEX session_computed_day ON session_computed (day, weight);

-- Booked times are looked for by when they begin; as it was written, so that bounds are taken a day wider.
CREATE INDEX document_slot ON document (json_extract(json, '$.entry.body.starts_at'))
WHERE substr(id, 1, 5) = 'slot:';
"""

"""Tables of leads: where each was seen, which lead it is merged into, and what its list is sorted by."""

from __future__ import annotations

from typing import Final

LEAD_TABLES: Final = """
-- One row a lead, beside its row in record; number is that row's number_in_model.
-- primary_lead: the lead that it is merged into, until the merging is undone.
CREATE TABLE lead_fact (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    domain TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    primary_lead TEXT
);
CREATE INDEX lead_fact_observed ON lead_fact (domain, observed_at);
CREATE INDEX lead_fact_primary ON lead_fact (primary_lead) WHERE primary_lead IS NOT NULL;

-- Where leads were seen; those with a position are in lead_area too, under the same number.
CREATE TABLE lead_place (
    place INTEGER PRIMARY KEY,
    lead INTEGER NOT NULL,
    lat REAL,
    lng REAL,
    stake_no TEXT,
    grid_no INTEGER
);
CREATE INDEX lead_place_lead ON lead_place (lead);
CREATE INDEX lead_place_grid ON lead_place (grid_no, lead) WHERE grid_no IS NOT NULL;
CREATE INDEX lead_place_stake ON lead_place (stake_no, lead) WHERE stake_no IS NOT NULL;
CREATE VIRTUAL TABLE lead_area USING rtree(place, min_lat, max_lat, min_lng, max_lng);
"""

"""Quarantine: what ingest refused or holds, why, and letting a named person decide."""

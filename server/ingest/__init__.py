"""Ingest: the one writer of `central`; judges each document of `logs` once, and its receipt is a fact."""

from __future__ import annotations

from server.ingest.ingest import Ingest

__all__ = ["Ingest"]

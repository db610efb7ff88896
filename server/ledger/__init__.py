"""Ledgers and sessions as they are kept: the rules on sessions applied to what the read model holds."""

from __future__ import annotations

from server.ledger.projection import LedgerProjection
from server.ledger.system_writer import SystemWriter

__all__ = ["LedgerProjection", "SystemWriter"]

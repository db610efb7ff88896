"""The fold: a record and its steps, in whatever order they came, to the state they amount to. Pure."""

from __future__ import annotations

from server.fold.fold import fold
from server.fold.state import FieldState, FoldEntry, HistoryRow, RecordState, Rules, Severity, same_value

__all__ = [
    "FieldState",
    "FoldEntry",
    "HistoryRow",
    "RecordState",
    "Rules",
    "Severity",
    "fold",
    "same_value",
]

"""The read model: `central` folded into SQLite for lists, verdicts and publish; SQL stands here alone.

It is a copy: any process may lose the file, and the worker builds it again from `central`.
"""

from __future__ import annotations

from server.readmodel.defects import Defect
from server.readmodel.projection import Projection
from server.readmodel.readmodel import ReadModel
from server.readmodel.rows import (
    ChangedRecord,
    LogAck,
    QuarantineRow,
    RecordRow,
    StepRow,
    VerdictPage,
    VerdictRow,
)

__all__ = [
    "ChangedRecord",
    "Defect",
    "LogAck",
    "Projection",
    "QuarantineRow",
    "ReadModel",
    "RecordRow",
    "StepRow",
    "VerdictPage",
    "VerdictRow",
]

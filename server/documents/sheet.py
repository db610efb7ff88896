"""A table to hand out: its columns with their kinds, and its rows. CSV and XLSX are made of it alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from server.documents.document_error import DocumentError

Kind = Literal["text", "integer", "number", "date", "moment"]
Value = str | int | float | date | datetime | None

_FORMULA_STARTS: Final = frozenset("=+-@＝＋－＠\t\r\n|%")
"""What makes a spreadsheet program take a text for a formula or a command, wide forms too."""

_TYPES: Final[dict[Kind, type | tuple[type, ...]]] = {
    "text": str,
    "integer": int,
    "number": (int, float),
    "date": date,
    "moment": datetime,
}


@dataclass(frozen=True, slots=True)
class Column:
    """`heading` is in the reader's language."""

    heading: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows have a value for each column; None leaves a cell empty.

    Raises: DocumentError where a row does not fit its columns.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise DocumentError("row_length", row=number)
            for column, value in zip(self.columns, row, strict=True):
                if not _fits(column.kind, value):
                    raise DocumentError("cell_kind", row=number, heading=column.heading)


def neutral(text: str) -> str:
    """Return a text that no spreadsheet program runs: one that looks like a formula gets an apostrophe."""
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA_STARTS and text.strip(" ") else text


def _fits(kind: Kind, value: Value) -> bool:
    if value is None:
        return True
    if isinstance(value, bool):
        return False
    if kind == "date" and isinstance(value, datetime):
        return False
    return isinstance(value, _TYPES[kind])

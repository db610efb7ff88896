"""Which characters a font can draw: read from its `cmap`, so that no document is set with boxes for names."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from server.documents.document_error import CharacterMissing, DocumentError

_SEGMENTED_COVERAGE: Final = 12
"""The format of a `cmap` subtable that reaches all of Unicode."""
_BLANK: Final = frozenset("\n\t")
"""These move the pen and need no drawing."""


@lru_cache(maxsize=8)
def drawn_characters(font: Path) -> frozenset[int]:
    """Return the code points for which a TrueType font has a drawing.

    Raises: DocumentError. Source: OpenType specification, "cmap" and its format 12.
    """
    try:
        data = font.read_bytes()
    except OSError as error:
        raise DocumentError("font_missing", file=font.name) from error
    table = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    for number in range(count):
        (start,) = struct.unpack_from(">I", table, 4 + 8 * number + 4)
        if struct.unpack_from(">H", table, start)[0] == _SEGMENTED_COVERAGE:
            return frozenset(_covered(table, start))
    raise DocumentError("font_unreadable", file=font.name)


def refuse_undrawn(values: Any, drawn: frozenset[int], where: str = "") -> None:
    """Raise for the first character of any text in a value of JSON that cannot be drawn, and say where it is.

    Raises: CharacterMissing.
    """
    if isinstance(values, str):
        for place, character in enumerate(values, start=1):
            if ord(character) not in drawn and character not in _BLANK:
                raise CharacterMissing(character, where, place)
    elif isinstance(values, Mapping):
        for name, value in values.items():
            refuse_undrawn(value, drawn, f"{where}.{name}" if where else str(name))
    elif isinstance(values, list | tuple):
        for number, value in enumerate(values, start=1):
            refuse_undrawn(value, drawn, f"{where}[{number}]")


def _table(data: bytes, tag: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", data, 4)
    for number in range(count):
        found, _checksum, start, length = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        if found == tag:
            return data[start : start + length]
    raise DocumentError("font_unreadable", file=tag.decode())


def _covered(table: bytes, start: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", table, start + 12)
    for number in range(groups):
        first, last, glyph = struct.unpack_from(">III", table, start + 16 + 12 * number)
        for point in range(first, last + 1):
            if glyph + point - first:  # glyph 0 is the box that stands for "missing"
                yield point

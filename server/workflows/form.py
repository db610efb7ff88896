"""FormField: one field that a person fills in, with its kind, its limits and the messages that name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LONG_TEXT_CHARS: Final = 120
"""From here on a text is given several lines."""


@dataclass(frozen=True, slots=True)
class FormField:
    """`label`, `hint` and the second of each choice are keys of the catalog; `limits` are the schema's."""

    name: str
    kind: str
    label: str
    is_required: bool
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    of: str = ""
    """The type of record that it names, or that its members name."""

    @property
    def is_long(self) -> bool:
        """Does a text of this length need several lines?"""
        return self.kind == "text" and self.limits.get("max_length", 0) > LONG_TEXT_CHARS

    @property
    def keys(self) -> tuple[str, ...]:
        """Return every message that it asks for."""
        return (self.label, *((self.hint,) if self.hint else ()), *(key for _code, key in self.choices))

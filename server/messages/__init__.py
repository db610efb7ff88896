"""The one catalog of messages for server and phone: every text that a person reads.

Files are `<area>.toml`, one table a message with `zh` and `en`; the dotted table name is the key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
DEFAULT_LANGUAGE: Language = "zh"


def text(key: str, language: Language = DEFAULT_LANGUAGE, /, **params: object) -> str:
    """Return the message with its `{placeholders}` filled in; of a list, its members one after the other.

    Raises: KeyError when the catalog has no such key, or a placeholder has no value.
    """
    said = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in params.items()
    }
    return messages()[key][language].format_map(said)


@cache
def messages() -> Mapping[str, Mapping[Language, str]]:
    """Return every message by key; a key that two files define is an error."""
    found: dict[str, Mapping[Language, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for key, entry in _flatten(tomllib.loads(path.read_text("utf-8")), ""):
            if key in found:
                raise ValueError(f"{path.name}: {key} is defined twice")
            found[key] = entry
    return found


def _flatten(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Mapping[Language, str]]]:
    rows: list[tuple[str, Mapping[Language, str]]] = []
    for name, value in table.items():
        if not isinstance(value, Mapping):
            raise TypeError(f"{prefix}{name}: a message has only zh and en")
        if "zh" in value and isinstance(value["zh"], str):
            rows.append((prefix + name, value))
            value = {k: v for k, v in value.items() if isinstance(v, Mapping)}
        rows += _flatten(value, f"{prefix}{name}.")
    return rows

"""Reasons and flags of receipts in words, with the codes and names inside them in words too.

What stands in them may come from a stranger's entry: it is only ever looked up, or shown as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from server.console.layout.words import language, t, t_or_code
from server.messages import messages

_CODED: Final = {
    "role": "console.role",
    "action": "console.action",
    "type": "console.type",
    "field": "console.member",
}
"""Values of reasons that are codes themselves, and where their words are."""

HASH_CHARS_SHOWN: Final = 12


def reason_text(kind: str, reason: Mapping[str, Any]) -> str:
    """Return a receipt's reason or flag in words; one that is newer than the catalog as its code."""
    message = messages().get(f"{kind}.{reason['code']}")
    if message is None:
        return str(reason["code"])
    words = {name: _in_words(name, value) for name, value in reason.get("params", {}).items()}
    try:
        return message[language()].format_map(words)
    except (KeyError, ValueError):  # a receipt of another version may lack a value that the sentence wants
        return str(reason["code"])


def waits_text(name: str) -> str:
    """Return in words what a held entry waits for."""
    kind, _, rest = name.partition(":")
    if kind == "schema":
        record_type, _, version = rest.partition(":")
        return t("console.waits.schema", type=t_or_code("console.type", record_type), version=version)
    if kind == "hash":
        return t("console.waits.hash", hash=rest[:HASH_CHARS_SHOWN])
    if kind == "log":
        return t("console.waits.log")
    if kind == "program":
        return t("console.waits.program")
    return t("console.waits.record", type=t_or_code("console.type", kind), id=rest)


def _in_words(name: str, value: object) -> object:
    if isinstance(value, list):
        words = [_name_in_words(item) if isinstance(item, str) else str(item) for item in value]
        return ("、" if language() == "zh" else ", ").join(words)
    prefix = _CODED.get(name)
    return t_or_code(prefix, value) if prefix and isinstance(value, str) else value


def _name_in_words(name: str) -> str:
    return waits_text(name) if ":" in name else t_or_code("console.member", name)

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
"""Values of reasons that are codes themselves, and where their words are; the phone has the same table."""

_LAPSES_S: Final = {"off_s": 1, "hours": 3600}
"""Values that say how long, and the seconds of their unit."""
_UNITS_S: Final = {"days": 86400, "hours": 3600, "minutes": 60}
_ENOUGH: Final = 2
"""Below so many of a unit the next smaller one says more."""

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


def lapse_text(seconds: int) -> str:
    """Return how long that is in the largest unit that says it."""
    for unit, unit_s in _UNITS_S.items():
        if seconds >= _ENOUGH * unit_s:
            return t(f"lapse.{unit}", n=seconds // unit_s)
    return t("lapse.seconds", n=seconds)


def _in_words(name: str, value: object) -> object:
    if isinstance(value, list):
        words = [_name_in_words(item) if isinstance(item, str) else str(item) for item in value]
        return ("、" if language() == "zh" else ", ").join(words)
    if name in _LAPSES_S and isinstance(value, int):
        return lapse_text(value * _LAPSES_S[name])
    prefix = _CODED.get(name)
    return t_or_code(prefix, value) if prefix and isinstance(value, str) else value


def _name_in_words(name: str) -> str:
    return waits_text(name) if ":" in name else t_or_code("console.member", name)

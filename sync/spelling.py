"""JSON taken apart without losing how it was spelt: 1.0 stays 1.0, 1e2 stays 1e2, "\\u00e9" what it was.

Parsers give values; what was received is more than those. Of a key that occurs twice the last wins: such a
document has no spelling of its own, for two readers could read it differently.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final, NoReturn

from sync.document import is_special

_SPACE: Final = re.compile(r"[ \t\n\r]*")


class SpeltDocument(dict[str, Any]):
    """A document that remembers its body as it was received.

    `spelling`: the JSON text, UTF-8, of an object with all its members but the special ones. Whoever changes
    a member makes it untrue: what it says is compared with the members before it is kept.
    """

    __slots__ = ("spelling",)

    def __init__(self, members: Mapping[str, Any], spelling: bytes) -> None:
        super().__init__(members)
        self.spelling = spelling

    def __reduce__(self) -> tuple[type[SpeltDocument], tuple[dict[str, Any], bytes]]:
        return SpeltDocument, (dict(self), self.spelling)

    def with_special(self, members: Mapping[str, Any]) -> SpeltDocument:
        """Return it with other special members: its body, and so its spelling, is the same."""
        return SpeltDocument({**self, **members}, self.spelling)


def spelling_of(document: object) -> bytes | None:
    """Return the body as it was received; None where that is not known."""
    return document.spelling if isinstance(document, SpeltDocument) else None


def joined(special: bytes, spelling: bytes) -> bytes:
    """Return one document of the JSON of its special members and the spelling of its body."""
    inside = spelling[1:-1].strip()
    if not inside:
        return special
    return b"%b,%b}" % (special[:-1], inside) if len(special) > 2 else spelling


def read_spelt(data: bytes, depth: int) -> Any:
    """Return the value, with the objects `depth` containers deep (1: the whole) as SpeltDocument.

    Raises: ValueError (no JSON, or a number that overflows), RecursionError.
    """
    text = data.decode()
    value, end = _read(text, _skip(text, 0), depth)
    if _skip(text, end) != len(text):
        raise ValueError("more than one value")
    return value


def _read(text: str, at: int, depth: int) -> tuple[Any, int]:
    """Return the value that begins at `at`, and where it ends."""
    first = text[at : at + 1]
    if depth == 1 and first == "{":
        return _document(text, at)
    if depth > 1 and first == "{":
        members, end = _members(text, at, depth - 1)
        return {name: value for name, value, _, _ in members}, end
    if depth > 1 and first == "[":
        return _items(text, at, depth - 1)
    return _scan(_LAST_WINS, text, at)


def _document(text: str, at: int) -> tuple[dict[str, Any], int]:
    try:
        members, end = _members(text, at, 0)
    except _KeyTwice:
        return _scan(_LAST_WINS, text, at)
    values = {name: value for name, value, _, _ in members}
    if len(values) != len(members):
        return values, end
    return SpeltDocument(values, _without_special(text[at:end], at, members).encode()), end


_Member = tuple[str, Any, int, int]
"""Name, value, and where its text begins and ends."""


def _without_special(text: str, offset: int, members: list[_Member]) -> str:
    """Return the text of an object, which began at `offset`, without its special members."""
    if not any(is_special(name) for name, *_ in members):
        return text
    kept = ["{"]
    before = offset  # where the member before this one ended
    for name, _, start, end in members:
        if not is_special(name):
            # What separates it from the member before is kept as it was; nothing stands before the first.
            kept.append(
                text[(before if before is not None and len(kept) > 1 else start) - offset : end - offset]
            )
        before = end
    return "".join(kept) + "}"


def _members(text: str, at: int, depth: int) -> tuple[list[_Member], int]:
    """Read an object; at depth 0 a key that occurs twice in a value raises _KeyTwice."""
    members: list[_Member] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        start = at
        if text[at : at + 1] != '"':
            raise ValueError("a name was expected")
        name, at = scanstring(text, at + 1, True)
        at = _expect(text, _skip(text, at), ":")
        value, at = _scan(_KEYS_ONCE, text, at) if depth == 0 else _read(text, at, depth)
        members.append((name, value, start, at))
        at = _next(text, at, "}")
    return members, at + 1


def _items(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at = _skip(text, at + 1)
    while text[at : at + 1] != "]":
        value, at = _read(text, at, depth)
        items.append(value)
        at = _next(text, at, "]")
    return items, at + 1


def _next(text: str, at: int, end: str) -> int:
    """Return where the next element begins, or `end` stands."""
    at = _skip(text, at)
    if text[at : at + 1] == end:
        return at
    at = _expect(text, at, ",")
    if text[at : at + 1] == end:
        raise ValueError("nothing follows the comma")
    return at


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise ValueError(f"{mark} was expected")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    if text[at : at + 1] not in (" ", "\n", "\t", "\r"):
        return at
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _scan(decoder: Any, text: str, at: int) -> tuple[Any, int]:
    try:
        return decoder.scan_once(text, at)  # type: ignore[no-any-return]
    except StopIteration as error:
        raise ValueError("a value was expected") from error


class _KeyTwice(Exception):
    pass


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _KeyTwice
    return members


def finite(text: str) -> float:
    """Return the number. Raises: ValueError when it overflows."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} overflows")
    return number


def refuse_constant(text: str) -> NoReturn:
    """NaN and Infinity. Raises: ValueError."""
    raise ValueError(f"{text} is not JSON")


_KEYS_ONCE: Final[Any] = json.JSONDecoder(
    object_pairs_hook=_keys_once, parse_float=finite, parse_constant=refuse_constant
)
_LAST_WINS: Final[Any] = json.JSONDecoder(parse_float=finite, parse_constant=refuse_constant)

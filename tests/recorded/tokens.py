"""What varies from server to server, as tokens: `<hex 3>` (revision ids, uuids), `<seq 4>`, `<moment>`.

Recording puts tokens in place of what the server chose; replaying binds each token to what our server
chose at that place, and holds it to that wherever the token comes again.
"""

from __future__ import annotations

import re
from typing import Any

_CHOSEN = {
    "hex": re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"),
    "seq": re.compile(r"(?<![0-9a-z])(\d+)-g[12][A-Za-z0-9_-]{12,}"),
}
_MOMENT = re.compile(r"17[0-9]{8}")
_TAKES = {"hex": "[0-9a-f]{32}", "seq": '[^"\\s]+'}
_TOKEN = re.compile(r"<(hex|seq) (\d+)>")

_NOT_COMPARED = frozenset(
    (
        *("cluster", "compact_running", "disk_format_version", "props", "purge_seq", "sizes"),
        *("features", "git_sha", "vendor", "version"),
        *("hint", "ref"),
    )
)
"""Members of an answer that say something of the machine or the make, and nothing of the protocol."""


def compared(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what is not compared."""
    body = answer.get("json")
    if not isinstance(body, dict):
        return answer
    return answer | {"json": {name: value for name, value in body.items() if name not in _NOT_COMPARED}}


class Naming:
    """Gives tokens to what a recorded server chose; what the probes themselves said stays as it is."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}
        self._said: set[str] = set()

    def heard(self, request_text: str) -> None:
        self._said |= set(_CHOSEN["hex"].findall(request_text)) - self._tokens.keys()

    def named(self, value: Any) -> Any:
        if isinstance(value, str):
            if _MOMENT.fullmatch(value):
                return "<moment>"
            for kind, pattern in _CHOSEN.items():
                value = pattern.sub(lambda found, kind=kind: self._token(kind, found), value)
            return value
        if isinstance(value, list):
            return [self.named(item) for item in value]
        if isinstance(value, dict):
            return {self.named(name): self.named(item) for name, item in value.items()}
        return value

    def _token(self, kind: str, found: re.Match[str]) -> str:
        text = found[0]
        if text in self._said:
            return text
        if text not in self._tokens:
            # A position in a feed is known by its number: CouchDB writes one position in several ways.
            number = found[1] if kind == "seq" else self._next_number(kind)
            self._tokens[text] = f"<{kind} {number}>"
        return self._tokens[text]

    def _next_number(self, kind: str) -> int:
        return sum(token.startswith(f"<{kind} ") for token in self._tokens.values()) + 1


class Binding:
    """What our server chose for each token of one theme."""

    def __init__(self) -> None:
        self._bound: dict[str, str] = {}

    def takes(self, expected: str, actual: str) -> bool:
        """Whether the texts agree; tokens met for the first time are bound."""
        if expected == "<moment>":
            return actual.isdigit()
        if expected == "<seq 0>":  # the start has more than one spelling
            return actual == "0" or actual.startswith("0-")
        pattern, new = "", []
        end = 0
        for found in _TOKEN.finditer(expected):
            pattern += re.escape(expected[end : found.start()])
            end = found.end()
            known = self._bound.get(found[0])
            pattern += f"({_TAKES[found[1]]})" if known is None else re.escape(known)
            new += [] if known is not None else [found[0]]
        match = re.fullmatch(pattern + re.escape(expected[end:]), actual, re.DOTALL)
        if match is None:
            return False
        for token, text in zip(new, match.groups(), strict=True):
            self._bound.setdefault(token, text)
        return True


def differing(expected: Any, actual: Any, binding: Binding, path: str = "") -> list[str]:
    """Return the places where an answer is not what was recorded, like `.rows[].value`; [] where it is."""
    if isinstance(expected, str) and isinstance(actual, str):
        return [] if binding.takes(expected, actual) else [path or "text"]
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{path}[] ({len(actual)})"]
        pairs = zip(expected, actual, strict=True)
        places = [place for each, other in pairs for place in differing(each, other, binding, f"{path}[]")]
        return list(dict.fromkeys(places))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _differing_members(expected, actual, binding, path)
    same = type(expected) is type(actual) and expected == actual
    return [] if same else [path or "value"]


def _differing_members(
    expected: dict[str, Any], actual: dict[str, Any], binding: Binding, path: str
) -> list[str]:
    actual = dict(actual)
    places = []
    for name, value in expected.items():
        ours = next((known for known in actual if binding.takes(name, known)), None)
        if ours is None:
            places.append(f"{path}.{name} missing")
        else:
            places += differing(value, actual.pop(ours), binding, f"{path}.{name}")
    return places + [f"{path}.{name} added" for name in actual]

"""A probe: one request, and what CouchDB answered to it; themes are sequences of them on their own databases.

A theme is a file of probes/; its first lines say what it is about, then there is a probe a line.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "probes"

_REFERENCE = re.compile(r"\{([a-z0-9-]+):(\w+)\}")
_NOTHING = "1-" + "0" * 32


@dataclass(frozen=True, slots=True)
class Probe:
    """`request` holds method, path and, where there are any, headers, who asks, and one form of body."""

    theme: str
    name: str
    request: dict[str, Any]
    answer: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.theme}/{self.name}"


@dataclass(frozen=True, slots=True)
class Theme:
    name: str
    about: str
    probes: list[Probe]


def themes() -> list[Theme]:
    return [_load(path) for path in sorted(FOLDER.glob("*.json"))]


def _load(path: Path) -> Theme:
    read = json.loads(path.read_text("utf-8"))
    probes = [
        Probe(path.stem, each["name"], each["request"], each.get("answer", {})) for each in read["probes"]
    ]
    return Theme(path.stem, read["about"], probes)


def save(theme: Theme) -> None:
    """Write the theme's file: a probe a line, so that a new recording is read as a diff of answers."""
    lines = [
        json.dumps({"name": p.name, "request": p.request, "answer": p.answer}, ensure_ascii=False)
        for p in theme.probes
    ]
    head = f'{{"about": {json.dumps(theme.about, ensure_ascii=False)},\n"probes": [\n'
    (FOLDER / f"{theme.name}.json").write_text(head + ",\n".join(lines) + "\n]}\n", "utf-8")


def filled(value: Any, answers: dict[str, Any]) -> Any:
    """Return a request with `{probe:member}` replaced by that member of that probe's JSON answer."""
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: _member(answers.get(found[1]), found[2]), value)
    if isinstance(value, list):
        return [filled(item, answers) for item in value]
    if isinstance(value, dict):
        return {filled(name, answers): filled(item, answers) for name, item in value.items()}
    return value


def _member(answer: Any, name: str) -> str:
    # A server that refused that probe named nothing: the request is sent all the same.
    return str(answer.get(name, _NOTHING)) if isinstance(answer, dict) else _NOTHING


def body_bytes(request: dict[str, Any]) -> bytes | None:
    """Return the body that the request describes; None when it has none.

    `json`, `text`, `base64`, or `pieces`: a list of [text, how often]. `gzip`: packed.
    """
    data = next(_bodies(request), None)
    return gzip.compress(data, 1) if data is not None and request.get("gzip") else data


def _bodies(request: dict[str, Any]) -> Iterator[bytes]:
    if "json" in request:
        yield json.dumps(request["json"]).encode()
    if "text" in request:
        yield request["text"].encode()
    if "base64" in request:
        yield base64.b64decode(request["base64"])
    if "pieces" in request:
        yield b"".join(text.encode() * count for text, count in request["pieces"])

"""Which messages the sources ask for: written out, composed from a prefix, or named by a code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from server.records.names import ROLES
from server.records.record_type import RecordType
from server.records.registry import RECORD_TYPES, record_type
from server.workflows import workflow, workflow_names

ROOT = Path(__file__).parent.parent.parent
SOURCES = (
    ("server", (".py", ".html", ".typ")),
    ("client/src", (".js", ".jsx", ".html")),
    ("client/build", (".mjs",)),
)
GENERATED = "client/src/generated"

_KEY = r"[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_]+)+"
_WRITTEN = re.compile(rf"""["'`]({_KEY})["'`]""")
_ASKED = re.compile(rf"""(?<![\w.])(?:t|text|tr)\(\s*["'`]({_KEY})["'`]""")
_COMPOSED = (
    # `phone.where.${where}_why` and f"console.state.{record_type}"
    re.compile(r"""["'`]([a-z][a-z0-9_]*(?:\.[a-z0-9_]*)*(?:\$?\{[^{}]*\}[a-z0-9_.]*)+)["'`]"""),
    # "console.outcome." ~ outcome.name, "cli.help." + name
    re.compile(r"""["']([a-z][a-z0-9_]*\.(?:[a-z0-9_.]*))["']\s*[~+]"""),
)
_BY_CODE = re.compile(
    r"""(?:t_or_code|in_words|inWords|isKnownText)\(\s*f?["'`]([a-z0-9_.]+(?:\{[^{}]*\})?)["'`]\s*,"""
)
_TEMPLATE_KEY = re.compile(r'"([a-z_]+(?:\.[a-z_]+)?)"')
_QUOTED = re.compile(r"""["'`]([a-z][a-z0-9_]*)["'`]""")
_NO_KEYS = re.compile(r"\.(js|jsx|mjs|py|json|html|css|toml|svg|sqlite|zip|md|txt|key|pem|crt)$")


@dataclass(frozen=True)
class Source:
    """One file that may ask for messages."""

    name: str
    text: str


def sources() -> list[Source]:
    """Return every source file that people may read messages through."""
    paths = [p for folder, ends in SOURCES for end in ends for p in (ROOT / folder).rglob(f"*{end}")]
    names = {p: p.relative_to(ROOT).as_posix() for p in sorted(paths)}
    return [Source(n, p.read_text("utf-8")) for p, n in names.items() if not n.startswith(GENERATED)]


class Usage:
    """What all sources together ask for."""

    def __init__(self, found: Iterable[Source]) -> None:
        self.asked: dict[str, str] = {}
        self.written: set[str] = set(declared_keys())
        self.quoted: set[str] = _declared_words()
        self._composed: set[str] = set()
        for source in found:
            self._read(source)

    def _read(self, source: Source) -> None:
        if source.name.endswith(".typ"):
            # Templates of documents ask for texts below `document.` by what follows it.
            self.written.update(f"document.{key}" for key in _TEMPLATE_KEY.findall(source.text))
            return
        for key in _ASKED.findall(source.text):
            if not _NO_KEYS.search(key):
                self.asked.setdefault(key, source.name)
        self.written.update(_WRITTEN.findall(source.text))
        self.quoted.update(_QUOTED.findall(source.text))
        for pattern in _COMPOSED:
            texts = [text for text in pattern.findall(source.text) if "." in text.partition("{")[0]]
            self._composed.update(_as_pattern(text) for text in texts)
        self._composed.update(_as_pattern(text + ".") for text in _BY_CODE.findall(source.text))

    def uses(self, key: str) -> bool:
        """Is this message asked for somewhere?

        What is put together at run time counts when each changing piece is a word that the sources quote.
        """
        if key in self.written:
            return True
        matches = [m for pattern in self._composed if (m := re.fullmatch(pattern, key))]
        return any(self._are_words(match.groups()) for match in matches)

    def _are_words(self, pieces: Iterable[str]) -> bool:
        return all(word in self.quoted for piece in pieces for word in piece.split("."))


def _as_pattern(text: str) -> str:
    pieces = re.split(r"\$?\{[^{}]*\}", text)
    pattern = "([A-Za-z0-9_.]+)".join(re.escape(piece) for piece in pieces)
    return pattern + "([A-Za-z0-9_.]+)" if text.endswith(".") else pattern


def declared_keys() -> dict[str, str]:
    """Return each message that a workflow's file asks for, with the file."""
    found: dict[str, str] = {}
    for name in workflow_names():
        flow, by = workflow(name), f"{name}.toml"
        forms = [flow.record_form, *(action.form for action in flow.actions.values())]
        found |= {key: by for form in forms for field in form for key in field.keys}
        found |= {clock.label: by for clock in flow.clocks}
        laws = [clock.law for clock in flow.clocks] + [
            extension.law for clock in flow.clocks for extension in clock.extensions if extension.law
        ]
        found |= {f"law.{law.name}": by for law in laws}
        found |= {f"reason.{check.name}": by for check in flow.checks}
    return found


def types_of(name: str) -> list[RecordType]:
    kind = record_type(name)
    return [kind] if kind else []


def _declared_words() -> set[str]:
    """Return the words that declarations, not sources, bring into keys: states, actions, fields, types."""
    words = {*ROLES, *RECORD_TYPES, *workflow_names()}
    for name in workflow_names():
        flow = workflow(name)
        words |= {*flow.states, *flow.actions}
        words |= {field for action in flow.actions.values() for field in action.fields.fields}
        implied = [{*a.sets, *filter(None, (a.remembers,))} for a in flow.actions.values()]
        words = words.union(*implied, *(kind.schemas[max(kind.schemas)].fields for kind in types_of(name)))
    return words

"""Writes what the phone's build takes from the server, so that a rule and a text are written once.

`python -m server.client_build FOLDER` writes forms.json, limits.json, messages.json and steps.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from server.messages import LANGUAGES, messages
from server.records import limits
from server.records.form_limits import form_limits
from server.records.registry import RECORD_TYPES
from server.workflows import workflow, workflow_names

ON_PHONES: Final = frozenset({"participant", "supervisor", "volunteer"})
"""Roles whose steps are written on phones and tablets."""


def forms() -> dict[str, Any]:
    """Return the limits of each form that a phone shows, by name.

    `<type>` is the newest schema of a body, `<type>.<part>` that of a part, `<type>.<action>` the fields of a
    step.
    """
    found: dict[str, Any] = {}
    for kind in RECORD_TYPES.values():
        if kind.is_desk_only:
            continue  # the first load of a phone carries these bytes
        found[kind.name] = form_limits(kind.schemas[max(kind.schemas)])
        found |= {f"{kind.name}.{part}": form_limits(schema) for part, schema in kind.parts.items()}
        if kind.workflow is not None:
            found |= {
                f"{kind.name}.{action.name}": form_limits(action.fields)
                for action in workflow(kind.workflow).actions.values()
            }
    return found


def entry_limits() -> dict[str, Any]:
    """Return the limits on any entry, by lower-case name."""
    return {name.lower(): value for name, value in vars(limits).items() if name.isupper()}


def steps() -> dict[str, dict[str, str]]:
    """Return the state that each step of a phone leads to, by record type and action; "" where it stays."""
    found: dict[str, dict[str, str]] = {}
    for name in workflow_names():
        actions = workflow(name).actions.values()
        found[name] = {action.name: action.to or "" for action in actions if action.by & ON_PHONES}
    return {name: rows for name, rows in found.items() if rows}


def texts() -> dict[str, dict[str, str]]:
    """Return every message by language and key."""
    return {
        language: {key: entry[language] for key, entry in messages().items() if language in entry}
        for language in LANGUAGES
    }


def write_sources(folder: Path) -> None:
    """Write the files; what is the same every time is the same byte by byte."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: Mapping[str, Any] = {
        "forms": forms(),
        "limits": entry_limits(),
        "messages": texts(),
        "steps": steps(),
    }
    for name, value in rows.items():
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (folder / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write_sources(Path(sys.argv[1]))

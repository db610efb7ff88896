"""Writes what the phone's build takes from the server, so that a rule and a text are written once.

`python -m server.client_build FOLDER` writes forms.json, limits.json and messages.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.messages import LANGUAGES, messages
from server.records import limits
from server.records.form_limits import form_limits
from server.records.registry import RECORD_TYPES
from server.workflows import workflow


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


def texts() -> dict[str, dict[str, str]]:
    """Return every message by language and key."""
    return {
        language: {key: entry[language] for key, entry in messages().items() if language in entry}
        for language in LANGUAGES
    }


def write_sources(folder: Path) -> None:
    """Write the three files; what is the same every time is the same byte by byte."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: Mapping[str, Any] = {"forms": forms(), "limits": entry_limits(), "messages": texts()}
    for name, value in rows.items():
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        (folder / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write_sources(Path(sys.argv[1]))

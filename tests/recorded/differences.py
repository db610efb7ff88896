"""The differences that are meant: differences.json, one reasoned entry for each rule that we do otherwise.

An entry has a `reason`, `see` (a line of sync/QUIRKS.md, a section of the protocol notes, or what is not
there yet), and `ours`: by probe, our status with the error's name or the places where the answers differ.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "differences.json"


def entries() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
    return read


def listed() -> dict[str, str]:
    """Return by probe how we differ from CouchDB on purpose."""
    return {probe: ours for entry in entries() for probe, ours in entry["ours"].items()}

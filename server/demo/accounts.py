"""The demo's console accounts in a file that only its owner reads, printed at each start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from server.demo.people import Account
from server.messages import LANGUAGES, text

FILE: Final = "demo-accounts.txt"
_COMMENT: Final = "#"


def write_accounts(folder: Path, accounts: Sequence[Account]) -> Path:
    """Write the table: login, password, role and name, one account a line."""
    lines = [f"{_COMMENT} {text('demo.accounts.title', language)}" for language in LANGUAGES]
    lines += [f"{a.login:12} {a.password:16} {a.role:18} {a.name}" for a in accounts]
    path = folder / FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def load_accounts(folder: Path) -> list[Account]:
    """Return what the file holds; none when there is no file."""
    path = folder / FILE
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [Account(*line.split(maxsplit=3)) for line in lines if line and not line.startswith(_COMMENT)]

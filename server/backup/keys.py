"""The county's own age key pair, made at the first backup.

Its secret half must be copied to another place: without it no backup can be opened.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyrage

from server.backup.archive import BackupError
from server.settings import Settings


def identity_path(settings: Settings) -> Path:
    return settings.data / "backup-identity.txt"


def county_identity(settings: Settings) -> str:
    """Return the secret key, made now if there is none."""
    path = identity_path(settings)
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{pyrage.x25519.Identity.generate()}\n")
    return read_identity(path)


def county_recipient(settings: Settings) -> str:
    """Return the public key that goes with `county_identity`."""
    return str(pyrage.x25519.Identity.from_str(county_identity(settings)).to_public())


def read_identity(path: Path) -> str:
    """Return the age secret key in a file that may hold comments beside it.

    Raises: BackupError.
    """
    for line in path.read_text("ascii", "replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            return line.strip()
    raise BackupError("backup.no_key", path=path)

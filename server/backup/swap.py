"""The moment of a restore: new data take the place of the old, and a cut in the middle is finished later.

The new data are whole beside the old before anything moves; a marker then says that they are on
their way, until they are there. While it stands, nothing opens the data but what finishes this.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import orjson

from server.messages.told import Told

COUCH: Final = "couch.sqlite"
MARKER: Final = "restore-under-way.json"
_BROUGHT: Final = (COUCH, "keys")
_LEAVING: Final = tuple(
    file + ending for file in (COUCH, "readmodel.sqlite") for ending in ("-wal", "-shm", "")
)


class HalfRestored(Told):
    """The data are between two lives; starting the server or another restore finishes it."""


def refuse_half_restored(data: Path) -> None:
    """Raises: HalfRestored."""
    if (data / MARKER).exists():
        raise HalfRestored("backup.half_restored", folder=data)


def swap_in(data: Path, incoming: Path, aside: Path) -> None:
    """Set the present databases and keys aside and bring the new ones in; all of it, or later the rest."""
    marker = data / MARKER
    fresh = marker.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(orjson.dumps({"incoming": incoming.name, "aside": aside.name}))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(marker)
    _fsync(data)
    finish_swap(data)


def finish_swap(data: Path) -> Path | None:
    """Do what is left of a swap and return where the former data are; None when there is none."""
    marker = data / MARKER
    if not marker.exists():
        return None
    names: dict[str, str] = orjson.loads(marker.read_bytes())
    incoming, aside = data / names["incoming"], data / names["aside"]
    aside.mkdir(exist_ok=True)
    for name in (*_LEAVING, "keys"):
        # What was brought in already is not there to be brought in any more: it stays.
        if (name not in _BROUGHT or (incoming / name).exists()) and (data / name).exists():
            (data / name).rename(aside / name)
    for name in _BROUGHT:
        if (incoming / name).exists():
            (incoming / name).rename(data / name)
    _fsync(aside)
    _fsync(data)
    shutil.rmtree(incoming, ignore_errors=True)
    marker.unlink()
    _fsync(data)
    return aside


def _fsync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The one KML inside a KMZ, unpacked in memory and no further than the limit; nothing is written to disk."""

from __future__ import annotations

import io
import zipfile
import zlib

from server.geometry.limits import MAX_UNPACKED_BYTES
from server.geometry.track import TrackRefused

MAX_MEMBERS = 1000


def kml_in(data: bytes) -> bytes:
    """Return `doc.kml`, or the first KML in the archive. Raises: TrackRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise TrackRefused("track_broken", detail=f"{len(members)} files")
            kmls = [m for m in members if m.filename.lower().endswith(".kml") and not m.is_dir()]
            if not kmls:
                raise TrackRefused("track_no_kml")
            chosen = next((m for m in kmls if m.filename.lower() == "doc.kml"), kmls[0])
            with archive.open(chosen) as member:
                # The size that the archive states is not believed: so much is read, and one byte more.
                unpacked = member.read(MAX_UNPACKED_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        if isinstance(error, TrackRefused):
            raise
        raise TrackRefused("track_broken", detail=str(error)[:80]) from error
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise TrackRefused("track_too_large", max_mb=MAX_UNPACKED_BYTES // 2**20)
    return unpacked

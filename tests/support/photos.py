"""Photos for tests: real JPEGs, every one with other bytes, with GPS in their EXIF as phones write it."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from PIL import Image

GPS_IFD = 0x8825


def write_photo(path: Path, *, seed: int, width: int = 900, height: int = 700) -> str:
    """Write a JPEG of grey noise (which does not compress away) and return its SHA-256."""
    noise = random.Random(seed).randbytes(width * height // 16)
    image = Image.frombytes("L", (width // 4, height // 4), noise[: (width // 4) * (height // 4)])
    exif = Image.Exif()
    exif[0x010F] = "TestPhone"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (36.0, 34.0, 2.0), 3: "E", 4: (116.0, 45.0, 29.0)})
    image.resize((width, height)).convert("RGB").save(path, "JPEG", quality=90, exif=exif)
    return hashlib.sha256(path.read_bytes()).hexdigest()

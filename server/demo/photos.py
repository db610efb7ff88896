"""Small drawn photos for the demo: a dyke, its water and sky, with the time and place written on them."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

SIZE_PX: Final = (1024, 768)
SCENES: Final = 10
_BAND_PX: Final = 44
_JPEG: Final = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Photo:
    """The bytes, and what an entry says of them."""

    data: bytes
    taken_at: datetime

    @property
    def promise(self) -> dict[str, Any]:
        return {
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "size": len(self.data),
            "type": _JPEG,
            "taken_at": self.taken_at.isoformat(timespec="milliseconds"),
        }


class Camera:
    """Takes photos of a few scenes; the writing on each makes no two alike."""

    def __init__(self, rng: random.Random, scenes: int = SCENES) -> None:
        self._rng = rng
        self._scenes = [_scene(rng) for _ in range(scenes)]
        self._font = ImageFont.load_default(24)
        self._taken = 0

    def take(self, at: datetime, label: str, *, min_bytes: int = 0) -> Photo:
        """Return a photo of this moment, of at least `min_bytes`."""
        self._taken += 1
        width, height = SIZE_PX
        image = self._rng.choice(self._scenes).copy()
        if self._rng.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        band = ImageDraw.Draw(image)
        band.rectangle((0, height - _BAND_PX, width, height), fill=(20, 24, 28))
        text = f"{at:%Y-%m-%d %H:%M:%S}   {label}   {self._taken:05}"
        band.text((18, height - 34), text, font=self._font, fill=(240, 240, 232))
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=76)
        return Photo(padded(stream.getvalue(), min_bytes), at)


def padded(jpeg: bytes, min_bytes: int) -> bytes:
    """Return the same picture in at least so many bytes, the rest in comment segments after the start."""
    filler = b""
    while (missing := min_bytes - len(jpeg) - len(filler)) > 0:
        length = min(65_533, max(missing - 4, 1))
        filler += b"\xff\xfe" + (length + 2).to_bytes(2) + bytes(length)
    return jpeg[:2] + filler + jpeg[2:]


def _scene(rng: random.Random) -> Image.Image:
    width, height = SIZE_PX
    image = Image.new("RGB", SIZE_PX, _shade(rng, (168, 200, 224)))
    draw = ImageDraw.Draw(image)
    horizon, crest = height * rng.uniform(0.3, 0.42), height * rng.uniform(0.46, 0.6)
    path = [(0, height), (width * 0.38, crest), (width * 0.46, crest), (width * 0.2, height)]
    draw.rectangle((0, horizon, width, height), fill=_shade(rng, (150, 138, 104)))
    slope = [(0.0, crest), (width, crest - 60), (width, height), (0, height)]
    draw.polygon(slope, fill=_shade(rng, (104, 128, 72)))
    draw.polygon(path, fill=_shade(rng, (176, 160, 128)))
    for _ in range(140):
        x, y = rng.uniform(0, width), rng.uniform(crest, height)
        tall = 12 + (y - crest) / 8
        draw.line((x, y, x + rng.uniform(-6, 6), y - tall), fill=_shade(rng, (72, 104, 48)), width=3)
    # Pillow's own noise takes no seed.
    grain_px = (width // 2, height // 2)
    grain = Image.frombytes("L", grain_px, rng.randbytes(grain_px[0] * grain_px[1])).resize(SIZE_PX)
    return Image.blend(image, grain.convert("RGB"), 0.05)


def _shade(rng: random.Random, colour: tuple[int, int, int]) -> tuple[int, int, int]:
    lighter = rng.randint(-16, 16)
    red, green, blue = (max(0, min(255, part + lighter)) for part in colour)
    return red, green, blue

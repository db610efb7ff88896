"""Photos: what a header says before anything is decoded, and copies without EXIF for other eyes.

Decoders are reached only through here, after the pixel limit, and never for another format than
the one that the first bytes showed.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

import pillow_heif
from PIL import Image, ImageOps

from server.defects import DEFECTS

MAX_PIXELS: Final = 40_000_000
DERIVATIVE_MAX_PX: Final = 1600
THUMBNAIL_MAX_PX: Final = 320

_DECODERS_FAIL: Final = (OSError, SyntaxError, EOFError, MemoryError, struct.error, *DEFECTS)
"""What decoders raise over files made to break them; such a file is unusable, and nothing of ours failed."""

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}

pillow_heif.register_heif_opener(thumbnails=False)


class UnusableImage(Exception):
    """The file is no picture that we decode: broken, or more pixels than the limit."""


class TooManyPixels(UnusableImage):
    pass


@dataclass(frozen=True, slots=True)
class ImageFacts:
    width_px: int
    height_px: int


def inspect(stream: BinaryIO, media_type: str, *, max_pixels: int = MAX_PIXELS) -> ImageFacts:
    """Return the size in pixels, from the header, then decode once, small where the format allows.

    Raises: TooManyPixels before decoding; UnusableImage when the file ends early or makes no sense.
    """
    with _opened(stream, media_type, max_pixels) as image:
        facts = ImageFacts(*image.size)
        # JPEG decodes at an eighth: every byte of the stream is still read, so an early end shows.
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
        _decode(image)
        return facts


def derivative(stream: BinaryIO, media_type: str, max_px: int, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """Return a JPEG of at most `max_px` a side, upright, with no metadata of the original.

    Raises: UnusableImage.
    """
    with _opened(stream, media_type, max_pixels) as image:
        image.draft("RGB", (max_px, max_px))
        _decode(image)
        try:
            flat = _flat(image, max_px)
        except _DECODERS_FAIL as failure:  # its EXIF may be as broken as its pixels
            raise UnusableImage(str(failure)) from failure
    encoded = io.BytesIO()
    # A fresh image and no exif, icc or comment argument: nothing of the original is carried over.
    flat.save(encoded, "JPEG", quality=82, optimize=True)
    return encoded.getvalue()


def _flat(image: Image.Image, max_px: int) -> Image.Image:
    """Return it upright and small on white, in a fresh image of 8 bits a channel."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        # Pillow's own conversion cuts every value over 255 to white.
        upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    upright.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", upright.size, "white")
    rgba = upright.convert("RGBA")
    flat.paste(rgba, mask=rgba.getchannel("A"))
    return flat


def _opened(stream: BinaryIO, media_type: str, max_pixels: int) -> Image.Image:
    try:
        image = Image.open(stream, formats=[_FORMATS[media_type]])
    except Image.DecompressionBombError as failure:
        raise TooManyPixels(str(failure)) from failure
    except _DECODERS_FAIL as failure:
        raise UnusableImage(str(failure)) from failure
    if image.width * image.height > max_pixels:
        image.close()
        raise TooManyPixels(f"{image.width} x {image.height}")
    return image


def _decode(image: Image.Image) -> None:
    try:
        image.load()
    except _DECODERS_FAIL as failure:
        raise UnusableImage(str(failure)) from failure

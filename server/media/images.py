"""Photos: what a header says before anything is decoded, and copies without EXIF for other eyes.

Decoders are reached only through here, after the pixel limit, and never for another format than
the one that the first bytes showed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, Final

import pillow_heif
from PIL import Image, ImageOps

MAX_PIXELS: Final = 40_000_000
DERIVATIVE_MAX_PX: Final = 1600
THUMBNAIL_MAX_PX: Final = 320

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
        image.draft("RGB", (image.width // 8, image.height // 8))
        _decode(image)
        return facts


def derivative(stream: BinaryIO, media_type: str, max_px: int, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """Return a JPEG of at most `max_px` a side, upright, with no metadata of the original.

    Raises: UnusableImage.
    """
    with _opened(stream, media_type, max_pixels) as image:
        image.draft("RGB", (max_px, max_px))
        _decode(image)
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
        flat = Image.new("RGB", upright.size, "white")
        rgba = upright.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
    encoded = io.BytesIO()
    # A fresh image and no exif, icc or comment argument: nothing of the original is carried over.
    flat.save(encoded, "JPEG", quality=82, optimize=True)
    return encoded.getvalue()


def _opened(stream: BinaryIO, media_type: str, max_pixels: int) -> Image.Image:
    try:
        image = Image.open(stream, formats=[_FORMATS[media_type]])
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as failure:
        if isinstance(failure, Image.DecompressionBombError):
            raise TooManyPixels(str(failure)) from failure
        raise UnusableImage(str(failure)) from failure
    if image.width * image.height > max_pixels:
        image.close()
        raise TooManyPixels(f"{image.width} x {image.height}")
    return image


def _decode(image: Image.Image) -> None:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as failure:
        raise UnusableImage(str(failure)) from failure

"""What a file of positions may hold, once."""

from __future__ import annotations

from typing import Final

MAX_FILE_BYTES: Final = 20 * 2**20
MAX_UNPACKED_BYTES: Final = 40 * 2**20
"""Of the KML inside a KMZ."""

MAX_POSITIONS: Final = 200_000
"""More are refused: no survey has them, and a browser cannot show them."""

MAX_SHOWN_POSITIONS: Final = 20_000
"""Lines with more are thinned, and the reader is told."""

MAX_DEPTH: Final = 32
MAX_ELEMENTS: Final = 2_000_000
MAX_TEXT_CHARS: Final = 200
"""Of a label; titles and descriptions are read no further for a datum."""

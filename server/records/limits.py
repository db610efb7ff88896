"""Every limit on an entry, once: ingest applies them, the phone gets them generated (client_build)."""

from __future__ import annotations

MAX_ENTRY_BYTES = 65_536
"""Of the canonical JSON of the whole entry."""

MAX_NESTING = 32
"""Arrays and objects open at once; the entry itself is the first."""

MAX_NUMBER = 2**53 - 1
"""Numbers are finite and their absolute value is below 2^53: what both languages write alike."""

FORBIDDEN_KEY = "__proto__"
RESERVED_PREFIX = "_"
"""No member of a body starts with it: CouchDB keeps such names for itself."""

MAX_ENTRY_NUMBER = 9_999_999_999
ENTRY_DIGITS = 10
"""Entry numbers are zero-padded in ids, so that ids sort as numbers do."""

MAX_PARTS = 16
MAX_PART_BYTES = 65_536
MIN_SALT_CHARS = 22
MAX_SALT_CHARS = 64
MAX_APP_CHARS = 64

MAX_MEDIA = 9
MAX_MEDIA_BYTES = 40 * 1024 * 1024
MAX_ORIGINAL_BYTES = 1024 * 1024 * 1024
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif")
CLIP_TYPES = ("video/mp4", "video/webm", "video/quicktime")
"""As phones' cameras write them; kept as they are."""
MAX_CLIP_S = 30
MAX_CLIP_BYTES = 25 * 1024 * 1024

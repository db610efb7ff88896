"""Canonical JSON (RFC 8785) and its hash: the bytes that both languages must agree on."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


class CanonicalError(ValueError):
    """This value has no canonical JSON."""


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 text of a JSON value.

    Raises: CanonicalError for what cannot be written, such as half characters or integers from 2^53.
    """
    try:
        return rfc8785.dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise CanonicalError(str(error)) from error


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()

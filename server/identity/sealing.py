"""Seal a few bytes to a device's agreement key, so that nobody else can read them on the way or at rest.

ECDH on P-256 with a key made for this once, HKDF-SHA-256, AES-256-GCM; browsers open it by WebCrypto.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
_COORDINATE_BYTES = 32


def sealed_to(agree_key: Mapping[str, str], secret: bytes, *, about: str) -> dict[str, Any]:
    """Return `{key, nonce, text}`; it opens only for the holder of the key, and only for the same `about`."""
    once = ec.generate_private_key(ec.SECP256R1())
    shared = once.exchange(ec.ECDH(), _public(agree_key))
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=about.encode()).derive(shared)
    nonce = secrets.token_bytes(NONCE_BYTES)
    text = AESGCM(key).encrypt(nonce, secret, about.encode())
    return {"key": _jwk(once.public_key()), "nonce": _text(nonce), "text": _text(text)}


def _public(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(_bytes(jwk[name])) for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def _jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    x, y = (_text(each.to_bytes(_COORDINATE_BYTES)) for each in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

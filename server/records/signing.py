"""ECDSA P-256 signatures as browsers make them: raw r‖s, base64url without padding, keys as JWK."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

_COORDINATE_BYTES = 32
_ALGORITHM = ec.ECDSA(hashes.SHA256())


class SigningKey:
    """A private P-256 key: the server's own, and the keys of simulated phones."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        self._private_key = private_key

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Return the key in an unencrypted PKCS 8 file. Raises: ValueError when it holds another kind."""
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("not a P-256 private key")
        return cls(key)

    def to_pem(self) -> bytes:
        """Return the key as unencrypted PKCS 8, for a file only its owner reads."""
        return self._private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_jwk(self) -> dict[str, str]:
        """Return the public half as others verify it: `{kty, crv, x, y}`."""
        numbers = self._private_key.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _coordinate(numbers.x), "y": _coordinate(numbers.y)}

    def sign(self, message: bytes) -> str:
        """Return the signature over the message (which is hashed by SHA-256 on the way)."""
        r, s = decode_dss_signature(self._private_key.sign(message, _ALGORITHM))
        return encode_base64url(r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES))


def is_signed_by(jwk: Mapping[str, Any], message: bytes, signature: object) -> bool:
    """Did the holder of this public key sign the message? False for anything that is no signature or key."""
    raw = decode_base64url(signature)
    if raw is None or len(raw) != 2 * _COORDINATE_BYTES:
        return False
    r, s = int.from_bytes(raw[:_COORDINATE_BYTES]), int.from_bytes(raw[_COORDINATE_BYTES:])
    try:
        _public_key(jwk["x"], jwk["y"]).verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def is_public_key(jwk: object) -> bool:
    """Is this a public P-256 key that signatures can be checked with (and not a private one)?"""
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        return False
    try:
        _public_key(jwk["x"], jwk["y"])
    except (ValueError, KeyError, TypeError):
        return False
    return True


@lru_cache(maxsize=4096)  # loading a key costs as much as checking a signature
def _public_key(x: str, y: str) -> ec.EllipticCurvePublicKey:
    x_bytes, y_bytes = decode_base64url(x), decode_base64url(y)
    if x_bytes is None or y_bytes is None or {len(x_bytes), len(y_bytes)} != {_COORDINATE_BYTES}:
        raise ValueError("not the coordinates of a P-256 key")
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(x_bytes), int.from_bytes(y_bytes), ec.SECP256R1()
    ).public_key()


def _coordinate(number: int) -> str:
    return encode_base64url(number.to_bytes(_COORDINATE_BYTES))


def encode_base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode_base64url(text: object) -> bytes | None:
    """Return the bytes of unpadded base64url; None when it is not exactly that."""
    if not isinstance(text, str):
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    # One spelling a value: stray bits in the last character would let one signature be written many ways.
    return raw if encode_base64url(raw) == text else None

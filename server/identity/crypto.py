"""The server's keys: one ring derived from the secret of the settings, and the key that signs for the server.

The ring seals identities, makes aliases and hashes tokens; each use has a key of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.identity.key_files import load_or_make
from server.messages.told import Told
from server.records.canonical import canonical, sha256_hex
from server.records.signing import SigningKey

SECRET_BYTES = 32
NONCE_BYTES = 12
ALIAS_CHARS = 20


class SealBroken(Told, ValueError):
    """A sealed identity cannot be opened: another secret, or the bytes were changed or moved."""


class KeyFileBroken(Told, ValueError):
    """A key file does not hold what it should, or is gone from where data stand."""


class KeyRing:
    """Everything that is derived from the one secret; losing the secret loses the names."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise ValueError(f"the secret has {len(secret)} bytes; {SECRET_BYTES} are wanted")
        self._identity = AESGCM(_derived(secret, "identity"))
        self._alias = _derived(secret, "alias")
        self._lookup = _derived(secret, "lookup")
        self._form = _derived(secret, "anti-forgery")

    @classmethod
    def load_or_make(cls, path: Path) -> KeyRing:
        """Return the ring of the secret in this file (hex), which is made when absent.

        Raises: KeyFileBroken.
        """
        text = load_or_make(path, lambda: secrets.token_hex(SECRET_BYTES).encode())
        try:
            return cls(bytes.fromhex(text.decode().strip()))
        except ValueError as error:
            raise KeyFileBroken("cli.secret.broken", path=path) from error

    def seal(self, text: str, *, about: str) -> str:
        """Return the text encrypted; it opens only for the same `about` (the document it stands in)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._identity.encrypt(nonce, text.encode(), about.encode())).decode()

    def unseal(self, sealed: str, *, about: str) -> str:
        """Raises: SealBroken."""
        raw = base64.b64decode(sealed)
        try:
            return self._identity.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
        except InvalidTag as error:
            raise SealBroken("cli.secret.other", about=about) from error

    def alias(self, key_name: str, member_id: str) -> str:
        """Return what stands for the member where this audience reads. Spec: DESIGN 4, "Views"."""
        return _mac(self._alias, f"{key_name}\0{member_id}")[:ALIAS_CHARS]

    def lookup(self, purpose: str, value: str) -> str:
        """Return the part of a document id under which a login name or code is found again."""
        return _mac(self._lookup, f"{purpose}\0{value}")

    def station_secret(self, station_id: str, number: int = 1) -> bytes:
        """Return a station's secret of this number: derived, so that no secret is kept anywhere."""
        name = station_id if number == 1 else f"{station_id}\0{number}"
        return bytes.fromhex(self.lookup("station_code", name))

    def anti_forgery(self, session_id: str) -> str:
        """Return the token that this session's forms carry."""
        return _mac(self._form, session_id)


class ServerKey:
    """The P-256 key with which the server signs beacons, orders and the desk's entries."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.public_jwk: Mapping[str, str] = key.public_jwk()

    @classmethod
    def load_or_make(cls, path: Path) -> ServerKey:
        """Return the key of this PEM file, which is made at the first start. Raises: KeyFileBroken."""
        pem = load_or_make(path, lambda: SigningKey.generate().to_pem())
        try:
            return cls(SigningKey.from_pem(pem))
        except ValueError as error:
            raise KeyFileBroken("cli.secret.broken", path=path) from error

    def sign(self, message: bytes) -> str:
        """Return raw r‖s, base64url without padding."""
        return self._key.sign(message)

    def sealed(self, statement: Mapping[str, Any]) -> dict[str, Any]:
        """Return the statement with `hash` (of its canonical form) and `sig`: a beacon, an order."""
        hash_ = sha256_hex(canonical(statement))
        return {**statement, "hash": hash_, "sig": self.sign(bytes.fromhex(hash_))}


def new_token() -> str:
    """Return 256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def token_id(token: str) -> str:
    """Return what the server keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=f"liandong {purpose}".encode()).derive(secret)


def _mac(key: bytes, message: str) -> str:
    return hmac.new(key, message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

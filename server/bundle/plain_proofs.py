"""Canonical JSON (RFC 8785) and P-256 signatures in plain Python, for the verifier that travels in a bundle.

The server signs and checks with its own libraries; tests hold these to the same answers.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Params = Mapping[str, Any]

# P-256 (FIPS 186-4, D.1.2.3): prime, order, and the base point
_P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_WINDOWS, _WINDOW_BITS = 64, 4
_Point = tuple[int, int, int]  # Jacobian: x/z², y/z³; z = 0 is the point at infinity
_INFINITY: _Point = (1, 1, 0)


class Broken(ValueError):
    """Something cannot be read as what it says it is."""


def sha256(data: bytes) -> str:
    """Return the hash in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(key: Params) -> str:
    """Return the SHA-256 of the key's canonical JSON, in groups of eight for reading aloud."""
    digits = sha256(canonical({name: key[name] for name in ("crv", "kty", "x", "y")}))
    return " ".join(digits[at : at + 8] for at in range(0, 64, 8))


def parsed(raw: bytes) -> Any:
    """Return the JSON value; names given twice, NaN and half characters are refused. Raises: Broken."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Broken(str(error)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Broken("a name twice")
    return made


def _refuse(name: str) -> Any:
    raise Broken(name)


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 text of a JSON value. Raises: Broken."""
    try:
        return _text(value).encode("utf-8")
    except (UnicodeEncodeError, RecursionError) as error:
        raise Broken(str(error)) from error


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        # RFC 8785 3.2.3: names are sorted by their UTF-16 code units.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"
    raise Broken(type(value).__name__)


def _number(value: float) -> str:
    """Return a number as ECMAScript writes it: Python's digits are the same, its exponents are not."""
    if not math.isfinite(value) or (abs(value) >= 2**53 and isinstance(value, int)):
        raise Broken(str(value)[:40])
    if isinstance(value, int) or value == 0:
        return str(int(value))
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + part).lstrip("0")
    point -= len(whole + part) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def is_signed(key: Params, message: bytes, signature: str) -> bool:
    """Did the holder of this P-256 key (JWK) sign the message? `signature`: raw r‖s, base64url unpadded."""
    point = (_integer(key["x"], 32), _integer(key["y"], 32))
    raw = _integer(signature, 64)
    r, s = raw >> 256, raw & (2**256 - 1)
    if not (0 < r < _N and 0 < s < _N):
        return False
    inverse = pow(s, -1, _N)
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    total = _sum(_sum(_INFINITY, _G, digest * inverse % _N), point, r * inverse % _N)
    if total[2] == 0:
        return False
    return total[0] * pow(total[2], -2, _P) % _P % _N == r


def _integer(text: str, size: int) -> int:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(raw) != size or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise Broken("base64url")
    return int.from_bytes(raw, "big")


def _sum(start: _Point, point: tuple[int, int], times: int) -> _Point:
    """Return start + times · point, by the table of the point's multiples: additions alone."""
    total = start
    for row in _multiples(point):
        if times & 15:
            total = _added(total, row[times & 15])
        times >>= _WINDOW_BITS
    return total


@lru_cache(maxsize=256)
def _multiples(point: tuple[int, int]) -> tuple[tuple[_Point, ...], ...]:
    """Return 0 … 15 times 16^n times the point for each n. Raises: Broken off the curve."""
    x, y = point
    if not (x < _P and y < _P) or (y * y - (x * x * x - 3 * x + _B)) % _P:
        raise Broken("not a point of P-256")
    rows, base = [], (x, y, 1)
    for _ in range(_WINDOWS):
        row = [_INFINITY]
        for _ in range(15):
            row.append(_added(row[-1], base))
        rows.append(tuple(row))
        base = _added(row[-1], base)
    return tuple(rows)


def _added(first: _Point, second: _Point) -> _Point:
    x1, y1, z1 = first
    x2, y2, z2 = second
    if z1 == 0:
        return second
    if z2 == 0:
        return first
    zz1, zz2 = z1 * z1 % _P, z2 * z2 % _P
    u1, u2 = x1 * zz2 % _P, x2 * zz1 % _P
    s1, s2 = y1 * zz2 * z2 % _P, y2 * zz1 * z1 % _P
    h, r = u2 - u1, s2 - s1
    if h == 0:
        return _doubled(first) if r == 0 else _INFINITY
    hh = h * h % _P
    hhh, v = h * hh % _P, u1 * hh % _P
    x3 = (r * r - hhh - 2 * v) % _P
    return x3, (r * (v - x3) - s1 * hhh) % _P, z1 * z2 * h % _P


def _doubled(point: _Point) -> _Point:
    x, y, z = point
    zz, yy = z * z % _P, y * y % _P
    s, m = 4 * x * yy % _P, 3 * (x - zz) * (x + zz) % _P
    x3 = (m * m - 2 * s) % _P
    return x3, (m * (s - x3) - 8 * yy * yy) % _P, 2 * y * z % _P

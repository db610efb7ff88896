"""Passwords: argon2id, at most two at once, and the same work for a login name that nobody has."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from sync.errors import Overloaded

T = TypeVar("T")

MEMORY_KIB = 64 * 1024
TIME_COST = 3
"""About 150 ms and 64 MiB on the 2-core machine of ATTACKS 3, which asks for 100 to 250 ms."""

MOST_AT_ONCE = 2
PATIENCE_S = 8.0
NOBODYS_VERIFIER = (
    "$argon2id$v=19$m=65536,t=3,p=1$8OLx09fbmk/8vixRNnBENQ$Fwr3jzvb3XSflLDKHOmDtHq+J9pGsyfVeP8JN8WwsLE"
)
"""Of random bytes that were thrown away; made with the figures above, so that checking costs the same."""

MIN_CHARS, MAX_CHARS = 8, 200
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

_HASHER = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID)
_SLOTS = threading.BoundedSemaphore(MOST_AT_ONCE)


class RunBlocking(Protocol):
    def __call__(self, call: Callable[[], T], /) -> T: ...


class PasswordRefused(ValueError):
    """Too short or too long to be a password."""


def new_password() -> str:
    """Return a random password that can be read out: 12 of 31 signs, 59 bits."""
    groups = ("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def hash_password(password: str) -> str:
    """Return the verifier to keep. Raises: PasswordRefused."""
    if not MIN_CHARS <= len(password) <= MAX_CHARS:
        raise PasswordRefused(f"{MIN_CHARS} to {MAX_CHARS} characters")
    return _HASHER.hash(password)


def is_right(verifier: str | None, password: str) -> bool:
    """Does the password fit? Takes as long for no verifier (an unknown name) as for a wrong password."""
    try:
        fits = _HASHER.verify(verifier or NOBODYS_VERIFIER, password[:MAX_CHARS])
    except (VerificationError, InvalidHashError):
        return False
    return fits and verifier is not None


def check_password(run_blocking: RunBlocking, verifier: str | None, password: str) -> bool:
    """Do `is_right` away from the hub, two at once. Raises: Overloaded when the queue is too long."""
    deadline = time.monotonic() + PATIENCE_S
    # Not a blocking acquire: it would stop the hub, or fill its pool with threads that only wait.
    while not _SLOTS.acquire(blocking=False):
        if time.monotonic() > deadline:
            raise Overloaded("too many sign-ins at once")
        time.sleep(0.02)
    try:
        return run_blocking(lambda: is_right(verifier, password))
    finally:
        _SLOTS.release()

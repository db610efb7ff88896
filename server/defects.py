"""What a defect of ours looks like, as against a disk, a network or a database that fails.

Who meets one over a single record goes on with the others and says so; what fails otherwise rises, and
is tried again as a whole.
"""

from __future__ import annotations

from typing import Final

DEFECTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def defect_text(error: BaseException) -> str:
    """Return a defect in one line for whoever mends it."""
    return f"{type(error).__name__}: {error}"[:400]

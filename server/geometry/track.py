"""What a file of a drone or a receiver holds, whatever its format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.records.problem import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """A WGS-84 position; `height_m` and `at` (as the file spells it, RFC 3339) where the file has them."""

    lat: float
    lng: float
    height_m: float | None = None
    at: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Polygon:
    """Rings without the repeated last position; `holes` lie inside `outer`."""

    outer: tuple[Place, ...]
    holes: tuple[tuple[Place, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """`sha256` is of the file as it came; `lines` may be thinned, and a warning says so."""

    name: str
    format: str
    sha256: str
    points: tuple[Place, ...]
    lines: tuple[tuple[Place, ...], ...]
    polygons: tuple[Polygon, ...]
    warnings: tuple[Problem, ...] = ()


class TrackRefused(ValueError):
    """The file is not taken; `problem` says why and what to do."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, params)


@dataclass(slots=True)
class Found:
    """What a format's reader has gathered; positions are counted as they come."""

    points: list[Place]
    lines: list[Sequence[Place]]
    polygons: list[Polygon]
    texts: list[str]
    warnings: list[Problem]

    @classmethod
    def nothing(cls) -> Found:
        return cls([], [], [], [], [])

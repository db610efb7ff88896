"""The county of the demo as data: townships, stations, units, codes and the texts that its people write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Township:
    code: str
    zh: str
    en: str
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Station:
    """A station before it is a record."""

    township: str
    name: str
    host_unit: str
    address: str
    service_types: list[str]


@dataclass(frozen=True, slots=True)
class County:
    code: str
    name: str
    townships: list[Township]
    stations: list[Station]
    units: list[str]
    domains: list[dict[str, Any]]

    def township(self, code: str) -> Township:
        return next(township for township in self.townships if township.code == code)


@dataclass(frozen=True, slots=True)
class Stories:
    """`leads` are templates `{domain, title, text, urgency?}`."""

    surnames: str
    given_names: str
    places: list[str]
    phones: list[str]
    place_texts: list[str]
    no_photo_reasons: list[str]
    notes: list[str]
    fix_missing_reasons: list[str]
    questions: list[str]
    admission_reasons: list[str]
    leads: list[dict[str, str]]
    answers: list[str]
    returns: list[str]
    papers: list[dict[str, str]]
    """What participants read and sign: `{kind, title, text}`."""


@cache
def county() -> County:
    table = _table("county.toml")
    return County(
        code=table["code"],
        name=table["name"],
        townships=[Township(**row) for row in table["townships"]],
        stations=[Station(**row) for row in table["stations"]],
        units=[row["name"] for row in table["units"]],
        domains=table["domains"],
    )


@cache
def stories() -> Stories:
    table = _table("stories.toml")
    for name in ("answers", "returns"):
        table[name] = [row["text"] for row in table[name]]
    return Stories(**table)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))

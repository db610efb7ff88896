"""An evaluation's weighted points, the grade that they suggest, and the summary of what it rests on. Pure.

A grade is advice, one factor among others (DOMAIN 3.7): nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from server.records.canonical import canonical, sha256_hex

SCORES: Final = ("attendance", "attitude", "work_quality", "rule_keeping")
LOWEST: Final = "unqualified"
GRADES: Final = ("excellent", "qualified", LOWEST)
_SUMMED: Final = ("id", "day", "station", "state", "reported_min", "credited_min", "rule_version")


class WeightsWrong(ValueError):
    """The setting names other scores, or weights that are not 100 together."""


@dataclass(frozen=True, slots=True)
class Grading:
    """Weights in percent by score; least points by grade, the highest first."""

    weights: Mapping[str, int]
    least: Mapping[str, int]

    @classmethod
    def of(cls, weights: str, grades: str) -> Grading:
        """Read the settings. Raises: WeightsWrong."""
        found, least = _pairs(weights), _pairs(grades)
        if set(found) != set(SCORES) or sum(found.values()) != 100 or not set(least) <= set(GRADES):
            raise WeightsWrong(weights, grades)
        return cls(found, dict(sorted(least.items(), key=lambda each: -each[1])))

    def total(self, scores: Mapping[str, int]) -> Decimal:
        """Return the weighted points, to one decimal."""
        points = sum(Decimal(self.weights[name] * scores[name]) / 100 for name in SCORES)
        return Decimal(points).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def suggested(self, scores: Mapping[str, int]) -> str:
        """Return the grade that the points suggest."""
        total = self.total(scores)
        return next((grade for grade, least in self.least.items() if total >= least), LOWEST)


def evidence_summary(order: str, sessions: Iterable[Mapping[str, Any]], balance_min: int) -> dict[str, Any]:
    """Return what an evaluation rests on: sessions, minutes and the version of the rules, in one order."""
    rows = [{name: session.get(name) for name in _SUMMED} for session in sessions]
    rows.sort(key=lambda row: (str(row["day"]), str(row["id"])))
    return {"order": order, "balance_min": balance_min, "sessions": rows}


def summary_hash(summary: Mapping[str, Any]) -> str:
    """Return the SHA-256 of its canonical form."""
    return sha256_hex(canonical(summary))


def _pairs(text: str) -> dict[str, int]:
    try:
        return {name: int(value) for name, _, value in (pair.partition(":") for pair in text.split())}
    except ValueError as error:
        raise WeightsWrong(text) from error

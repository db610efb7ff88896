"""What an evaluation says: its points with their weights, the grade they suggest, the evidence behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.console.layout.words import t_or_code
from server.evaluation import SCORES, Grading, evidence_summary, summary_hash
from server.readmodel.order_queries import records_of_order, sessions_of_order
from server.readmodel.rows import RecordRow
from server.readmodel.service_queries import told_ledger
from server.services import current

EVALUATION = "evaluation"


def grading() -> Grading:
    """Return the weights and grades in force."""
    settings = current().settings
    return Grading.of(settings.evaluation_weights, settings.evaluation_grades)


def found_evaluation(order: str) -> RecordRow | None:
    """Return the newest evaluation of an order that the station has submitted; None where there is none."""
    model = current().readmodel
    rows = [model.record(id_) for id_ in records_of_order(model, EVALUATION, order)]
    return next((row for row in rows if row and scores_of(row)), None)


def scores_of(row: RecordRow) -> dict[str, int]:
    """Return the points by score; empty while the station has not submitted them."""
    found = {name: row.state.value(name) for name in SCORES}
    return found if all(isinstance(value, int) for value in found.values()) else {}


def score_rows(row: RecordRow) -> list[dict[str, Any]]:
    """Return each score in words with its weight and points."""
    weights = _weights(row)
    return [
        {"name": f"{t_or_code('console.score', name)} ×{weights.weights[name]}%", "points": points}
        for name, points in scores_of(row).items()
    ]


def points_text(row: RecordRow) -> str:
    """Return the weighted points with their arithmetic."""
    scores, weights = scores_of(row), _weights(row)
    if not scores:
        return ""
    terms = " + ".join(f"{scores[name]}×{weights.weights[name]}%" for name in SCORES)
    return f"{terms} = {weights.total(scores)}"


def suggested_grade(row: RecordRow) -> str:
    """Return the grade that the points suggest, in words."""
    scores = scores_of(row)
    return t_or_code("console.choice.grade", _weights(row).suggested(scores)) if scores else ""


def evidence_hash(order: str) -> str:
    """Return the hash of what an evaluation of this order rests on now."""
    told: Mapping[str, Any] = told_ledger(current().readmodel, order) or {"balance_min": 0}
    sessions = sessions_of_order(current().readmodel, order)
    return summary_hash(evidence_summary(order, sessions, told["balance_min"]))


def _weights(row: RecordRow) -> Grading:
    """Return the weights with which it was accepted; those in force while it is not."""
    kept = row.state.value("weights")
    return Grading.of(kept, current().settings.evaluation_grades) if isinstance(kept, str) else grading()

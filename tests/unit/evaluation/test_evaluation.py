"""Weighted points and the grade that they suggest; the summary that an evaluation rests on (DOMAIN 3.7)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from server.evaluation import Grading, WeightsWrong, evidence_summary, summary_hash
from server.settings import Settings

GRADING = Grading.of(Settings().evaluation_weights, Settings().evaluation_grades)


def scores(*points: int) -> dict[str, int]:
    return dict(zip(("attendance", "attitude", "work_quality", "rule_keeping"), points, strict=True))


class TestGrading:
    def test_points_are_weighted(self):
        # 95×30% + 80×20% + 88×30% + 100×20% = 28.5 + 16 + 26.4 + 20
        assert GRADING.total(scores(95, 80, 88, 100)) == Decimal("90.9")

    @pytest.mark.parametrize(
        ("points", "grade"),
        [(100, "excellent"), (90, "excellent"), (89, "qualified"), (60, "qualified"), (59, "unqualified")],
    )
    def test_the_grade_follows_the_setting(self, points, grade):
        assert GRADING.suggested(scores(points, points, points, points)) == grade

    @pytest.mark.parametrize(
        "weights",
        [
            "attendance:30 attitude:20 work_quality:30 rule_keeping:30",
            "attendance:100",
            "attendance:30 attitude:20 work_quality:30 looks:20",
            "attendance:x attitude:20 work_quality:30 rule_keeping:20",
        ],
    )
    def test_weights_that_are_not_100_together_are_refused(self, weights):
        with pytest.raises(WeightsWrong):
            Grading.of(weights, "excellent:90")


class TestEvidenceSummary:
    SESSIONS = (
        {"id": "session:b", "day": "2026-11-02", "credited_min": 120, "flags": ["x"]},
        {"id": "session:a", "day": "2026-11-01", "credited_min": 60},
    )

    def test_the_order_of_sessions_does_not_matter_and_minutes_do(self):
        first = summary_hash(evidence_summary("o", self.SESSIONS, 180))

        assert summary_hash(evidence_summary("o", self.SESSIONS[::-1], 180)) == first
        assert summary_hash(evidence_summary("o", self.SESSIONS, 179)) != first
        assert len(first) == 64

    def test_what_is_no_evidence_is_not_in_it(self):
        assert "flags" not in str(evidence_summary("o", self.SESSIONS, 180))

"""Settings of Hypothesis for all suites: more examples where SOAK=1."""

from __future__ import annotations

from hypothesis import settings

from tests.support.soak import IS_SOAK

settings.register_profile("soak", max_examples=5_000, deadline=None)
settings.register_profile("ci", deadline=None)
settings.load_profile("soak" if IS_SOAK else "ci")

"""Unannounced spot checks: the draw of a day by risk and chance, and its one writer."""

from __future__ import annotations

from server.spot_checks.writer import SpotCheckDraw

__all__ = ["SpotCheckDraw"]

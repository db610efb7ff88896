"""Spot checks: what was drawn for today, what was found, and the proof that nobody chose it."""

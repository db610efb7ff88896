"""Whole journeys in a real Chromium against the real server."""

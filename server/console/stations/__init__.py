"""Stations: where they are, who came, and the rotating code shown large."""

"""Where something was: positions as a browser gives them, never converted (DOMAIN 0.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from server.records.problem import Problem
from server.records.schema import Integer, Items, Number, Object, OneOf, RecordSchema, Text, Time, choice

POOR_ACCURACY_M = 150
"""From here on a position is kept and shown, but proves little (DOMAIN 3, settings)."""

GRID_CELLS = 189
"""Cells of the river's grid, numbered from 1 (DOMAIN 3.8)."""

MAX_PLACES = 9

TOWNSHIP_PATTERN = "[0-9]{9}"


def _degrees(most: float) -> Number:
    return Number(min=-most, max=most, required=True)


def _metres(**options: Any) -> Number:
    return Number(min=0, max=1_000_000, **options)


class PositionSchema(RecordSchema):
    """One fix with the datum it was given in."""

    lat = _degrees(90)
    lng = _degrees(180)
    accuracy_m = _metres(required=True)
    datum = choice("WGS-84", required=True)


class PointSchema(PositionSchema):
    """The position that a lead was recorded at, from several samples."""

    datum_source = choice("browser", required=True)
    at = Time(required=True)
    n_samples = Integer(min=1, max=100, required=True)
    spread_m = _metres(required=True)


class PinSchema(RecordSchema):
    """A place that somebody pointed at on a map: kept apart from a fix, for no receiver vouches for it."""

    lat = _degrees(90)
    lng = _degrees(180)
    datum = choice("WGS-84", required=True)


class StakeSchema(RecordSchema):
    """A stake of the dyke or a cell of the river's grid."""

    stake_no = Text(min_length=1, max_length=20)
    grid_no = Integer(min=1, max=GRID_CELLS)

    @validates_schema
    def _names_one(self, body: Mapping[str, Any], **_: Any) -> None:
        if not body:
            raise ValidationError([Problem("stake_or_cell_needed")], "stake_no")


def places() -> Items:
    """Return a field for the places that a lead is about."""
    kinds = {"fix": PointSchema(), "pin": PinSchema(), "stake": StakeSchema()}
    return Items(OneOf(kinds), min_length=1, max_length=MAX_PLACES)


class SampleSchema(RecordSchema):
    """One of the samples of a check-in."""

    lat = _degrees(90)
    lng = _degrees(180)
    accuracy_m = _metres(required=True)
    altitude = Number(min=-20_000, max=100_000, required=True, allow_none=True)
    at = Time(required=True)


class FixSchema(RecordSchema):
    """Part `fix` of a check event: erasable, so it travels beside the entry."""

    samples = Items(Object(SampleSchema), min_length=1, max_length=5, required=True)
    datum = choice("WGS-84", "CGCS2000", "GCJ-02", "unknown", required=True)
    """As the device says; some lie hundreds of metres apart, so nothing is converted (DOMAIN 0.7)."""
    spread_m = _metres(required=True)


def township(**options: Any) -> Text:
    """Return a field for the 9-digit code of a township."""
    return Text(max_length=9, pattern=TOWNSHIP_PATTERN, **options)

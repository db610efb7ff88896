"""Publish: the one writer of feeds; a view for each audience of a record, withdrawn when it has no claim."""

from __future__ import annotations

from server.publish.publish import Publish

__all__ = ["Publish"]

"""Answers other than success that the replication layer has no word for, and their JSON."""

from __future__ import annotations

from typing import ClassVar

from flask import Blueprint, Response

from sync.errors import SyncError
from sync.http.answers import error_answer


class TooManyRequests(SyncError):
    """Nothing of the request was read or stored; `retry_after_s` says when to come again."""

    status: ClassVar[int] = 429
    error = "too_many_requests"
    is_retryable: ClassVar[bool] = True

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("too many requests")
        self.retry_after_s = max(1, round(retry_after_s))


def answer_errors(blueprint: Blueprint) -> None:
    """Make the blueprint answer every SyncError as `{error, reason}`."""
    blueprint.register_error_handler(SyncError, _answer)


def _answer(error: SyncError) -> Response:
    response = error_answer(error)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response

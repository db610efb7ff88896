"""A list as its address says it: filters, order and page, so that a view can be sent to a colleague."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from flask import request, url_for

from server.console.layout.times import day_bounds
from server.console.layout.words import now, zone
from server.readmodel.list_sql import Slice

Row = TypeVar("Row")
PAGE_ROWS = 50
MOST_FILTER_CHARS = 200
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and how many there are in all."""

    rows: Sequence[Row]
    total: int
    number: int = 1

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_ROWS + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * PAGE_ROWS + len(self.rows)

    @property
    def count(self) -> int:
        return max(1, -(-self.total // PAGE_ROWS))


@dataclass(frozen=True, slots=True)
class ListView:
    """What was asked of a list. Names that it does not offer are ignored, never passed on."""

    endpoint: str
    filters: Mapping[str, str]
    sort: str
    is_descending: bool = True
    page: int = 1

    @classmethod
    def read(cls, endpoint: str, *, filters: Sequence[str], sorts: Sequence[str]) -> ListView:
        """Read the address of this request; the first of `sorts` is the order when none is asked for."""
        arguments = request.args
        sort = arguments.get("sort", "")
        page = arguments.get("page", "1")
        return cls(
            endpoint=endpoint,
            filters={name: arguments.get(name, "").strip()[:MOST_FILTER_CHARS] for name in filters},
            sort=sort if sort in sorts else sorts[0],
            is_descending=arguments.get("order") != "asc",
            page=min(MOST_PAGES, max(1, int(page))) if page.isascii() and page.isdecimal() else 1,
        )

    @classmethod
    def of(
        cls, endpoint: str, sort: str, filters: Mapping[str, str], *, is_descending: bool = True
    ) -> ListView:
        """Return a list that a page of ours links to; a filter that is not named asks for nothing."""
        return cls(endpoint, defaultdict(str, filters), sort, is_descending)

    @property
    def feature(self) -> str:
        return self.endpoint.partition(".")[0]

    @property
    def detail_endpoint(self) -> str:
        return f"{self.feature}.detail"

    def part(self) -> Slice:
        """Return what the read model is asked for: this page, in this order."""
        return Slice(self.sort, is_descending=self.is_descending, offset=self.offset, limit=PAGE_ROWS)

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_ROWS

    @property
    def is_filtered(self) -> bool:
        return any(self.filters.values())

    def arguments(self, **changes: object) -> dict[str, Any]:
        """Return the query of this view with some of it changed, leaving out what says nothing."""
        asked: dict[str, object] = {
            **self.filters,
            "sort": self.sort,
            "order": "desc" if self.is_descending else "asc",
            "page": self.page,
            **changes,
        }
        if asked["order"] == "desc":
            asked["order"] = ""
        if str(asked["page"]) == "1":
            asked["page"] = ""
        return {name: str(value) for name, value in asked.items() if value not in ("", None)}

    def url(self, **changes: object) -> str:
        """Return this list's address, with some of it changed."""
        return url_for(self.endpoint, **self.arguments(**changes))

    def open_url(self, endpoint: str, record_id: str) -> str:
        """Return the address of one record beside this same list."""
        return url_for(endpoint, record_id=record_id, **self.arguments())


def asked_day(text: str) -> tuple[str, str]:
    """Return the bounds of the day asked for (`today` or a date); of anything else, none."""
    if text == "today":
        return day_bounds(now().astimezone(zone()).date(), zone())
    try:
        return day_bounds(date.fromisoformat(text), zone()) if text else ("", "")
    except (ValueError, OverflowError):
        return "", ""

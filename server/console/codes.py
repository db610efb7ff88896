"""Words for codes of domains and townships, from the code tables in force."""

from __future__ import annotations

from typing import cast

from flask import g

from server.console.layout.words import language
from server.readmodel.code_queries import codes
from server.services import current


def options(table: str) -> list[tuple[str, str]]:
    """Return (code, word) of a table in the viewer's language, in the table's order."""
    tables = cast("dict[str, list[tuple[str, str]]]", g.setdefault("code_tables", {}))
    if table not in tables:
        tables[table] = [(code.code, code.words[language()]) for code in codes(current().readmodel, table)]
    return tables[table]


def word(table: str, code: str | None) -> str:
    """Return the word for a code; a code that no table has is shown as it is."""
    return dict(options(table)).get(code or "", code or "")

"""The code tables in force: words for domains and townships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from server.readmodel import ReadModel


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its words in each language, e.g. `{"zh": …, "en": …}`."""

    code: str
    words: Mapping[str, str]


def codes(model: ReadModel, table: str) -> list[Code]:
    """Return the codes of the newest version of a table, in its own order; empty when there is none."""
    rows = model.select(
        "SELECT document.json FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'code_table'"
    )
    bodies: list[Mapping[str, Any]] = [orjson.loads(row[0])["entry"]["body"] for row in rows]
    versions = [body for body in bodies if body["table"] == table]
    if not versions:
        return []
    newest = max(versions, key=lambda body: int(body["version"]))
    return [Code(code["code"], {"zh": code["zh"], "en": code["en"]}) for code in newest["codes"]]


def newest_version(model: ReadModel, table: str) -> int:
    """Return the newest version of a table; 1 where there is none yet."""
    rows = model.select(
        "SELECT max(json_extract(document.json, '$.entry.body.version')) "
        "FROM record JOIN document ON document.id = record.id "
        "WHERE record.type = 'code_table' AND json_extract(document.json, '$.entry.body.table') = ?",
        (table,),
    )
    return int(rows[0][0] or 1)

"""Which datums are taken: the shifted ones of web maps lie hundreds of metres off and are refused by name.

Source: DOMAIN 0.7.
"""

from __future__ import annotations

import re
from typing import Final

from server.records.problem import Problem

_SHIFTED: Final = re.compile(r"gcj[\s_-]?02|bd[\s_-]?09|火星坐标|百度坐标", re.IGNORECASE)
_TAKEN: Final = re.compile(
    r"(wgs[\s_-]?(19)?84|cgcs[\s_-]?2000|epsg:{1,2}(4326|4979|4490)|.*:crs:(epsg:[\w.]*:(4326|4979|4490)|ogc:[\w.]*:crs84h?))",
    re.IGNORECASE,
)
MOST_NAMED_CHARS: Final = 60


def datum_problem(named: str) -> Problem | None:
    """Return why positions in this datum are not taken, or None for WGS-84 and CGCS2000."""
    if _TAKEN.fullmatch(named.strip()):
        return None
    return Problem("geo_datum", {"datum": named.strip()[:MOST_NAMED_CHARS]})


def shifted_datum_in(text: str) -> Problem | None:
    """Return the refusal if a title or description says that the positions are shifted ones."""
    found = _SHIFTED.search(text)
    return Problem("geo_datum", {"datum": found.group()}) if found else None

"""Records over which our own program stumbles: noted, told, and passed by, so that they stop no other."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import apsw

from server.defects import DEFECTS, defect_text


class Defect(NamedTuple):
    """`place`: projection, fold, ledger or publish; `subject`: the document or record it stumbled over."""

    place: str
    subject: str
    text: str


class Defects:
    """The defects of one place, as one transaction finds and leaves them."""

    def __init__(self, connection: apsw.Connection, place: str) -> None:
        self._connection = connection
        self._place = place
        found = connection.execute("SELECT subject FROM defect WHERE place = ?", (place,))
        self._known = {str(row[0]) for row in found}

    @contextmanager
    def passed_by(self, subject: str) -> Iterator[None]:
        """Note a defect in what is done inside, and go on; what goes well now is noted no more."""
        try:
            yield
        except DEFECTS as error:
            traceback.print_exc(file=sys.stderr)
            self.note(subject, error)
        else:
            self.clear(subject)

    def note(self, subject: str, error: BaseException) -> None:
        self._known.add(subject)
        self._connection.execute(
            "INSERT OR REPLACE INTO defect VALUES (?, ?, ?)", (self._place, subject, defect_text(error))
        )

    def clear(self, subject: str) -> None:
        if subject in self._known:
            self._known.discard(subject)
            self._connection.execute(
                "DELETE FROM defect WHERE place = ? AND subject = ?", (self._place, subject)
            )

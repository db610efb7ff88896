"""The participant's signatures under an order's papers, with their pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.console.layout.words import language, zone
from server.deadlines.explanation import day_text
from server.media.derivatives import Size
from server.media.images import UnusableImage
from server.readmodel.order_queries import records_of_order
from server.readmodel.rows import RecordRow
from server.services import current
from sync.errors import SyncError


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature; `kind` is that of the notice under which it stands."""

    row: RecordRow
    kind: str
    title: str

    @property
    def day(self) -> str:
        """The day of the record, as the phone dated it."""
        at = datetime.fromisoformat(self.row.entry["at"]).astimezone(zone())
        return day_text(at.date(), language())

    @property
    def typed_name(self) -> str:
        return str(self.row.body.get("typed_name", ""))

    @property
    def lawyer_present(self) -> bool:
        return bool(self.row.body.get("lawyer_present"))

    @property
    def has_picture(self) -> bool:
        return any(file["state"] == "verified" for file in self.row.media)

    @property
    def is_empty(self) -> bool:
        """Neither a picture nor a name: it proves that a button was pressed, no more."""
        return not self.row.media and not self.typed_name

    def picture(self) -> bytes | None:
        """Return the picture for print; None while it has not come, or cannot be read."""
        file = next((file for file in self.row.media if file["state"] == "verified"), None)
        if file is None:
            return None
        media = current().media
        try:
            path = current().run_blocking(
                lambda: media.derivatives.jpeg(file["sha256"], file["type"], Size.SCREEN)
            )
        except (SyncError, UnusableImage):
            return None
        return path.read_bytes()


def signatures_of(order: str) -> list[SignatureView]:
    """Return the signatures of an order, the newest first."""
    model = current().readmodel
    rows = [model.record(id_) for id_ in records_of_order(model, "signature", order)]
    found = []
    for row in filter(None, rows):
        notice = model.body(row.body["document"]) or {}
        found.append(SignatureView(row, str(notice.get("kind", "")), str(notice.get("title", ""))))
    return found

"""Until when an order's positions and photos are kept, as its page says it."""

from __future__ import annotations

from datetime import date, timedelta

from server.console.layout.words import language, t
from server.deadlines.explanation import day_text
from server.readmodel.retention_queries import OVER, erasures
from server.readmodel.rows import RecordRow
from server.services import current


def kept_until(row: RecordRow) -> str:
    """Say what becomes of positions and photos, and when."""
    done = [entry for entry in erasures(current().readmodel) if entry["body"]["order"] == row.id]
    if done:
        return t("console.papers.erased", on=day_text(_day(done[-1]["at"][:10]), language()))
    if row.state.state not in OVER:
        return t("console.papers.kept_while_open")
    held = row.state.value("hold_until")
    if not isinstance(held, str):
        return t("console.papers.kept_undated")
    days = current().settings.retention_days
    said = {"until": day_text(_day(held), language()), "days": days}
    return t("console.papers.kept_until", on=day_text(_day(held) + timedelta(days=days), language()), **said)


def _day(text: str) -> date:
    return date.fromisoformat(text)

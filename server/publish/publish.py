"""Takes records from the read model's queue, and makes each audience's view of them what it should be."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.deadlines.year_files import working_days_of
from server.defects import DEFECTS
from server.identity.directory import FEED_KEY
from server.ingest.ingest import CHECKPOINT
from server.ledger.county_rules import county_rules
from server.publish.facts import FactsOf
from server.publish.feeds import Feeds, View
from server.readmodel import ChangedRecord, RecordRow
from server.records.registry import record_type
from server.records.views import Audience
from server.services import Services
from server.workflows.due_dates import Today
from sync.peer import SEQ_START

PAGE: Final = 2000
BUSY_ENTRIES: Final = 500
LONGEST_YIELD_S: Final = 5.0
"""While more than so many entries wait for ingest, acks go before views, for so long. A feed costs two
commits a page however many views go into it, and 500 phones at once are 500 feeds."""


class Publish:
    """The one writer of feeds. All it remembers can be found again in the feeds themselves."""

    def __init__(
        self,
        services: Services,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._services, self._now = services, now
        self._amounts = county_rules(services.settings.data).numbers
        self._monotonic = monotonic
        self._published_at = monotonic()
        self._model = services.readmodel
        self._epoch = ""
        self._feeds: Feeds | None = None

    def run_once(self) -> bool:
        """Publish a page of changed records; False when there was nothing to do."""
        if not self._model.is_complete:
            return False  # half a model would withdraw what only waits to be read
        feeds = self._begin()
        since = self._model.publications.since or 0
        changed = self._model.changed_records(since, PAGE)
        if not changed:
            self._published_at = self._monotonic()
            return False
        if self._monotonic() - self._published_at < LONGEST_YIELD_S and self._is_ingest_busy():
            return False
        self._publish(feeds, changed)
        self._published_at = self._monotonic()
        return True

    def _publish(self, feeds: Feeds, changed: Sequence[ChangedRecord]) -> None:
        """Make the views of these records what they should be; one that cannot be made stops no other."""
        by_feed: dict[str, dict[str, View | None]] = {}
        standing: dict[str, list[str]] = {}
        broken: dict[str, BaseException] = {}
        facts_of = FactsOf(self._model, self._today(), self._now())
        for each in changed:
            try:
                views = self._views(self._model.record(each.id), facts_of)
            except DEFECTS as error:
                traceback.print_exc(file=sys.stderr)
                broken[each.id] = error
                continue
            standing[each.id] = list(views)
            withdrawn = self._model.publications.of_record(each.id) - views.keys()
            for audience, view in [*views.items(), *((gone, None) for gone in withdrawn)]:
                by_feed.setdefault(audience, {})[each.id] = view
        for audience, wanted in sorted(by_feed.items()):
            feeds.write(audience, wanted)
        self._model.publications.remember(standing, changed[-1].place, broken)

    def _today(self) -> Today:
        """Return what due dates are computed with: the office may have loaded another year meanwhile."""
        settings = self._services.settings
        zone = ZoneInfo(settings.time_zone)
        return Today(self._now().astimezone(zone).date(), zone, working_days_of(settings.data), self._amounts)

    def _is_ingest_busy(self) -> bool:
        couch = self._services.couch
        checkpoint = couch.ensure("central").get_local(CHECKPOINT) or {}
        since = checkpoint.get("since", SEQ_START)
        return couch.ensure("logs").changes(since, limit=1).pending > BUSY_ENTRIES

    def _begin(self) -> Feeds:
        """In another epoch leave the old feeds; after a rebuild find out what stands in the present ones."""
        epoch = self._services.epoch
        if self._feeds is None or epoch != self._epoch:
            self._feeds, self._epoch = Feeds(self._services.couch, epoch), epoch
            self._feeds.drop_other_epochs()
        if self._model.publications.since is None:
            self._model.publications.begin(self._feeds.standing())
        return self._feeds

    def _views(self, row: RecordRow | None, facts_of: FactsOf) -> dict[str, View]:
        """Return the views of a record by audience; none when it does not count."""
        kind = record_type(row.type) if row is not None else None
        if row is None or kind is None:
            return {}
        facts = facts_of(row)
        views = {self._feed_of(audience): kind.view(facts, audience) for audience in kind.audiences(facts)}
        return {name: view for name, view in views.items() if view is not None}

    def _feed_of(self, audience: Audience) -> str:
        if audience.kind == "member":
            return f"member-{self._services.directory.alias(FEED_KEY, audience.key)}"
        return f"{audience.kind}-{audience.key}" if audience.key else audience.kind

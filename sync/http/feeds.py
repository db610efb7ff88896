"""How the four kinds of changes feed are spoken: rows, heartbeats, and the end of each."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from flask import Response

from sync.errors import DatabaseNotFound, SyncError
from sync.http import visible
from sync.http.answers import JSON, streamed
from sync.http.call import Call
from sync.http.json_text import dump_json, dump_line
from sync.http.shared_pages import SharedPage
from sync.peer import ChangeRow, ChangesPage, ReadOptions, Seq, Style

QUICK_ROWS: Final = 25
FeedKind = Literal["normal", "longpoll", "continuous", "eventsource"]


@dataclass(frozen=True, slots=True)
class Feed:
    """What one request of `_changes` asks for. A heartbeat overrides the time-out."""

    kind: FeedKind
    since: Seq
    limit: int | None
    style: Style
    include_docs: bool
    descending: bool
    heartbeat_s: float | None
    timeout_s: float
    seq_interval: int = 1
    doc_ids: list[str] | None = None
    selector: Mapping[str, Any] | None = None
    design_only: bool = False
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def is_plain(self) -> bool:
        """Whether its rows cost little: no documents, nothing chosen, forwards."""
        is_chosen = self.doc_ids is not None or self.selector is not None or self.design_only
        return not (is_chosen or self.include_docs or self.descending)

    @property
    def shared_key(self) -> tuple[object, ...]:
        """What the rows of a plain feed depend on."""
        return self.since, self.limit, self.style


def speak(call: Call, feed: Feed) -> Response:
    """Read the first page, so that errors are answers; stream what is long or may have to wait."""
    if feed.kind != "normal":
        call.face.load.check_feeds()
    page = _read_quickly(call, feed) if feed.is_plain and feed.kind != "normal" else _read(call, feed)
    if feed.kind in ("continuous", "eventsource"):
        content_type = "text/event-stream" if feed.kind == "eventsource" else JSON
        return streamed(_continuous(call, feed, page), content_type)
    if feed.kind == "longpoll" and not page.rows and feed.limit != 0:
        return streamed(_longpoll(call, feed, page), JSON)
    if _is_last(call, feed, page):
        return Response(_head() + _listed(call, feed, page, 0) + _end(page), content_type=JSON)
    return streamed(_pages(call, feed, page), JSON)


def _is_last(call: Call, feed: Feed, page: ChangesPage) -> bool:
    """Whether nothing of this answer comes after `page`."""
    is_full = len(page.rows) >= call.face.limits.page_rows and not feed.descending
    return not is_full or page.pending == 0 or (feed.limit is not None and len(page.rows) >= feed.limit)


def _pages(call: Call, feed: Feed, page: ChangesPage) -> Generator[bytes]:
    """A long answer a page at a time: no writer makes it endless, for it stops where it would have."""
    left = len(page.rows) + page.pending
    if feed.limit is not None:
        left = min(left, feed.limit)
    yield _head() + _listed(call, feed, page, 0)
    count = len(page.rows)
    while left > count and not _is_last(call, feed, page):
        page = _read(call, replace(feed, since=page.last_seq, limit=left - count))
        if page.rows:
            yield b",\n" + _listed(call, feed, page, count)
        count += len(page.rows)
    yield _end(page)


def _longpoll(call: Call, feed: Feed, page: ChangesPage) -> Generator[bytes]:
    """Spec: PROTOCOL E74, E75."""
    yield _head()
    with call.face.load.feeds:
        wait = _Wait(call, replace(feed, since=page.last_seq))
        while isinstance(step := wait.step(), bytes):
            yield step
    yield _end(page) if step is None else _written(call, feed, step)


def _continuous(call: Call, feed: Feed, page: ChangesPage) -> Generator[bytes]:
    """Spec: PROTOCOL E73, E74."""
    yield _lines(call, feed, page)
    left = None if feed.limit is None else feed.limit - len(page.rows)
    while left is None or left > 0:
        with call.face.load.feeds:
            wait = _Wait(call, replace(feed, since=page.last_seq, limit=left))
            while isinstance(step := wait.step(), bytes):
                yield step
        if step is None:
            break
        page = step.page
        yield _written(call, feed, step)
        left = None if left is None else left - len(page.rows)
    if feed.kind == "continuous":
        yield dump_json({"last_seq": page.last_seq, "pending": page.pending}) + b"\n"


class _Wait:
    """One wait for rows, taken in steps: a generator inside the others would cost every feed its stack."""

    __slots__ = ("_beat", "_call", "_deadline_s", "_heartbeat_s", "_look", "_next_beat_s")

    def __init__(self, call: Call, feed: Feed) -> None:
        now_s = time.monotonic()
        self._call = call
        self._look = Look(call, feed)
        self._beat = b"event: heartbeat\ndata: \n\n" if feed.kind == "eventsource" else b"\n"
        self._heartbeat_s = feed.heartbeat_s or float("inf")
        self._next_beat_s = now_s + self._heartbeat_s
        self._deadline_s = float("inf") if feed.heartbeat_s else now_s + feed.timeout_s

    def step(self) -> bytes | SharedPage | None:
        """Return the next heartbeat, or a page with rows; None when time is up, access or database gone."""
        try:
            return self._step()
        except DatabaseNotFound:
            return None  # what was begun is ended as it should be; the next request says why

    def _step(self) -> bytes | SharedPage | None:
        call = self._call
        while _is_still_allowed(call):
            now_s = time.monotonic()
            until_s = min(self._next_beat_s, self._deadline_s, now_s + call.face.limits.recheck_s)
            page = call.face.waiter.wait_until(
                self._look, names=(call.database,), timeout_s=max(until_s - now_s, 0)
            )
            if page is not None:
                return page if _is_still_allowed(call) else None
            now_s = time.monotonic()
            if now_s >= self._deadline_s:
                return None
            if now_s >= self._next_beat_s:
                self._next_beat_s = now_s + self._heartbeat_s
                return self._beat
        return None


class Look:
    """Looks for rows after a commit, and only then; what others look for at that moment is shared."""

    __slots__ = ("_call", "_feed", "_seen")

    def __init__(self, call: Call, feed: Feed) -> None:
        self._call = call
        self._feed = feed
        self._seen: int | None = None

    def __call__(self) -> SharedPage | None:
        """Return a page with rows, if there is one."""
        call, feed = self._call, self._feed
        moment = call.face.waiter.moment(call.database)
        if moment is not None and moment == self._seen:
            return None
        if moment is None or not feed.is_plain:
            found = SharedPage(_read(call, feed))
        else:
            key = (call.database, moment, feed.shared_key, call.access.current_leaves_only)
            found = call.face.shared_pages.get(key, lambda: _read_quickly(call, feed))
        self._seen = moment
        return found if found.page.rows else None


def _written(call: Call, feed: Feed, shared: SharedPage) -> bytes:
    """Return the rows as this feed lists them, with what ends a longpoll."""
    key = (feed.kind, feed.seq_interval)
    written = shared.written.get(key)
    if written is None:
        page = shared.page
        is_list = feed.kind == "longpoll"
        written = _listed(call, feed, page, 0) + _end(page) if is_list else _lines(call, feed, page)
        shared.written[key] = written
    return written


def _is_still_allowed(call: Call) -> bool:
    """A device revoked meanwhile gets no more rows; its next request says why. Spec: ATTACKS 7.3."""
    try:
        call.face.guard.check(call.request, call.endpoint, call.database, None)
    except SyncError:
        return False
    return True


def _read(call: Call, feed: Feed) -> ChangesPage:
    """Return one page; backwards, and where ids are chosen, all of it at once."""
    most = call.face.limits.page_rows
    limit: int | None = most if feed.limit is None else min(feed.limit, most)
    if feed.descending or feed.doc_ids is not None:
        limit = feed.limit
    return call.on_peer(
        lambda peer: peer.changes(
            feed.since,
            limit=limit,
            include_docs=feed.include_docs,
            style=feed.style,
            descending=feed.descending,
            doc_ids=feed.doc_ids,
            selector=feed.selector,
            design_only=feed.design_only,
            options=feed.options,
        )
    )


def _read_quickly(call: Call, feed: Feed) -> ChangesPage:
    """Return the next page: mostly it holds a row or two, and a thread would cost more than the read."""
    most = call.face.limits.page_rows if feed.limit is None else min(feed.limit, call.face.limits.page_rows)
    few = min(most, QUICK_ROWS)
    page = call.quickly(lambda peer: peer.changes(feed.since, limit=few, style=feed.style))
    return page if len(page.rows) < few or few == most else _read(call, feed)


_NO_LIMIT = 10**15
"""What CouchDB counts down from where there is no limit."""


def _head() -> bytes:
    return b'{"results":[\n'


def _listed(call: Call, feed: Feed, page: ChangesPage, before: int) -> bytes:
    """Return the rows as they are listed; `before` rows went before them in this answer."""
    rows = []
    # A seq costs CouchDB work, so clients ask for one in many. Which ones they are it counts down from the
    # limit, and PouchDB's tests count on that; Spec: PROTOCOL E78.
    left = (_NO_LIMIT if feed.limit is None else feed.limit) - before
    for number, row in enumerate(page.rows):
        seq = row.seq if (left - number) % feed.seq_interval == 0 else None
        rows.append(_row(call, row, seq))
    return b",\n".join(rows)


def _lines(call: Call, feed: Feed, page: ChangesPage) -> bytes:
    if feed.kind == "continuous":
        return b"".join(_row(call, row, row.seq) + b"\n" for row in page.rows)
    return b"".join(
        b"data: " + _row(call, row, row.seq) + b"\nid: " + dump_json(row.seq) + b"\n\n" for row in page.rows
    )


def _row(call: Call, row: ChangeRow, seq: Seq | None) -> bytes:
    """Spec: PROTOCOL E66 to E68."""
    # A revision holds nothing that JSON escapes; a feed has a million rows.
    revs = '"},{"rev":"'.join(row.revs).encode()
    shown = b'{"seq":%b,"id":%b,"changes":[{"rev":"%b"}]' % (dump_json(seq), dump_json(row.id), revs)
    if row.is_deleted:
        shown += b',"deleted":true'
    if row.doc is not None:
        shown += b',"doc":' + dump_line(visible.change_doc(call.access, row) or {})
    return shown + b"}"


def _end(page: ChangesPage) -> bytes:
    return b'\n],\n"last_seq":' + dump_json(page.last_seq) + b',"pending":%d}\n' % page.pending

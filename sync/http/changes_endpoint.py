"""`_changes`: what is asked for is checked here; how each feed is spoken is in feeds."""

from __future__ import annotations

from typing import Any, cast

from flask import Response

from sync.errors import BadRequest, NotFound, NotImplementedHere
from sync.http.call import Call
from sync.http.feeds import Feed, FeedKind, speak
from sync.http.parameters import flag, json_value, whole_number
from sync.peer import SEQ_START, Style

_FEEDS: dict[str, FeedKind] = {
    "normal": "normal",
    "longpoll": "longpoll",
    "continuous": "continuous",
    "live": "continuous",
    "eventsource": "eventsource",
}


def changes(call: Call) -> Response:
    """Spec: PROTOCOL E64 to E80."""
    args = call.request.args
    body = call.json_object() if call.request.method == "POST" else {}
    kind = _FEEDS.get(args.get("feed", "normal"))
    if kind is None:
        raise BadRequest("Supported `feed` types: normal, continuous, live, longpoll, eventsource")
    style = args.get("style", "main_only")
    if style not in ("main_only", "all_docs"):
        raise BadRequest("Supported `style` values: main_only, all_docs", error="query_parse_error")
    feed = Feed(
        kind=kind,
        since=args.get("since") or call.request.headers.get("Last-Event-ID") or SEQ_START,
        limit=whole_number(call.request, "limit"),
        style=cast("Style", style),
        include_docs=flag(call.request, "include_docs"),
        descending=_is_descending(call),
        doc_ids=_doc_ids(call, body),
        heartbeat_s=_heartbeat_s(call),
        timeout_s=_timeout_s(call),
    )
    return speak(call, feed)


def _is_descending(call: Call) -> bool:
    # CouchDB knows it under both names; PouchDB sends this one.
    return flag(call.request, "descending") or call.request.args.get("dir") == "rev"


def _doc_ids(call: Call, body: dict[str, Any]) -> list[str] | None:
    """Spec: PROTOCOL E79."""
    name = call.request.args.get("filter")
    if name is None:
        return None
    if name in ("_selector", "_design", "_view"):
        raise NotImplementedHere(f"The filter {name} is not supported here yet.")
    if name != "_doc_ids":
        raise NotFound("missing")
    doc_ids = body.get("doc_ids", json_value(call.request, "doc_ids"))
    if not isinstance(doc_ids, list) or not all(isinstance(doc_id, str) for doc_id in doc_ids):
        raise BadRequest("`doc_ids` must be an array of document ids.")
    return doc_ids


def _heartbeat_s(call: Call) -> float | None:
    """Spec: PROTOCOL E73."""
    text = call.request.args.get("heartbeat")
    if text is None or text == "false":
        return None
    if text == "true":
        return call.face.limits.feed_timeout_s
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadRequest("Invalid heartbeat value. Expecting a positive integer value (in milliseconds).")
    if int(text) == 0:
        raise BadRequest("The heartbeat value should be a positive integer (in milliseconds).")
    return int(text) / 1000


def _timeout_s(call: Call) -> float:
    """Spec: PROTOCOL E74."""
    longest_s = call.face.limits.feed_timeout_s
    timeout_ms = whole_number(call.request, "timeout")
    return longest_s if timeout_ms is None else min(timeout_ms / 1000, longest_s)

"""`_changes`: what is asked for is checked here; how each feed is spoken is in feeds."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Response

from sync.document import DESIGN_PREFIX, check_document_id
from sync.errors import BadRequest, DocumentNotFound, NotImplementedHere
from sync.http.body import read_bytes, require_json_type
from sync.http.call import Call
from sync.http.feeds import Feed, FeedKind, speak
from sync.http.json_text import parse_json
from sync.http.parameters import attachment_flags, flag, json_value, read_options, whole_number
from sync.peer import SEQ_START, Style

_FEEDS: dict[str, FeedKind] = {
    "normal": "normal",
    "longpoll": "longpoll",
    "continuous": "continuous",
    "live": "continuous",
    "eventsource": "eventsource",
}
DEFAULT_HEARTBEAT_S: Final = 60.0


def changes(call: Call) -> Response:
    """Spec: PROTOCOL E64 to E80."""
    args = call.args
    body = _body(call)
    kind = _FEEDS.get(args.get("feed", "normal"))
    if kind is None:
        raise BadRequest("Supported `feed` types: normal, continuous, live, longpoll, eventsource")
    style = args.get("style", "main_only")
    if style not in ("main_only", "all_docs"):
        raise BadRequest("Supported `style` values: main_only, all_docs", error="query_parse_error")
    attachment_flags(call)
    options = read_options(call)
    feed = Feed(
        kind=kind,
        since=args["since"] if "since" in args else _last_event(call) or SEQ_START,
        limit=whole_number(call, "limit"),
        style=cast("Style", style),
        include_docs=flag(call, "include_docs"),
        descending=_is_descending(call),
        options=options,
        seq_interval=_seq_interval(call),
        heartbeat_s=_heartbeat_s(call),
        timeout_s=_timeout_s(call),
        **_filter(call, body),
    )
    return speak(call, feed)


def _body(call: Call) -> dict[str, Any]:
    """Return what a POST asks for beside the query; an empty body asks for nothing."""
    if call.request.method != "POST":
        return {}
    require_json_type(call.request)
    data = read_bytes(call.request, call.face.limits.max_body_bytes)
    body = parse_json(data, keys_once=False) if data.strip() else {}
    if not isinstance(body, dict):
        raise BadRequest("Request body must be a JSON object")
    return body


def _last_event(call: Call) -> str:
    """Return the seq of the last event that a browser has seen: it sends it as it was, in quotes."""
    return call.request.headers.get("Last-Event-ID", "").strip('"')


def _is_descending(call: Call) -> bool:
    # CouchDB knows it under both names; PouchDB sends this one.
    return flag(call, "descending") or call.args.get("dir") == "rev"


def _filter(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Return which rows are wanted, as parts of a Feed. Spec: PROTOCOL E79."""
    name = call.args.get("filter")
    if name is None:
        return {}
    if name == "_doc_ids":
        return {"doc_ids": _doc_ids(call, body)}
    if name == "_design":
        return {"design_only": True}
    if name == "_selector":
        if not isinstance(body.get("selector"), dict):
            if call.request.method != "POST":
                raise BadRequest("Selector must be specified in POST payload")
            raise BadRequest("Selector error: expected a JSON object")
        return {"selector": body["selector"]}
    return _function(call, name)


def _doc_ids(call: Call, body: dict[str, Any]) -> list[str]:
    doc_ids = body.get("doc_ids", json_value(call, "doc_ids"))
    if not isinstance(doc_ids, list) or not all(isinstance(doc_id, str) for doc_id in doc_ids):
        raise BadRequest("`doc_ids` filter parameter is not a list of doc ids.")
    return doc_ids


def _function(call: Call, name: str) -> dict[str, Any]:
    """A function of a design document: 404 when that is not there, 501 when it is. Spec: PROTOCOL E79."""
    named = call.args.get("view", "") if name == "_view" else name
    design, slash, function = named.partition("/")
    if not slash or not design or not function:
        parameter = "view" if name == "_view" else "filter"
        raise BadRequest(f"`{parameter}` must be of the form `designname/{parameter}name`")
    kind = "views" if name == "_view" else "filters"
    doc_id = check_document_id(DESIGN_PREFIX + design)
    functions = call.on_peer(lambda peer: peer.get(doc_id)).get(kind)
    if not isinstance(functions, dict) or function not in functions:
        raise DocumentNotFound(f"missing json key: {kind}")
    raise NotImplementedHere(
        "Filters that are functions of a design document are not run here: use a selector."
    )


def _seq_interval(call: Call) -> int:
    """Return in how many rows one tells its seq. Spec: PROTOCOL E78."""
    text = call.args.get("seq_interval", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 15 and int(text)):
        raise BadRequest("invalid_seq_interval")
    return int(text)


def _heartbeat_s(call: Call) -> float | None:
    """Spec: PROTOCOL E73."""
    text = call.args.get("heartbeat")
    if text is None or text == "false":
        return None
    if text == "true":
        return DEFAULT_HEARTBEAT_S
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise BadRequest("Invalid heartbeat value. Expecting a positive integer value (in milliseconds).")
    if int(text) <= 0:
        raise BadRequest("The heartbeat value should be a positive integer (in milliseconds).")
    return int(text) / 1000


def _timeout_s(call: Call) -> float:
    """Spec: PROTOCOL E74."""
    longest_s = call.face.limits.feed_timeout_s
    timeout_ms = whole_number(call, "timeout")
    return longest_s if timeout_ms is None else min(timeout_ms / 1000, longest_s)

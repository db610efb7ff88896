"""Query parameters, read strictly: what cannot be understood is 400, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from sync.errors import BadRequest
from sync.http.json_text import parse_json
from sync.peer import ReadOptions

_PLAIN: Final = ReadOptions()


class Asked(Protocol):
    """A request, or whatever else holds parameters as they are spelt in an address."""

    @property
    def args(self) -> Mapping[str, str]: ...


def flag(request: Asked, name: str, *, default: bool = False) -> bool:
    """Raises: BadRequest unless it is absent, `true` or `false`."""
    text = request.args.get(name)
    if text is None:
        return default
    if text not in ("true", "false"):
        raise BadRequest(f'Invalid boolean parameter: "{text}"', error="query_parse_error")
    return text == "true"


def whole_number(request: Asked, name: str) -> int | None:
    """Raises: BadRequest unless it is absent or a number that is not negative."""
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 40):
        kind = "positive integer" if text.removeprefix("-").isdecimal() else "integer"
        raise BadRequest(f'Invalid value for {kind}: "{text}"', error="query_parse_error")
    return min(int(text), 10**15)  # more than any database holds, and no more than any backend counts


def json_value(request: Asked, *names: str) -> Any:
    """Return the first of `names` that is given, parsed; None when there is none."""
    for name in names:
        text = request.args.get(name)
        if text is not None:
            return parse_json(text.encode("utf-8", "surrogateescape"))
    return None


def text_value(request: Asked, *names: str) -> str | None:
    """Like json_value, for a parameter that must be a JSON string. Raises: BadRequest."""
    value = json_value(request, *names)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{names[0]} must be a JSON string.", error="query_parse_error")
    return value


def read_options(request: Asked) -> ReadOptions:
    """Spec: PROTOCOL B34."""
    if not request.args:
        return _PLAIN
    has_meta = flag(request, "meta")
    return ReadOptions(
        revs=flag(request, "revs"),
        revs_info=flag(request, "revs_info") or has_meta,
        conflicts=flag(request, "conflicts") or has_meta,
        deleted_conflicts=flag(request, "deleted_conflicts") or has_meta,
        local_seq=flag(request, "local_seq"),
        latest=flag(request, "latest"),
    )


def attachment_flags(request: Asked) -> None:
    """Read what asks for attachments: no document here has any, so only its spelling matters.

    Raises: BadRequest. Spec: PROTOCOL E78, D60.
    """
    if not request.args:
        return
    for name in ("attachments", "att_encoding_info"):
        flag(request, name)
    revs = json_value(request, "atts_since")
    if revs is not None and not (isinstance(revs, list) and all(isinstance(rev, str) for rev in revs)):
        raise BadRequest("atts_since must be a JSON array of revs.", error="query_parse_error")

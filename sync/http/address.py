"""What a URL names, read from its raw bytes so that each part is decoded exactly once.

`a%2Fb` is one name; `a/b` is document b of a. Every spelling of a name is the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from flask import Request

from sync.errors import BadRequest


@dataclass(frozen=True, slots=True)
class Address:
    """`parts` below the blueprint's prefix, decoded; a trailing slash makes no difference."""

    parts: tuple[str, ...]
    is_valid_text: bool = True


def read_address(request: Request, prefix_length: int) -> Address:
    """Return what the request's URL names. Spec: PROTOCOL A2, A5, section 1 item 21."""
    path = _raw_path(request)
    segments = path.split("/")[1 + prefix_length :]
    if segments and not segments[-1]:
        segments.pop()
    try:
        return Address(tuple(unquote_to_bytes(segment).decode() for segment in segments))
    except UnicodeDecodeError:
        return Address(tuple(segments), is_valid_text=False)


def _raw_path(request: Request) -> str:
    """The path as the client wrote it; WSGI's own has lost the difference between %2F and /."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not raw:
        return quote(request.environ.get("PATH_INFO", "").encode("latin-1"))
    # urlsplit would take "//name" for a host.
    path: str = raw.partition("?")[0] if raw.startswith("/") else urlsplit(raw).path
    return path


def check_valid_text(address: Address) -> None:
    """Raises: BadRequest. Spec: PROTOCOL B25."""
    if not address.is_valid_text:
        raise BadRequest("Document id must be valid UTF-8", error="illegal_docid")


def url_of(prefix: str, *parts: str) -> str:
    """Return the path that names `parts`, for a Location header."""
    return "/".join([prefix, *(quote(part, safe=":").replace("~", "%7E") for part in parts)])

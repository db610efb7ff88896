"""Where a server is and what its parts are called in a URL. Credentials are taken out of it at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from sync.errors import BadRequest

MAX_NAME_BYTES: Final = 238
_NAME: Final = re.compile(r"[a-z][a-z0-9_$()+/-]*")
_KEPT_PREFIXES: Final = ("_design/", "_local/")


@dataclass(frozen=True, slots=True)
class Address:
    """`origin` and `path` make every URL; `password` is never shown."""

    origin: str
    path: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.origin + self.path


def parse_address(url: str) -> Address:
    """Return the parts of `http(s)://[user:password@]host[:port][/path]`. Raises: BadRequest."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise BadRequest("The port of the CouchDB address is no number.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadRequest("A CouchDB address looks like https://user:password@couch.example:6984")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port else "")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password or "") if user is not None else None
    return Address(origin, parts.path.rstrip("/"), user, password)


def check_database_name(name: str, *, prefix: str = "") -> str:
    """Raises: BadRequest (illegal_database_name, database_name_too_long). Spec: PROTOCOL A6."""
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"Name: '{name}'. Only lowercase characters (a-z), digits (0-9), and any of the characters"
            " _, $, (, ), +, -, and / are allowed. Must begin with a letter.",
            error="illegal_database_name",
        )
    if len(prefix) + len(name) > MAX_NAME_BYTES:
        raise BadRequest(f"The database name `{name}` is too long.", error="database_name_too_long")
    return name


def quoted_database(name: str) -> str:
    return quote(name, safe="")


def quoted_id(doc_id: str) -> str:
    """Return the path of a document; the slash after `_design` and `_local` belongs to the path."""
    for prefix in _KEPT_PREFIXES:
        if doc_id.startswith(prefix):
            return prefix + quote(doc_id.removeprefix(prefix), safe="")
    return quote(doc_id, safe="")

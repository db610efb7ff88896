"""A document that comes as multipart/related, as CouchDB's replicator sends those with attachments.

Without attachments its first part is the document; with them it is refused until they are supported.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Request

from sync.errors import BadRequest

_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;,]{1,200}))', re.IGNORECASE)


def first_part(request: Request, body: bytes) -> bytes:
    """Return the content of the first part. Raises: BadRequest. Spec: PROTOCOL B36, G88."""
    found = _BOUNDARY.search(request.headers.get("Content-Type", ""))
    if found is None:
        raise BadRequest("A multipart body needs a boundary.")
    delimiter = b"--" + (found[1] or found[2]).encode()
    _, opening, rest = (b"\r\n" + body).partition(b"\r\n" + delimiter)
    headers, blank, content = rest.partition(b"\r\n\r\n")
    if not opening or not blank or headers.startswith(b"--"):
        raise BadRequest("The multipart body has no part.")
    # CouchDB takes a body whose closing boundary is missing, provided all bytes came.
    return content.partition(b"\r\n" + delimiter)[0]

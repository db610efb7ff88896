"""The guard of `/db/`: a device reads the current leaves of its feeds, and nothing else exists for it."""

from __future__ import annotations

from typing import Final

from flask import Request

from server.gateway.authentication import requesting_device
from server.gateway.feeds import granted_feeds
from server.services import Services
from sync.errors import DocumentNotFound, Forbidden
from sync.http.guard import Access, Endpoint

OPEN: Final = frozenset({Endpoint.WELCOME, Endpoint.UP, Endpoint.SESSION})
READ_ONLY: Final = frozenset(
    {
        Endpoint.DATABASE,
        Endpoint.CHANGES,
        Endpoint.ALL_DOCS,
        Endpoint.BULK_GET,
        Endpoint.DOCUMENT_READ,
    }
)
NOT_GRANTED: Final = "This database is not granted to this device."


class DeviceGuard:
    """Implements sync.http.guard.Guard; deny by default."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def check(
        self,
        request: Request,
        endpoint: Endpoint,
        database: str | None,
        doc_id: str | None,  # noqa: ARG002 a feed is granted whole
    ) -> Access:
        """Raises: Unauthorized, DocumentNotFound, Forbidden (the same for whatever is not granted)."""
        if endpoint in OPEN:
            return Access(current_leaves_only=True)
        device = requesting_device(self._services, request)
        if database is None or database not in granted_feeds(self._services, device):
            raise Forbidden(NOT_GRANTED)
        if endpoint is Endpoint.LOCAL_READ:
            # Phones keep their checkpoints themselves; those of others are nobody's business.
            raise DocumentNotFound("missing")
        if endpoint not in READ_ONLY:
            raise Forbidden(NOT_GRANTED)
        return Access(current_leaves_only=True)

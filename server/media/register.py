"""Mounts upload and photos on the application: who asks is found from the sessions of devices and console."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Request

from server.gateway.authentication import requesting_device
from server.gateway.feeds import feed_database, granted_feeds
from server.gateway.rates import Rate
from server.identity.console_sessions import COOKIE as CONSOLE_COOKIE
from server.identity.members import Member
from server.media import serve, tus
from server.media.access import is_in_a_view, reads_by_role
from server.services import Services
from sync.errors import DatabaseNotFound
from sync.peer import Peer


def register_media(app: Flask, services: Services) -> None:
    """Put both blueprints on the application, with its sessions deciding who is who."""
    announced = Rate(burst=300, per_s=1)

    def device_of(request: Request) -> str:
        device = requesting_device(services, request).id
        if request.method == "POST":
            announced.take(device)  # each leaves two small files until it is finished or expires
        return device

    app.register_blueprint(tus.create_blueprint(lambda: services.media, device_of, services.run_blocking))
    app.register_blueprint(
        serve.create_blueprint(
            lambda: services.media,
            lambda: services.couch.ensure("central"),
            SessionAccess(services),
            services.run_blocking,
        )
    )


class SessionAccess:
    """Implements serve.Access for the cookies of console and phone."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def may_see_copy(self, request: Request, record_id: str, number: int) -> bool:
        """Raises: Unauthorized when nobody is signed in, or the device is revoked."""
        member = self._console_member(request)
        if member is not None:
            return self._services.run_blocking(lambda: self._member_sees(member, record_id, number))
        device = requesting_device(self._services, request)
        names = granted_feeds(self._services, device)
        return self._services.run_blocking(lambda: is_in_a_view(self._feeds(names), record_id, number))

    def may_open_original(self, request: Request, record_id: str, number: int) -> bool:
        member = self._console_member(request)
        if member is None:
            requesting_device(self._services, request)
            return False
        if not self._reads_by_role(member, record_id):
            return False
        self._services.run_blocking(
            lambda: self._services.audit.append(
                "original_opened", actor=member.id, about=record_id, number=number
            )
        )
        return True

    def _console_member(self, request: Request) -> Member | None:
        session = self._services.console_sessions.session(request.cookies.get(CONSOLE_COOKIE))
        return self._services.directory.member(session.member) if session else None

    def _member_sees(self, member: Member, record_id: str, number: int) -> bool:
        if self._reads_by_role(member, record_id):
            return True
        audiences = self._services.directory.audiences(member.id)
        names = {feed_database(audience, self._services.epoch) for audience in audiences}
        return is_in_a_view(self._feeds(names), record_id, number)

    def _reads_by_role(self, member: Member, record_id: str) -> bool:
        return reads_by_role(self._services.directory.grants_in_force(member.id), record_id)

    def _feeds(self, names: set[str]) -> Iterator[Peer]:
        for name in sorted(names):
            try:
                yield self._services.couch.open(name)
            except DatabaseNotFound:
                continue  # granted, and nothing was published for it yet

"""What holds for every request and answer: where it may come from, and what a browser may do with it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, Forbidden

from server.settings import Settings

CSP: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default",
    )
)
"""Spec: ATTACKS 4. The one policy named `default` makes HTML only; it is what lets htmx swap."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
WORKER_SCRIPT: Final = "/sw.js"
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 compared with, never listened on


def register_security(app: Flask, settings: Settings) -> None:
    """Put the checks before every request, and the headers on every answer."""
    scheme = urlsplit(settings.url).scheme

    def check() -> None:
        _check_host(settings)
        _check_origin(scheme)
        if request.headers.get("Service-Worker") == "script" and request.path != WORKER_SCRIPT:
            raise Forbidden("no service worker is served here")

    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        headers.setdefault("Cache-Control", "no-store")
        if scheme == "https":
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.before_request(check)
    app.after_request(protect)


def is_own_host(settings: Settings, name: str) -> bool:
    """Is this a name under which the server may be addressed?

    Listening on every address without a public one is a trial in a local network: any address will
    do there, but no name, for a name is what another site would have pointed here. This machine's
    own name for itself is always taken where it listens: nobody else can point it elsewhere.
    """
    known = {urlsplit(settings.url).hostname or "", settings.host.strip("[]")}
    if name in known - ANY_ADDRESS or (name in LOOPBACK and known & (LOOPBACK | ANY_ADDRESS)):
        return True
    return settings.host in ANY_ADDRESS and not settings.public_url and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _check_host(settings: Settings) -> None:
    """Refuse names that another site gave this address (DNS rebinding). X-Forwarded-Host is never read."""
    try:
        name = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        name = ""
    if not is_own_host(settings, name):
        raise BadRequest("unknown host")


def _check_origin(scheme: str) -> None:
    """Refuse writes that another site makes a browser send. Spec: ATTACKS 3, ASVS 3.5.1 to 3.5.3."""
    site = request.headers.get("Sec-Fetch-Site")
    if request.method in SAFE_METHODS:
        if site == "cross-site" and request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            raise Forbidden("another site asks")
        return
    if site not in {None, "same-origin", "none"}:
        raise Forbidden("another site asks")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{scheme}://{request.host}":
        raise Forbidden("another site asks")

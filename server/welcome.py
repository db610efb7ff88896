"""What the person who starts the server reads: where it is, who may sign in, how a phone joins."""

from __future__ import annotations

import dataclasses

import segno

from server.messages import LANGUAGES, text
from server.settings import Settings
from server.tls import authority_fingerprint, certificate_paths, lan_addresses

DEMO_ACCOUNTS = "demo-accounts.txt"


def lan_settings(settings: Settings) -> Settings:
    """Return the settings for HTTPS on every address of this machine."""
    address = next(iter(lan_addresses()), "127.0.0.1")
    url = settings.public_url or f"https://{address}:{settings.port}"
    return dataclasses.replace(settings, host="0.0.0.0", tls=True, public_url=url)  # noqa: S104


def print_welcome(settings: Settings) -> None:
    """Print the address, the demo's accounts and, with TLS, the QR and how a phone comes to trust it."""
    accounts = settings.data / DEMO_ACCOUNTS
    if accounts.exists():
        print(accounts.read_text("utf-8"))
    if settings.tls:
        certificate_paths(settings)
        fingerprint, page = authority_fingerprint(settings), f"{settings.trust_url}/trust"
        segno.make(page, error="m").terminal(compact=True)
        for language in LANGUAGES:
            print(text("cli.welcome.trust", language, page=page, fingerprint=fingerprint))
    for language in LANGUAGES:
        print(text("cli.welcome.address", language, url=settings.url), flush=True)

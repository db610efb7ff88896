"""`liandong scrub` and `repair`: every byte of a file checked; what is damaged fetched from another copy."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from server.commands.frame import say, with_settings
from server.settings import Settings
from server.store import COUCH, damage_in, open_anywhere, repair_file
from sync.errors import DatabaseNotFound
from sync.peer import Peer, Server

SHOWN = 20


@click.command("scrub")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@with_settings
def scrub_command(settings: Settings, *, file: Path | None) -> None:
    """Check every page and every body of the databases, or of FILE; the server may be running.

    Exit status 0: nothing is damaged; 1: something is, each in one line.
    """
    path = file or settings.data / COUCH
    found = 0
    for damage in damage_in(path):
        found += 1
        place = " ".join(part for part in (damage.database, damage.doc_id, damage.rev) if part)
        say("cli.scrub.damage", place=place or path.name, detail=damage.detail)
    say("cli.scrub.damaged" if found else "cli.scrub.sound", file=path, n=found)
    sys.exit(1 if found else 0)


@click.command("repair")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="PLACE",
    help="Another copy: a URL of a server, or a file; several if given several times.",
)
@with_settings
def repair_command(settings: Settings, *, file: Path | None, sources: tuple[str, ...]) -> None:
    """Make a damaged file anew from what is sound in it and from other copies; the server must be stopped.

    The damaged file is kept beside it, and a new epoch begins. Exit status 1: something is in no copy.
    """
    path = file or settings.data / COUCH
    with ExitStack() as opened:
        servers = [open_anywhere(place) for place in sources]
        for server in servers:
            opened.callback(server.close)
        done = repair_file(path, lambda name: _first_that_has(servers, name))
    say(
        "cli.repair.done",
        file=path,
        kept=done.kept,
        fetched=done.fetched,
        lost=len(done.lost) + done.unreadable,
        set_aside=done.set_aside,
    )
    for database, doc_id, rev in done.lost[:SHOWN]:
        say("cli.repair.lost", place=f"{database} {doc_id} {rev}")
    sys.exit(1 if done.lost or done.unreadable else 0)


def _first_that_has(servers: list[Server], name: str) -> Peer | None:
    for server in servers:
        try:
            return server.open(name)
        except DatabaseNotFound:
            continue
    return None

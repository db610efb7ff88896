"""`liandong couchdb`: prepares the CouchDB of the settings for the county."""

from __future__ import annotations

from pathlib import Path

import click

from server.commands.frame import say, with_settings
from server.identity.passwords import new_password
from server.messages.told import one_line
from server.settings import Settings
from server.store import set_up_couchdb


@click.group("couchdb")
def couchdb_group() -> None:
    """The CouchDB that keeps the databases, where the settings name one."""


@couchdb_group.command("init")
@click.option("--user", default="liandong-web", show_default=True, help="Account of the web nodes.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with its password; else one is made for a new account and printed once.",
)
@click.option(
    "--node", "nodes", multiple=True, metavar="NAME@HOST", help="Another node of the cluster, to be joined."
)
@with_settings
def init_command(
    settings: Settings, *, user: str, password_file: Path | None, nodes: tuple[str, ...]
) -> None:
    """Join nodes, make databases and the web nodes' account with the least rights; again changes nothing."""
    if not settings.couch_url:
        raise click.UsageError(one_line("cli.couchdb.no_url"))
    given = password_file.read_text("utf-8").strip() if password_file else None
    changed, made = set_up_couchdb(
        settings, user=user, password=given, nodes=nodes, new_password=new_password
    )
    for change in changed:
        click.echo(f"  + {change}")
    say("cli.couchdb.done" if changed else "cli.couchdb.nothing", count=len(changed), user=user)
    if made:
        say("cli.couchdb.password", user=user, password=made)

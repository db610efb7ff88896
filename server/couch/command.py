"""`liandong couch`: what it is started with, and the refusals before anything listens."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

import click

from server.couch.limits import CouchLimits, limits_of, shown_limits
from server.couch.options import CouchOptions
from server.messages.told import one_line


@click.command("couch")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of the data; made if there is none.",
)
@click.option("--port", default=5984, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--admin",
    "admins",
    multiple=True,
    metavar="USER:PASSWORD",
    help="Who may do everything; several if given several times.",
)
@click.option(
    "--admin-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File of such lines, so that no list of processes shows a password.",
)
@click.option(
    "--user",
    "members",
    multiple=True,
    metavar="USER:PASSWORD",
    help="Who may use the databases whose _security names them.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that share the file.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=NUMBER",
    help=f"How much a client may ask for; what each bounds is in sync/README.md: {shown_limits()}.",
)
def couch_command(
    *,
    data: Path,
    port: int,
    host: str,
    admins: tuple[str, ...],
    admin_file: Path | None,
    members: tuple[str, ...],
    workers: int,
    limits: tuple[str, ...],
) -> None:
    """Serve the bare engine to ordinary CouchDB clients, without anything of the county."""
    lines = admin_file.read_text("utf-8").split() if admin_file else []
    options = CouchOptions(
        data=data,
        host=host,
        port=port,
        workers=workers,
        admins=_accounts((*admins, *lines)),
        members=_accounts(members),
        limits=_limits(limits),
    )
    _check(options)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A new program in this very process: gevent must be first, before what the other commands import.
    os.execv(sys.executable, [sys.executable, "-m", "server.couch.serve", str(options.send())])  # noqa: S606


def _accounts(given: tuple[str, ...]) -> dict[str, str]:
    accounts = {}
    for account in given:
        name, colon, password = account.partition(":")
        if not name or not colon or not password:
            raise click.UsageError(one_line("couch.start.account"))
        accounts[name] = password
    return accounts


def _limits(given: tuple[str, ...]) -> CouchLimits:
    try:
        return limits_of(given)
    except ValueError as error:
        raise click.UsageError(one_line("couch.start.limit", given=error.args[0])) from error


def _check(options: CouchOptions) -> None:
    if options.admins:
        return
    key = "couch.start.no_admin" if _is_loopback(options.host) else "couch.start.open_network"
    raise click.UsageError(one_line(key, host=options.host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

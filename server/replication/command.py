"""`liandong replicate`: one database to another, once or for as long as it runs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click

from server.commands.frame import say
from server.messages.told import one_line
from server.replication.bar import ReplicationBar
from server.replication.places import DatabasePlace, UnclearPlace, lacks_password, parse_place, with_password
from server.store import open_anywhere
from sync.errors import SyncError
from sync.peer import Peer, Server
from sync.replication.batches import Question
from sync.replication.replication_id import Place, replication_id
from sync.replication.replicator import Pace, Replication, Result

DONE: Final = 0
REFUSED: Final = 1
NOT_POSSIBLE: Final = 3
SHOWN_REFUSALS: Final = 20
WAIT_S: Final = 5.0
"""How long stopping may take while nothing happens."""


@click.command("replicate")
@click.argument("source")
@click.argument("target")
@click.option("--continuous", is_flag=True, help="Go on with whatever is written later, until stopped.")
@click.option("--create-target", is_flag=True, help="Create the target database if there is none.")
@click.option(
    "--doc-id", "doc_ids", multiple=True, help="Only this document; several if given several times."
)
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Certificates to trust for https, where the machine's own do not do.",
)
@click.option("--batch", default=500, show_default=True, type=click.IntRange(1, 10_000), help="Rows at once.")
def replicate_command(
    *,
    source: str,
    target: str,
    continuous: bool,
    create_target: bool,
    doc_ids: tuple[str, ...],
    ca_file: Path | None,
    batch: int,
) -> None:
    """Replicate the database SOURCE to TARGET: http(s)://[USER[:PASSWORD]@]HOST/NAME or FILE#NAME.

    A password that the URL leaves out is asked for. Ends with 0: all is there; 1: finished, some documents
    were refused and are offered again by the next run; 2: wrongly called; 3: not possible, as said.
    """
    try:
        places = [_asked(parse_place(source, must_exist=True)), _asked(parse_place(target, must_exist=False))]
    except UnclearPlace as error:
        raise click.UsageError(str(error)) from error
    question = Question(doc_ids=list(doc_ids) or None)
    try:
        with ExitStack() as stack:
            servers = [stack.enter_context(_opened(place, ca_file)) for place in places]
            peers = servers[0].open(places[0].database), _target(servers[1], places[1], create=create_target)
            name = _name(servers, places, question)
            result = _run(
                peers, name, question, Pace(batch_rows=batch, wait_s=WAIT_S), is_continuous=continuous
            )
    except SyncError as error:
        said = one_line("replication.not_possible", error=error.error, reason=error.reason)
        click.echo(said, err=True)
        sys.exit(NOT_POSSIBLE)
    sys.exit(_tell(result))


def _asked(place: DatabasePlace) -> DatabasePlace:
    if place.is_file or not lacks_password(place.server):
        return place
    password = click.prompt(one_line("replication.password", place=place.shown), hide_input=True, err=True)
    return place._replace(server=with_password(place.server, password))


@contextmanager
def _opened(place: DatabasePlace, ca_file: Path | None) -> Iterator[Server]:
    server = open_anywhere(place.server, ca_file=ca_file)
    try:
        yield server
    finally:
        server.close()


def _target(server: Server, place: DatabasePlace, *, create: bool) -> Peer:
    return server.ensure(place.database) if create else server.open(place.database)


def _name(servers: list[Server], places: list[DatabasePlace], question: Question) -> str:
    source, target = (
        Place(server.uuid, place.database) for server, place in zip(servers, places, strict=True)
    )
    return replication_id(source, target, doc_ids=question.doc_ids)


def _run(
    peers: tuple[Peer, Peer], name: str, question: Question, pace: Pace, *, is_continuous: bool
) -> Result:
    with ReplicationBar() as bar:
        replication = Replication(*peers, name, question=question, pace=pace, on_progress=bar.show)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: replication.cancel())
        return replication.run(is_continuous=is_continuous)


def _tell(result: Result) -> int:
    totals = result.statistics
    say("replication.done", read=totals.docs_read, written=totals.docs_written, refused=len(result.refused))
    if not result.is_recorded:
        say("replication.not_recorded")
    for row in result.refused[:SHOWN_REFUSALS]:
        click.echo(f"{row.id} {row.rev} {row.side}: {row.error}: {row.reason}", err=True)
    if len(result.refused) > SHOWN_REFUSALS:
        say("replication.more_refused", more=len(result.refused) - SHOWN_REFUSALS)
    return REFUSED if result.refused else DONE

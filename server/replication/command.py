"""`liandong replicate`: one database to another, once or for as long as it runs."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click

from server.commands.frame import say
from server.messages.told import one_line
from server.replication.bar import ReplicationBar
from server.replication.places import DatabasePlace, UnclearPlace, lacks_password, parse_place, with_password
from server.store import open_anywhere
from sync.backoff import Backoff
from sync.clock import SystemClock
from sync.errors import SyncError
from sync.peer import Peer, Server
from sync.replication.batches import Question
from sync.replication.replication_id import Place, replication_id
from sync.replication.replicator import Pace, Progress, Replication, Result, Statistics

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
    were refused and are offered again by the next run; 2: wrongly called; 3: not possible, as said. With
    --continuous a server that is away is waited for, from the start on.
    """
    try:
        places = [_asked(parse_place(source, must_exist=True)), _asked(parse_place(target, must_exist=False))]
    except UnclearPlace as error:
        raise click.UsageError(str(error)) from error
    question = Question(doc_ids=list(doc_ids) or None)
    pace = Pace(batch_rows=batch, wait_s=WAIT_S)
    try:
        with ExitStack() as stack:
            servers = [stack.enter_context(_opened(place, ca_file)) for place in places]
            bar = stack.enter_context(ReplicationBar())

            def connect() -> Replication:
                target = _target(servers[1], places[1], create=create_target)
                peers = servers[0].open(places[0].database), target
                name = _name(servers, places, question)
                return Replication(*peers, name, question=question, pace=pace, on_progress=bar.show)

            result = _run(connect, bar, is_continuous=continuous)
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


def _run(connect: Callable[[], Replication], bar: ReplicationBar, *, is_continuous: bool) -> Result:
    """Replicate until done, or until a signal says so. Raises: SyncError."""
    stopping = threading.Event()
    _on_signal(stopping.set)
    replication = _connected(connect, bar, stopping) if is_continuous else connect()
    if replication is None:
        return Result(Statistics(), is_cancelled=True)
    _on_signal(replication.cancel)
    if stopping.is_set():  # between the two
        replication.cancel()
    return replication.run(is_continuous=is_continuous)


def _connected(
    connect: Callable[[], Replication], bar: ReplicationBar, stopping: threading.Event
) -> Replication | None:
    """Wait for a server that is away, as later on; None when told to stop.

    Raises: SyncError for what only a person can mend: before anything was replicated it is likely a slip.
    """
    clock = SystemClock()
    backoff = Backoff(clock, attempts=None)
    while not stopping.is_set():
        try:
            return connect()
        except SyncError as error:
            delay_s = backoff.delay_s(error)
            if delay_s is None:
                raise
            bar.show(Progress(Statistics(), None, error))
            clock.sleep(delay_s, stopping)
    return None


def _on_signal(act: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: act())


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

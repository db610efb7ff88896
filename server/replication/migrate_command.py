"""`liandong migrate`: the county from the store of the settings to another one."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

import click

from server.commands.frame import say, with_settings
from server.lease import no_worker_elsewhere
from server.messages.told import one_line
from server.replication.bar import ReplicationBar
from server.replication.migrate import Moved, migrate, nobody_else
from server.replication.places import lacks_password, with_password, without_password
from server.replication.whereabouts import let_count_here
from server.settings import Settings
from server.store import COUCH, open_county_at, open_store
from sync.replication.replicator import Progress


@click.command("migrate")
@click.option(
    "--to",
    "place",
    metavar="URL|FILE",
    help="http(s)://[USER[:PASSWORD]@]HOST of a CouchDB, or a file of the embedded engine.",
)
@click.option(
    "--undo",
    is_flag=True,
    help="Let the county count in the store of the settings again, without what came since it was moved.",
)
@with_settings
def migrate_command(settings: Settings, *, place: str | None, undo: bool) -> None:
    """Move the county to another store, and prove that all of it is there; the server must be stopped.

    From the store of the settings (the embedded engine, or couch_url) to --to. Interrupted, it goes on when
    it is run again. Nothing is taken from where the county was; but nothing opens it there any more, until
    the county is moved back, or --undo.
    """
    if (place is None) != undo:
        raise click.UsageError(one_line("migrate.either"))
    if place is None:
        _undo(settings)
    else:
        _move(settings, _asked(place))


def _undo(settings: Settings) -> None:
    with nobody_else(settings), closing(open_store(settings)) as store:
        epoch = let_count_here(store)
    say("migrate.undone" if epoch else "migrate.nothing_to_undo", epoch=epoch)


def _move(settings: Settings, place: str) -> None:
    if _is_where_we_are(settings, place):
        raise click.UsageError(one_line("migrate.same", place=without_password(place)))
    with nobody_else(settings) as lock, ExitStack() as stack:
        source = stack.enter_context(closing(open_store(settings)))
        target = stack.enter_context(closing(open_county_at(place, settings)))
        for store in (source, target):
            takeover_s = settings.worker_takeover_s
            stack.enter_context(no_worker_elsewhere(store, lock, takeover_s=takeover_s))
        bars: dict[str, ReplicationBar] = {}

        def show(name: str, progress: Progress) -> None:
            if name not in bars:
                bars[name] = stack.enter_context(ReplicationBar(name))
            bars[name].show(progress)

        moved = migrate(source, target, show, shown=_shown(place, settings))
    _tell(moved, place)


def _asked(place: str) -> str:
    if not _is_url(place) or not lacks_password(place):
        return place
    shown = without_password(place)
    return with_password(
        place, click.prompt(one_line("replication.password", place=shown), hide_input=True, err=True)
    )


def _is_where_we_are(settings: Settings, place: str) -> bool:
    if _is_url(place) or settings.couch_url:
        return _is_url(place) and without_password(place) == without_password(settings.couch_url)
    return Path(place).resolve() == (settings.data / COUCH).resolve()


def _shown(place: str, settings: Settings) -> str:
    """Return what a person needs to find it again; no password is in it."""
    if not _is_url(place):
        return str(Path(place).resolve())
    return f"{without_password(place)} (LIANDONG_COUCH_PREFIX={settings.couch_prefix})"


def _is_url(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _tell(moved: Moved, place: str) -> None:
    for name, counted in moved.databases.items():
        click.echo(f"{name:10} {counted.documents:>9} {counted.leaves:>9}  {counted.sha256}")
    say("migrate.done" if moved.is_new else "migrate.already", written=moved.written, epoch=moved.epoch)
    if _is_url(place):
        say("migrate.next_url", url=without_password(place))
    else:
        say("migrate.next_file", file=place)

"""`liandong backup`, `restore` and `rebuild`: the county's data as a whole."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from server.backup.keys import identity_path
from server.backup.restore import restore_backup
from server.backup.write import write_backup
from server.commands.frame import say, with_settings
from server.opening import open_services
from server.settings import Settings


@click.command("rebuild")
@with_settings
def rebuild_command(settings: Settings) -> None:
    """Begin a new epoch: the read model and the feeds are made afresh from central."""
    services = open_services(settings, is_worker=True)
    say("cli.rebuild.done", epoch=services.couch.change_epoch())
    services.couch.close()


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--recipient", "recipients", multiple=True, help="age public key; default: the county's own.")
@with_settings
def backup_command(settings: Settings, *, file: Path, recipients: tuple[str, ...]) -> None:
    """Write everything into one encrypted, verified file; the server may be running."""
    services = open_services(settings)
    try:
        report = write_backup(services, file, recipients=recipients)
    finally:
        services.couch.close()
    say("cli.backup.done", **asdict(report), identity=identity_path(settings))
    if settings.media_s3:
        say("cli.backup.bucket", bucket=settings.media_bucket)
    say("cli.backup.keep", days=settings.backup_keep_days, on=_day_after(settings))


def _day_after(settings: Settings) -> date:
    """Return the day on which a backup of today must be gone."""
    return datetime.now(ZoneInfo(settings.time_zone)).date() + timedelta(days=settings.backup_keep_days)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--identity", type=click.Path(path_type=Path, exists=True), help="File with the age secret key."
)
@click.option(
    "--keep-logs",
    is_flag=True,
    help="Keep the entries that the present data has and the backup lacks.",
)
@with_settings
def restore_command(settings: Settings, *, file: Path, identity: Path | None, keep_logs: bool) -> None:
    """Put a backup in place of the data, in a new epoch; the server must be stopped."""
    report = restore_backup(settings, file, identity=identity, keep_logs=keep_logs)
    say("cli.restore.done", **asdict(report))
    if not report.is_entered:
        say("cli.restore.not_entered", sha256=report.sha256)

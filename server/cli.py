"""The command `liandong`: one function a command, each a few lines over the part that does the work."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

import click

from server.backup.keys import identity_path
from server.backup.restore import restore_backup
from server.backup.write import write_backup
from server.command import say, with_settings
from server.couch.command import couch_command
from server.demo.day import play_day
from server.demo.first_start import prepare_demo
from server.doctor import examine
from server.opening import open_services
from server.people_commands import device_group, member_group
from server.replication.command import replicate_command
from server.serve import check_start, end_with_parent, only_server, serve
from server.settings import Settings, settings_table
from server.welcome import lan_settings, print_welcome
from server.worker import run_worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Liandong: records made where there is no network, never lost, never forged."""


main.add_command(member_group)
main.add_command(device_group)
main.add_command(couch_command)
main.add_command(replicate_command)


@main.command("serve")
@click.option("--demo", is_flag=True, help="Make the demo county first, where the data folder is empty.")
@click.option("--lan", is_flag=True, help="Serve HTTPS to phones on this network.")
@with_settings
def serve_command(settings: Settings, *, demo: bool, lan: bool) -> None:
    """Serve web and worker together until stopped."""
    if lan:
        settings = lan_settings(settings)
    check_start(settings)
    with only_server(settings):
        if demo:
            prepare_demo(settings)
        open_services(settings).couch.close()  # a newer file or another key is one line here, not a restart
        print_welcome(settings)
        code = serve(settings)
    sys.exit(code)


@main.command("worker")
@with_settings
def worker_command(settings: Settings) -> None:
    """Run ingest, projection and publish; exactly one may run on a data folder."""
    end_with_parent()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = open_services(settings, is_worker=True)
    try:
        run_worker(services, stop=stop)
    finally:
        services.couch.close()


@main.command("demo")
@click.option("--devices", default=20, show_default=True, help="Simulated phones.")
@click.option("--minutes", default=2.0, show_default=True, help="How long they work.")
@click.option("--server", default="", help="Address of the running server; default: the one of the settings.")
@with_settings
def demo_command(settings: Settings, *, devices: int, minutes: float, server: str) -> None:
    """Play a day of simulated phones against a running server, through its public interface."""
    play_day(settings, server=server or settings.url, devices=devices, minutes=minutes)


@main.command("rebuild")
@with_settings
def rebuild_command(settings: Settings) -> None:
    """Begin a new epoch: the read model and the feeds are made afresh from central."""
    services = open_services(settings, is_worker=True)
    say("cli.rebuild.done", epoch=services.couch.change_epoch())
    services.couch.close()


@main.command("backup")
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


@main.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--identity", type=click.Path(path_type=Path, exists=True), help="File with the age secret key."
)
@click.option(
    "--keep-logs",
    is_flag=True,
    help="Keep what the present data has and the backup lacks: entries, members, devices, grants.",
)
@with_settings
def restore_command(settings: Settings, *, file: Path, identity: Path | None, keep_logs: bool) -> None:
    """Put a backup in place of the data, in a new epoch; the server must be stopped."""
    report = restore_backup(settings, file, identity=identity, keep_logs=keep_logs)
    say("cli.restore.done", **asdict(report))
    if not report.is_entered:
        say("cli.restore.not_entered", sha256=report.sha256)


@main.command("doctor")
@click.option(
    "--backup",
    type=click.Path(path_type=Path, exists=True),
    help="Also read this backup whole, and look whether the audit still holds what it held then.",
)
@with_settings
def doctor_command(settings: Settings, *, backup: Path | None) -> None:
    """Check this machine, the settings and the data; each finding is one line."""
    sys.exit(examine(settings, echo=click.echo, backup=backup))


@main.command("settings")
def settings_command() -> None:
    """List every setting with its default."""
    for variable, kind, default, help_text in settings_table():
        click.echo(f"{variable:36} {kind:12} {default:16} {help_text}")


if __name__ == "__main__":
    main()

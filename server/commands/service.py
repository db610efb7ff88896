"""`liandong serve` and `worker`: the processes of a county; `demo` plays its phones."""

from __future__ import annotations

import signal
import sys
import threading

import click

from server.commands.frame import with_settings
from server.demo.day import play_day
from server.demo.first_start import prepare_demo
from server.messages.told import one_line
from server.opening import open_services
from server.serve import check_start, end_with_parent, only_server, serve
from server.settings import Settings
from server.welcome import lan_settings, print_welcome
from server.worker import run_worker, view_steps, worker_steps


@click.command("serve")
@click.option("--demo", is_flag=True, help="Make the demo county first, where the data folder is empty.")
@click.option("--lan", is_flag=True, help="Serve HTTPS to phones on this network.")
@click.option("--web-only", is_flag=True, help="One of several nodes: the worker runs elsewhere, once.")
@with_settings
def serve_command(settings: Settings, *, demo: bool, lan: bool, web_only: bool) -> None:
    """Serve web and worker together until stopped."""
    if web_only and (demo or not settings.couch_url):
        raise click.UsageError(one_line("cli.start.web_only"))
    if lan:
        settings = lan_settings(settings)
    check_start(settings)
    with only_server(settings):
        if demo:
            prepare_demo(settings)
        open_services(settings).couch.close()  # a newer file or another key is one line here, not a restart
        print_welcome(settings)
        code = serve(settings, background="view" if web_only else "worker")
    sys.exit(code)


@click.command("worker")
@click.option("--view-only", is_flag=True, help="Only fold what the console shows, for a web node.")
@with_settings
def worker_command(settings: Settings, *, view_only: bool) -> None:
    """Run ingest, projection and publish; a second one on the same CouchDB waits until the first is gone."""
    end_with_parent()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = open_services(settings, is_worker=True)
    try:
        steps_of = view_steps if view_only else worker_steps
        run_worker(services, stop=stop, steps_of=steps_of, is_only_one=not view_only)
    finally:
        services.couch.close()


@click.command("demo")
@click.option(
    "--devices", type=click.IntRange(min=1), default=20, show_default=True, help="Simulated phones."
)
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=2.0,
    show_default=True,
    help="How long they work.",
)
@click.option("--server", default="", help="Address of the running server; default: the one of the settings.")
@with_settings
def demo_command(settings: Settings, *, devices: int, minutes: float, server: str) -> None:
    """Play a day of simulated phones against a running server, through its public interface."""
    play_day(settings, server=server or settings.url, devices=devices, minutes=minutes)

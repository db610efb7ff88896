"""`liandong retention`: what is due for erasing, and erasing it now instead of at night."""

from __future__ import annotations

from contextlib import closing

import click

from server.commands.frame import say, with_settings
from server.opening import open_services
from server.retention.due import DueOrder, orders_with_evidence
from server.retention.retention import Retention
from server.services import Services
from server.settings import Settings
from server.worker import exclusive_lock, settle, worker_steps


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased; nothing is changed.")
@with_settings
def retention_command(settings: Settings, *, dry_run: bool) -> None:
    """Erase positions and session photos of orders whose time is over; the worker does so every day.

    Without --dry-run the server must be stopped.
    """
    if dry_run:
        services = open_services(settings)
        try:
            _tell(services)
        finally:
            services.readmodel.close()
            services.couch.close()
        return
    with closing(exclusive_lock(settings.data / "worker.lock")):
        services = open_services(settings, is_worker=True)
        try:
            due = _tell(services)
            settle(worker_steps(services))
        finally:
            services.readmodel.close()
            services.couch.close()
    say("cli.retention.done", orders=len(due))


def _tell(services: Services) -> list[DueOrder]:
    """Say of each order that is over what is left of it, and when that goes; return what is due."""
    today = Retention(services).today
    found = orders_with_evidence(services.readmodel, services.settings.retention_days)
    for order in sorted(found, key=lambda each: (each.due_on is None, str(each.due_on), each.order_no)):
        parts = sum(len(item["parts"]) for item in order.items)
        files = sum(len(item["files"]) for item in order.items)
        key = "due" if order.is_due(today) else "undated" if order.due_on is None else "later"
        say(f"cli.retention.{key}", order=order.order_no, on=order.due_on, parts=parts, files=files)
    due = [order for order in found if order.is_due(today)]
    if not due:
        say("cli.retention.nothing")
    return due

"""`liandong doctor` and `settings`: what this machine, the data and the settings are."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from server.commands.frame import with_settings
from server.doctor import examine
from server.settings import Settings, settings_table


@click.command("doctor")
@click.option(
    "--backup",
    type=click.Path(path_type=Path, exists=True),
    help="Also read this backup whole, and look whether the audit still holds what it held then.",
)
@with_settings
def doctor_command(settings: Settings, *, backup: Path | None) -> None:
    """Check this machine, the settings and the data; each finding is one line."""
    sys.exit(examine(settings, echo=click.echo, backup=backup))


@click.command("settings")
def settings_command() -> None:
    """List every setting with its default."""
    for variable, kind, default, help_text in settings_table():
        click.echo(f"{variable:36} {kind:12} {default:16} {help_text}")

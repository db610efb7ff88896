"""What every command of `liandong` does first and last: settings in, one clear line out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from server.backup.restore import finish_restore
from server.messages import LANGUAGES, text
from server.messages.told import Told
from server.settings import Settings, load_settings
from sync.errors import SyncError

EXPECTED = (Told, SyncError)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Hand the settings in; what cannot go on ends in one line, not in a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            settings = load_settings()
            _finish_restore(settings)
            command(settings, *args, **kwargs)
        except EXPECTED as error:
            raise click.ClickException(str(error) or type(error).__name__) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{where}{error.strerror or error}") from error

    return run


def say(key: str, **params: object) -> None:
    """Print a message in both languages, a line each."""
    for language in LANGUAGES:
        click.echo(text(key, language, **params))


def _finish_restore(settings: Settings) -> None:
    if (aside := finish_restore(settings)) is not None:
        say("cli.restore.finished", set_aside=aside)

"""`liandong verify`: check an evidence bundle, with the very code that stands in it as `verify.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from server.bundle.program import program
from server.bundle.verifier import check
from server.messages import LANGUAGES, text


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--server-key", metavar="FINGERPRINT", help="The key's fingerprint, as you know it otherwise.")
@click.option("--write-program", type=click.Path(path_type=Path), help="Write verify.py here, to hand on.")
def verify_command(bundle: Path | None, server_key: str | None, write_program: Path | None) -> None:
    """Check every hash, signature, chain and photo of BUNDLE.

    Exit status 0: nothing is wrong; 1: something is, each in a line of its own.
    """
    if write_program is not None:
        write_program.write_text(program(), "utf-8")
    if bundle is None:
        if write_program is None:
            raise click.UsageError("BUNDLE")
        return
    findings = check(str(bundle), server_key)
    is_wrong = any(wrong for _, wrong, _ in findings)
    for code, wrong, params in [*findings, ("wrong" if is_wrong else "right", is_wrong, {})]:
        for language in LANGUAGES:
            click.echo(("✗ " if wrong else "· ") + text(f"verify.{code}", language, **params))
    sys.exit(1 if is_wrong else 0)

"""`liandong member` and `liandong device`: a county's first accounts, and a lost phone at night."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from server.commands.frame import say, with_settings
from server.identity.directory import LoginTaken
from server.identity.grants import default_scope, fits_role
from server.identity.instants import now
from server.identity.passwords import PasswordRefused, new_password
from server.identity.tablets import revoke_device as revoke
from server.messages.told import one_line
from server.opening import open_services
from server.records.names import ROLES, SYSTEM
from server.services import Services
from server.settings import Settings

HELD_BY_PEOPLE = sorted(ROLES - {SYSTEM})


@contextmanager
def services_of(settings: Settings) -> Iterator[Services]:
    """Open what the command needs; the server may be running."""
    services = open_services(settings)
    try:
        yield services
    finally:
        services.readmodel.close()
        services.couch.close()


@click.group("member")
def member_group() -> None:
    """Members: add one with a role, list them."""


@member_group.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(HELD_BY_PEOPLE), required=True, help="First role of the member.")
@click.option("--scope", default="", help="township:CODE, station:ID or unit:ID, where the role needs one.")
@click.option("--login", default="", help="Name to sign in with at the console.")
@click.option("--ask-password", is_flag=True, help="Type the password; else one is made and printed once.")
@with_settings
def add_member(
    settings: Settings, *, name: str, role: str, scope: str, login: str, ask_password: bool
) -> None:
    """Add NAME with a role; with --login the member can sign in at the console."""
    scope = scope or default_scope(role) or ""
    if not fits_role(role, scope):
        raise click.UsageError(one_line("cli.member.scope", role=role))
    password = _password(ask=ask_password) if login else None
    with services_of(settings) as services:
        try:
            member = services.directory.add_member(name, login=login or None, password=password)
        except LoginTaken as error:
            raise click.ClickException(one_line("cli.member.login_taken", login=login)) from error
        except PasswordRefused as error:
            raise click.ClickException(one_line("cli.member.password_refused")) from error
        services.audit.append("member_added", actor=SYSTEM, about=member.id)
        services.directory.add_grant(member.id, role, scope, now())
        services.audit.append("grant_added", actor=SYSTEM, about=member.id, role=role, scope=scope)
    say("cli.member.added", id=member.id, role=role, scope=scope)
    if password and not ask_password:
        say("cli.member.password", login=login, password=password)


@member_group.command("list")
@with_settings
def list_members(settings: Settings) -> None:
    """List id, roles in force and name of every member; the audit keeps that names were read."""
    with services_of(settings) as services:
        services.audit.append("names_read", actor=SYSTEM, about="members")
        for member in services.directory.members():
            grants = services.directory.grants_in_force(member.id)
            roles = ", ".join(f"{grant.role} {grant.scope}" for grant in grants)
            click.echo(f"{member.id}  {roles or '-':44} {member.name}")


@click.group("device")
def device_group() -> None:
    """Devices: list them, revoke one."""


@device_group.command("list")
@with_settings
def list_devices(settings: Settings) -> None:
    """List id, member, enrolment, last contact and revocation of every phone and tablet."""
    with services_of(settings) as services:
        for device in services.directory.devices():
            state = f"revoked {device.revoked_at}" if device.is_revoked else "active"
            contact = device.last_contact_at or "-"
            click.echo(f"{device.id}  {device.member}  {device.enrolled_at}  {contact:24}  {state}")


@device_group.command("revoke")
@click.argument("device_id")
@click.option("--reason", required=True, help="Why; the audit keeps it.")
@with_settings
def revoke_device(settings: Settings, *, device_id: str, reason: str) -> None:
    """Revoke a device from now on; what it still sends is kept, and refused."""
    with services_of(settings) as services:
        device = services.directory.device(device_id)
        if device is None or device.kind == "desk":
            raise click.ClickException(one_line("cli.device.unknown", device=device_id))
        at = now()
        revoke(services.directory, device_id, at, SYSTEM)
        services.audit.append("device_revoked", actor=SYSTEM, about=device_id, reason=reason)
    say("cli.device.revoked", device=device_id)


def _password(*, ask: bool) -> str:
    if not ask:
        return new_password()
    return str(click.prompt(one_line("cli.member.prompt"), hide_input=True, confirmation_prompt=True))

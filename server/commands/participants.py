"""`liandong participant`: register one where there is no console, under the same rules."""

from __future__ import annotations

from datetime import date, datetime

import click

from server.commands.frame import say, with_settings
from server.commands.people import services_of
from server.identity.person_rules import NewPerson, PersonRefused
from server.messages import text
from server.participants import register
from server.readmodel.code_queries import codes
from server.records.names import SYSTEM
from server.settings import Settings

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("participant")
def participant_group() -> None:
    """Participants: register one; who was under 18 at the act is refused."""


@participant_group.command("register")
@click.option("--name", prompt=True, help="Name; encrypted.")
@click.option("--id-no", prompt=True, help="Identity number, 18 characters; encrypted.")
@click.option("--birth-date", type=DAY, prompt=True, help="Date of birth; encrypted.")
@click.option("--phone", prompt=True, help="Mobile number; encrypted.")
@click.option("--act-on", type=DAY, prompt=True, help="Day of the alleged act.")
@click.option("--residence", prompt=True, help="Township of residence, nine digits.")
@click.option("--limits", default="", help="Limits on work; no diagnosis.")
@with_settings
def register_participant(
    settings: Settings,
    *,
    name: str,
    id_no: str,
    birth_date: datetime,
    phone: str,
    act_on: datetime,
    residence: str,
    limits: str,
) -> None:
    """Register a participant; the identity is encrypted, and a display code stands for it from then on."""
    new = NewPerson(name=name, id_no=id_no, birth_date=_day(birth_date), phone=phone, act_on=_day(act_on))
    with services_of(settings) as services:
        if residence not in {code.code for code in codes(services.readmodel, "township")}:
            raise click.UsageError(text("reason.not_a_choice"))
        try:
            done = register(services, new, residence=residence, limits=limits, author=SYSTEM, role=SYSTEM)
        except PersonRefused as refused:
            said = [
                text(f"reason.{p.code}", language, **p.params)
                for p in refused.problems
                for language in ("zh", "en")
            ]
            raise click.ClickException("\n".join(said)) from refused
    key = "cli.participant.registered" if done.ref else "cli.participant.known"
    say(key, code=done.claim.display_code, id=done.record_id)


def _day(moment: datetime) -> date:
    return moment.date()

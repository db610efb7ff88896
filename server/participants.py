"""Registering a participant: the identity into `accounts`, the record by display code into the desk's log.

Console and command line come here; a person under 18 at the act is refused before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.gateway.desk import EntryRef
from server.identity.instants import now
from server.identity.members import NewMember
from server.identity.person import Claim, People
from server.identity.person_rules import NewPerson
from server.services import Services

ROLE = "participant"


@dataclass(frozen=True, slots=True)
class Registered:
    """`ref` is None for who is a participant already: then `claim` tells the code that stands."""

    claim: Claim
    ref: EntryRef | None

    @property
    def record_id(self) -> str:
        return record_of(self.claim.member)


def people(services: Services) -> People:
    """Return the identities of this process's accounts."""
    return People(services.directory.accounts, services.key_ring)


def record_of(member: str) -> str:
    """Return the id of a participant's record: the member's own, so that no person has two."""
    return f"participant:{member[1:]}"


def register(
    services: Services, new: NewPerson, *, residence: str, limits: str, author: str, role: str
) -> Registered:
    """Register a person. Raises: PersonRefused (nothing was written), EntryUnfit, CodesUsedUp.

    What a crash cut short is finished by the next attempt with the same identity number.
    """
    today = datetime.now(ZoneInfo(services.settings.time_zone)).date()
    claim = people(services).add(new, today)
    if services.readmodel.record(record_of(claim.member)) is not None:
        return Registered(claim, None)
    _admit_member(services, claim)
    services.audit.append("participant_registered", actor=author, about=record_of(claim.member))
    body = {
        "member": claim.member,
        "display_code": claim.display_code,
        "residence": residence,
        "act_on": new.act_on.isoformat(),
        **({"limits": limits} if limits else {}),
    }
    record_id = record_of(claim.member)
    ref = services.desk.append("participant", body, author=author, role=role, record_id=record_id)
    step = {"record": ref.id, "base": [ref.hash], "action": "give_number", "fields": {}}
    services.desk.append("step", step, author=author, role=role)
    return Registered(claim, ref)


def _admit_member(services: Services, claim: Claim) -> None:
    """Let the person be a member under their code; names of members are shown more widely than identities."""
    directory = services.directory
    if directory.member(claim.member) is None:
        directory.add_members([NewMember(name=claim.display_code, member_id=claim.member)])
    if not directory.grants_in_force(claim.member):
        directory.add_grant(claim.member, ROLE, "self", now())

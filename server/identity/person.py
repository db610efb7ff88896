"""Identities of participants in `accounts`: sealed, one for each person, opened by name and with a reason.

Everywhere else a participant is a display code; the member's own name is that code too.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from server.identity.accounts import Accounts
from server.identity.crypto import KeyRing
from server.identity.instants import instant, now
from server.identity.person_rules import NewPerson, PersonRefused, as_json, normal_id_no, person_problems
from server.records.names import new_ulid
from sync.peer import Document

STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
TWO_DIGITS: Final = 99
THREE_DIGITS: Final = 999
ATTEMPTS: Final = 200
FEW_ATTEMPTS: Final = 20
"""So many codes of two digits are tried before one of three is: by then most are taken."""


class CodesUsedUp(RuntimeError):
    """There are no display codes left."""


@dataclass(frozen=True, slots=True)
class Person:
    """An opened identity."""

    member: str
    display_code: str
    name: str
    id_no: str
    birth_date: date
    phone: str
    added_at: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who stands behind an identity number: `is_new` when nobody did before."""

    member: str
    display_code: str
    is_new: bool


class People:
    """Writes and opens identities; that one is opened, the caller notes in the audit first."""

    def __init__(self, accounts: Accounts, ring: KeyRing) -> None:
        self._accounts = accounts
        self._ring = ring

    def add(self, new: NewPerson, today: date, *, known_as: tuple[str, str] | None = None) -> Claim:
        """Keep an identity, or say who has this number already. Nothing is written of whom the rules refuse.

        known_as: member and display code of who was one before identities were kept here.
        Again after a crash it goes on where it stopped. Raises: PersonRefused.
        """
        if problems := person_problems(new, today):
            raise PersonRefused(problems)
        key = self._number_id(new.id_no)
        self._accounts.create({"_id": key, "member": known_as[0] if known_as else f"m{new_ulid()}"})
        member = str((self._accounts.find(key) or {})["member"])
        if (present := self._accounts.find(_person_id(member))) is not None:
            return Claim(member, present["display_code"], is_new=False)
        code = self._keep_code(*known_as) if known_as else self._claim_code(member)
        self._accounts.create(self._document(member, code, new))
        return Claim(member, code, is_new=True)

    def open(self, member: str) -> Person | None:
        """Return an identity in the clear; None when there is none, or it was erased. Raises: SealBroken."""
        found = self._accounts.find(_person_id(member))
        if found is None:
            return None
        told = json.loads(self._ring.unseal(found["sealed"], about=found["_id"]))
        return Person(
            member=member,
            display_code=found["display_code"],
            name=told["name"],
            id_no=told["id_no"],
            birth_date=date.fromisoformat(told["birth_date"]),
            phone=told["phone"],
            added_at=found["added_at"],
        )

    def is_known(self, member: str) -> bool:
        """Is there an identity behind this member? Opens nothing."""
        return self._accounts.find(_person_id(member)) is not None

    def number_id(self, member: str) -> str:
        """Return the id of the document by which the member's identity number is found; empty for none."""
        person = self._accounts.find(_person_id(member))
        return f"id_number:{person['id_hash']}" if person else ""

    def erase(self, member: str) -> bool:
        """Erase an identity and what its number is found by; the display code is never given again."""
        person = self._accounts.find(_person_id(member))
        if person is None:
            return False
        self._accounts.delete(f"id_number:{person['id_hash']}")
        return self._accounts.delete(_person_id(member))

    def _document(self, member: str, code: str, new: NewPerson) -> Document:
        doc_id = _person_id(member)
        told: Mapping[str, Any] = as_json(new)
        return {
            "_id": doc_id,
            "sealed": self._ring.seal(json.dumps(told, ensure_ascii=False), about=doc_id),
            "id_hash": self._number_id(new.id_no).partition(":")[2],
            "display_code": code,
            "added_at": instant(now()),
        }

    def _keep_code(self, member: str, code: str) -> str:
        """Take the code that somebody has; who else may have it would be a mistake of the caller."""
        claimed = {"_id": f"display_code:{code}", "member": member}
        if (
            not self._accounts.create(claimed)
            and (self._accounts.find(claimed["_id"]) or {})["member"] != member
        ):
            raise ValueError(code)
        return code

    def _claim_code(self, member: str) -> str:
        """Take a code that nobody has had, drawn by lot: no code tells who came before whom."""
        for attempt in range(ATTEMPTS):
            most = TWO_DIGITS if attempt < FEW_ATTEMPTS else THREE_DIGITS
            code = f"{secrets.choice(STEMS)}-{1 + secrets.randbelow(most):02}"
            if self._accounts.create({"_id": f"display_code:{code}", "member": member}):
                return code
        raise CodesUsedUp

    def _number_id(self, id_no: str) -> str:
        return f"id_number:{self._ring.lookup('id_number', normal_id_no(id_no))}"


def _person_id(member: str) -> str:
    return f"person:{member}"

"""Members: people under an opaque id; their names are sealed wherever they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from server.identity.crypto import KeyRing

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Member:
    """A person; `retired_at` is set once they take part no more."""

    id: str
    name: str
    language: Language
    added_at: str
    has_login: bool = False
    retired_at: str | None = None

    @property
    def is_active(self) -> bool:
        return self.retired_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A member to be added with many others; `verifier` is a password that was hashed before."""

    name: str
    member_id: str | None = None
    language: Language = "zh"
    login: str | None = None
    verifier: str | None = None


def member_document(member: Member, ring: KeyRing) -> dict[str, Any]:
    doc_id = f"member:{member.id}"
    return {
        "_id": doc_id,
        "name": ring.seal(member.name, about=doc_id),
        "language": member.language,
        "added_at": member.added_at,
        "has_login": member.has_login,
        "retired_at": member.retired_at,
    }


def member_from_document(document: dict[str, Any], ring: KeyRing) -> Member:
    """Raises: SealBroken."""
    return Member(
        id=document["_id"].partition(":")[2],
        name=ring.unseal(document["name"], about=document["_id"]),
        language=document["language"],
        added_at=document["added_at"],
        has_login=document["has_login"],
        retired_at=document["retired_at"],
    )


def login_key(login: str) -> str:
    """Return a login name as it is compared: surrounding blanks and case do not count."""
    return login.strip().casefold()

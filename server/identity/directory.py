"""The directory: members, devices and grants, as every other part asks for them.

Reads come from memory, which follows `accounts`; a change made by another process counts within a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from server.identity.accounts import Accounts
from server.identity.contacts import Contacts
from server.identity.crypto import KeyRing, ServerKey
from server.identity.devices import (
    Device,
    Jwk,
    Kind,
    desk_device,
    device_document,
    device_from_document,
)
from server.identity.grants import (
    Grant,
    check_role,
    grant_document,
    grant_from_document,
    granted_audiences,
)
from server.identity.instants import Moment, instant
from server.identity.instants import now as utc_now
from server.identity.members import (
    Language,
    Member,
    NewMember,
    login_key,
    member_document,
    member_from_document,
)
from server.identity.passwords import hash_password
from server.identity.station_secrets import StationSecrets
from server.records.names import new_ulid
from sync.errors import Conflict
from sync.peer import Document

FEED_KEY = "feed"


class LoginTaken(ValueError):
    """Another member signs in with this name."""


class Directory:
    """One object a process; its methods may be called from any thread."""

    def __init__(
        self,
        accounts: Accounts,
        key_ring: KeyRing,
        server_key: ServerKey,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.accounts = accounts
        self.key_ring = key_ring
        self.server_key = server_key
        self._now = now
        self.contacts = Contacts(accounts)
        self.station_secrets = StationSecrets(accounts, key_ring)
        self._members: dict[str, Member] = {}
        self._devices: dict[str, Device] = {}
        self._grants: dict[str, dict[str, Grant]] = {}
        accounts.follow("member", self._on_member)
        accounts.follow("device", self._on_device)
        accounts.follow("grant", self._on_grant)
        accounts.refresh()

    def member(self, member_id: str) -> Member | None:
        self.accounts.refresh()
        return self._members.get(member_id)

    def members(self) -> list[Member]:
        """Return all members, retired ones too, by name."""
        self.accounts.refresh()
        return sorted(self._members.values(), key=lambda member: (member.name, member.id))

    def add_member(
        self,
        name: str,
        *,
        login: str | None = None,
        password: str | None = None,
        member_id: str | None = None,
        language: Language = "zh",
    ) -> Member:
        """Add a person. Raises: LoginTaken, PasswordRefused, Conflict (that id exists)."""
        verifier = hash_password(password) if login and password else None
        new = NewMember(name=name, login=login, verifier=verifier, member_id=member_id, language=language)
        return self.add_members([new])[0]

    def add_members(self, people: Sequence[NewMember]) -> list[Member]:
        """Add many in one commit. Raises: LoginTaken, Conflict; then none is added."""
        added_at = instant(self._now())
        members = [
            Member(new.member_id or f"m{new_ulid()}", new.name, new.language, added_at, new.login is not None)
            for new in people
        ]
        self._add_logins(zip(people, members, strict=True))
        self.accounts.create_many([member_document(member, self.key_ring) for member in members])
        return members

    def retire_member(self, member_id: str, at: Moment) -> None:
        self.accounts.update(
            f"member:{member_id}", lambda found: found and {**found, "retired_at": instant(at)}
        )

    def login(self, name: str) -> Document | None:
        """Return what is kept for a login name: `{member, verifier}`."""
        return self.accounts.find(self._login_id(name))

    def set_password(self, login: str, verifier: str) -> None:
        self.accounts.update(self._login_id(login), lambda found: found and {**found, "verifier": verifier})

    def device(self, device_id: str) -> Device | None:
        """Return a device, revoked ones too; `desk-<epoch>` is the server's own of any epoch."""
        device = self.device_at_once(device_id)
        return self.contacts.with_contact(device) if device else None

    def device_at_once(self, device_id: str) -> Device | None:
        """Return a device without its last contact: from memory alone, for every request."""
        self.accounts.refresh()
        return self._devices.get(device_id) or desk_device(device_id, self.server_key.public_jwk)

    def devices(self, member: str | None = None) -> list[Device]:
        """Return the devices of a member, or all, the newest first."""
        self.accounts.refresh()
        found = [device for device in self._devices.values() if member in (None, device.member)]
        found.sort(key=lambda device: (device.enrolled_at, device.id), reverse=True)
        return self.contacts.with_contacts(found)

    def device_with_key(self, sign_key: Jwk) -> Device | None:
        self.accounts.refresh()
        wanted = (sign_key["x"], sign_key["y"])
        devices = list(self._devices.values())
        return next((d for d in devices if (d.sign_key["x"], d.sign_key["y"]) == wanted), None)

    def register_device(
        self,
        *,
        member: str,
        sign_key: Jwk,
        agree_key: Jwk | None,
        label: str = "",
        app: str = "",
        kind: Kind = "phone",
        device_id: str | None = None,
    ) -> Device:
        """Add a device; keys are taken as they are (server.identity.enrolment checks them)."""
        device = Device(
            id=device_id or f"d{new_ulid()}",
            kind=kind,
            member=member,
            sign_key=sign_key,
            agree_key=agree_key,
            label=label,
            enrolled_at=instant(self._now()),
            app=app,
        )
        self.register_devices([device])
        return device

    def register_devices(self, devices: Iterable[Device]) -> None:
        """Add many in one commit. Raises: Conflict when an id exists."""
        self.accounts.create_many([device_document(device, self.key_ring) for device in devices])

    def revoke_device(self, device_id: str, at: Moment, by: str) -> None:
        """Revoke it from this moment on; a second revocation changes nothing."""

        def revoked(found: Document | None) -> Document | None:
            if found is None or found["revoked_at"]:
                return None
            return {**found, "revoked_at": instant(at), "revoked_by": by}

        self.accounts.update(f"device:{device_id}", revoked)

    def add_operator(self, device_id: str, member_id: str) -> None:
        """Note that this person has begun at a shared tablet; the last one who began comes last."""

        def added(found: Document | None) -> Document | None:
            if found is None:
                return None
            others = [each for each in found.get("operators", []) if each != member_id]
            return {**found, "operators": [*others, member_id]}

        self.accounts.update(f"device:{device_id}", added)

    def set_orders(self, device_id: str, orders: Iterable[dict[str, Any]]) -> None:
        wanted = list(orders)
        self.accounts.update(f"device:{device_id}", lambda found: found and {**found, "orders": wanted})

    def grants(self, holder: str) -> list[Grant]:
        """Return all grants of a member or device, past and future ones too, the oldest first."""
        self.accounts.refresh()
        held = list(self._grants.get(holder, {}).values())
        return sorted(held, key=lambda grant: (grant.valid_from, grant.id))

    def grants_in_force(self, holder: str, at: Moment | None = None) -> list[Grant]:
        moment = instant(at or self._now())
        return [grant for grant in self.grants(holder) if grant.is_in_force(moment)]

    def add_grant(
        self, holder: str, role: str, scope: str, valid_from: Moment, valid_to: Moment | None = None
    ) -> Grant:
        """Raises: ValueError for a role that no person can hold."""
        grant = self.new_grant(holder, role, scope, valid_from, valid_to)
        self.add_grants([grant])
        return grant

    @staticmethod
    def new_grant(
        holder: str, role: str, scope: str, valid_from: Moment, valid_to: Moment | None = None
    ) -> Grant:
        ends = instant(valid_to) if valid_to else None
        return Grant(f"g{new_ulid()}", holder, check_role(role), scope, instant(valid_from), ends)

    def add_grants(self, grants: Iterable[Grant]) -> None:
        """Add many in one commit."""
        self.accounts.create_many([grant_document(grant) for grant in grants])

    def end_grant(self, grant_id: str, at: Moment) -> None:
        """End it at this moment, or earlier where it ends earlier; what was before stays as it was."""

        def ended(found: Document | None) -> Document | None:
            if found is None or (found["valid_to"] and found["valid_to"] <= instant(at)):
                return None
            return {**found, "valid_to": instant(at)}

        self.accounts.update(f"grant:{grant_id}", ended)

    def audiences(self, member_id: str, at: Moment | None = None) -> set[str]:
        """Return whose feeds this member reads at this moment; none when retired or unknown."""
        member = self.member(member_id)
        if member is None or not member.is_active:
            return set()
        own = {"catalog", f"member-{self.alias(FEED_KEY, member_id)}"}
        return own | granted_audiences(self.grants(member_id), at or self._now())

    def device_audiences(self, device: Device, at: datetime | None = None) -> set[str]:
        """Return whose feeds this device reads: its member's, and what is granted to itself.

        A shared tablet reads nobody's own feed, not even of who enrolled it.
        """
        if device.is_revoked:
            return set()
        moment = at or self._now()
        own = {"catalog"} if device.kind == "tablet" else self.audiences(device.member, moment)
        return own | granted_audiences(self.grants(device.id), moment)

    def alias(self, key_name: str, member_id: str) -> str:
        """Return what stands for the member in a view of the audience `key_name`."""
        return self.key_ring.alias(key_name, member_id)

    def _add_logins(self, people: Iterable[tuple[NewMember, Member]]) -> None:
        logins = [
            {"_id": self._login_id(new.login), "member": member.id, "verifier": new.verifier}
            for new, member in people
            if new.login
        ]
        if not logins:
            return
        try:
            self.accounts.create_many(logins)
        except Conflict as error:
            raise LoginTaken from error

    def _login_id(self, name: str) -> str:
        return f"login:{self.key_ring.lookup('login', login_key(name))}"

    def _on_member(self, document: Document) -> None:
        member_id = document["_id"].partition(":")[2]
        if document.get("_deleted"):
            self._members.pop(member_id, None)
        else:
            self._members[member_id] = member_from_document(document, self.key_ring)

    def _on_device(self, document: Document) -> None:
        device_id = document["_id"].partition(":")[2]
        if document.get("_deleted"):
            self._devices.pop(device_id, None)
        else:
            self._devices[device_id] = device_from_document(document, self.key_ring)

    def _on_grant(self, document: Document) -> None:
        if document.get("_deleted"):
            return  # grants are ended, never deleted
        grant = grant_from_document(document)
        self._grants.setdefault(grant.holder, {})[grant.id] = grant

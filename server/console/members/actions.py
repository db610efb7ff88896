"""What a user can do with members: look, add, grant a role, end one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.codes import options, word
from server.console.form import Form
from server.console.layout.words import now, t
from server.console.listing import PAGE_ROWS, ListView, Page
from server.console.members.forms import NewGrant, Offered
from server.console.permissions import Permission, grantable_roles, may
from server.console.viewer import Viewer
from server.identity.directory import LoginTaken
from server.identity.grants import Grant
from server.identity.members import Member
from server.readmodel.check_event_queries import station_names
from server.services import current


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant in words; `can_end` says that the viewer may end it."""

    grant: Grant
    scope: str
    is_in_force: bool
    can_end: bool


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member; `name` is empty for who may not see names."""

    member: Member
    name: str
    grants: Sequence[GrantView]
    devices: int

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(view.grant.role for view in self.grants if view.is_in_force))


def find_page(view: ListView, viewer: Viewer) -> Page[MemberView]:
    """Return the members that fit the filters, by name where names may be seen, else the newest first."""
    found = [member for member in current().directory.members() if _fits(member, view, viewer)]
    if not may(viewer, Permission.SEE_NAMES):
        found.sort(key=lambda member: member.added_at, reverse=True)
    shown = found[view.offset : view.offset + PAGE_ROWS]
    return Page([_view(member, viewer) for member in shown], len(found), view.page)


def find(member_id: str, viewer: Viewer) -> MemberView | None:
    """Return one member; None when unknown."""
    member = current().directory.member(member_id)
    return _view(member, viewer) if member else None


def offered(viewer: Viewer) -> Offered:
    """Return what a form for a grant may offer to this viewer."""
    return Offered(
        roles=grantable_roles(viewer),
        townships=options("township"),
        stations=station_names(current().readmodel, None, None),
    )


def add(form: Form, grant: NewGrant, viewer: Viewer) -> str | None:
    """Add the member with the first role and return the id; None, with the reason in the form."""
    services = current()
    login, password = form["login"] or None, form["password"] or None
    try:
        member = services.run_blocking(
            lambda: services.directory.add_member(form["name"], login=login, password=password)
        )
    except LoginTaken:
        form.errors["login"] = t("console.members.login_taken")
        return None
    services.run_blocking(lambda: services.audit.append("member_added", actor=viewer.member, about=member.id))
    give(member.id, grant, viewer)
    return member.id


def give(member_id: str, grant: NewGrant, viewer: Viewer) -> None:
    """Grant a role from a day to a day."""
    services = current()
    given = services.run_blocking(
        lambda: services.directory.add_grant(
            member_id, grant.role, grant.scope, grant.valid_from, grant.valid_to
        )
    )
    services.run_blocking(
        lambda: services.audit.append(
            "grant_added", actor=viewer.member, about=member_id, role=given.role, scope=given.scope
        )
    )


def end_grant(member_id: str, grant_id: str, viewer: Viewer) -> bool:
    """End a grant now; False when the viewer may not end one of this role."""
    services = current()
    grant = next((g for g in services.directory.grants(member_id) if g.id == grant_id), None)
    if grant is None or grant.role not in grantable_roles(viewer):
        return False
    services.run_blocking(lambda: services.directory.end_grant(grant_id, now()))
    services.run_blocking(
        lambda: services.audit.append("grant_ended", actor=viewer.member, about=member_id, role=grant.role)
    )
    return True


def scope_text(scope: str) -> str:
    """Return the scope of a grant in words."""
    kind, _, value = scope.partition(":")
    if kind == "township":
        return word("township", value)
    if kind == "station":
        return dict(station_names(current().readmodel, None, None)).get(scope, scope)
    return t(f"console.scope.{kind}") if kind in {"county", "self"} else scope


def _view(member: Member, viewer: Viewer) -> MemberView:
    directory = current().directory
    mine = grantable_roles(viewer)
    grants = [
        GrantView(
            grant,
            scope_text(grant.scope),
            grant.is_in_force(now()),
            can_end=grant.role in mine and grant.valid_to is None,
        )
        for grant in directory.grants(member.id)
    ]
    name = member.name if may(viewer, Permission.SEE_NAMES) else ""
    return MemberView(member, name, grants, len(directory.devices(member.id)))


def _fits(member: Member, view: ListView, viewer: Viewer) -> bool:
    role, words = view.filters["role"], view.filters["q"].casefold()
    if role and role not in {grant.role for grant in current().directory.grants_in_force(member.id)}:
        return False
    if not words:
        return True
    texts = [member.id, member.name] if may(viewer, Permission.SEE_NAMES) else [member.id]
    return any(words in text.casefold() for text in texts)

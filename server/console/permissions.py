"""Who may do what in the console: one table, deny by default.

A permission opens a route, a scope says for which township or station; legal steps are the workflows'.
Source: DOMAIN 6 (roles), DOMAIN 2 (actors).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import wraps
from typing import Final, TypeVar, cast

from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, Unauthorized

from server.console.viewer import GrantLike, Reach, Viewer, current_viewer

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
ALLOWED: Final = "console_allowed"


class Permission(Enum):
    """What a route asks for. ANYONE and SIGNED_IN are said aloud: forgetting one is a failing test."""

    ANYONE = auto()
    SIGNED_IN = auto()
    SEE_DASHBOARD = auto()
    SEE_LEADS = auto()
    SEE_CORRESPONDENCE = auto()
    OPEN_REPORTER = auto()
    """With a reason; who reported stands on no page otherwise."""
    TAKE_DOWN_LEADS = auto()
    EXPORT_LEADS = auto()
    EXPORT_EVIDENCE = auto()
    """The signed bundle of a case, with a reason."""
    ACT_ON_LEADS = auto()
    SEE_CHECK_EVENTS = auto()
    SEE_ORDERS = auto()
    ACT_ON_CHECK_EVENTS = auto()
    SEE_PROOF = auto()
    SEE_QUARANTINE = auto()
    SEE_ALL_QUARANTINE = auto()
    READ_QUARANTINED = auto()
    JUDGE_QUARANTINE = auto()
    SEE_DEVICES = auto()
    ENROL_DEVICES = auto()
    REVOKE_DEVICES = auto()
    SEE_MEMBERS = auto()
    SEE_NAMES = auto()
    CHANGE_MEMBERS = auto()
    SEE_STATIONS = auto()
    SEE_STATION_CODE = auto()
    SEE_RECORDS = auto()
    """Of declared workflows; which ones, their files say."""
    ACT_ON_RECORDS = auto()
    SEE_PARTICIPANTS = auto()
    """By code; who they are, only `OPEN_IDENTITY` says."""
    REGISTER_PARTICIPANTS = auto()
    OPEN_IDENTITY = auto()
    MAKE_ORDERS = auto()
    MAKE_PAPERS = auto()
    SEE_EVALUATIONS = auto()
    ACT_ON_EVALUATIONS = auto()
    SEE_LIVE_BOARD = auto()
    SEE_SESSIONS = auto()
    """Of own places; an auditor sees a masked sample."""
    DECIDE_SESSIONS = auto()
    SEE_SPOT_CHECKS = auto()
    """Nobody at a station: a spot check is unannounced."""
    RECORD_SPOT_CHECKS = auto()
    SEE_ALERTS = auto()
    SEE_DEADLINES = auto()
    SEE_SERVICE_REPORTS = auto()


P = Permission
TABLE: Final[dict[str, frozenset[Permission]]] = {
    # Volunteers and participants work on the phone.
    "volunteer": frozenset(),
    "participant": frozenset(),
    # What is addressed to their own unit, as its view declares it (`records.kind.view_for_units`).
    "agency_liaison": frozenset({P.SEE_RECORDS, P.ACT_ON_RECORDS}),
    # Own station only, by display code: no name, no order, no proof that names a device.
    "supervisor": frozenset(
        {
            P.SEE_EVALUATIONS,
            P.ACT_ON_EVALUATIONS,
            P.SEE_DASHBOARD,
            P.SEE_RECORDS,
            P.ACT_ON_RECORDS,
            P.SEE_LIVE_BOARD,
            P.SEE_SESSIONS,
            P.SEE_ALERTS,
            P.SEE_DEADLINES,
            P.SEE_CHECK_EVENTS,
            P.ACT_ON_CHECK_EVENTS,
            P.SEE_STATIONS,
            P.SEE_STATION_CODE,
        }
    ),
    # Own township; leads without their reporter and without what central and reporter wrote to each other.
    "township_staff": frozenset(
        {
            P.SEE_EVALUATIONS,
            P.ACT_ON_EVALUATIONS,
            P.SEE_DASHBOARD,
            P.SEE_RECORDS,
            P.ACT_ON_RECORDS,
            P.SEE_LIVE_BOARD,
            P.SEE_SESSIONS,
            P.DECIDE_SESSIONS,
            P.SEE_SPOT_CHECKS,
            P.RECORD_SPOT_CHECKS,
            P.SEE_ALERTS,
            P.SEE_DEADLINES,
            P.SEE_SERVICE_REPORTS,
            P.SEE_LEADS,
            P.SEE_CHECK_EVENTS,
            P.ACT_ON_CHECK_EVENTS,
            P.SEE_STATIONS,
        }
    ),
    # Leads, and with a reason that is written down who reported them; never service orders.
    "intake_clerk": frozenset(
        {
            P.SEE_DASHBOARD,
            P.SEE_RECORDS,
            P.ACT_ON_RECORDS,
            P.SEE_LEADS,
            P.SEE_CORRESPONDENCE,
            P.OPEN_REPORTER,
            P.TAKE_DOWN_LEADS,
            P.EXPORT_LEADS,
            P.ACT_ON_LEADS,
            P.SEE_PROOF,
            P.SEE_QUARANTINE,
            P.READ_QUARANTINED,
            P.JUDGE_QUARANTINE,
            P.SEE_DEVICES,
            P.ENROL_DEVICES,
            P.SEE_MEMBERS,
            P.SEE_NAMES,
            P.CHANGE_MEMBERS,
        }
    ),
    "prosecutor": frozenset(
        {
            P.SEE_EVALUATIONS,
            P.ACT_ON_EVALUATIONS,
            P.SEE_DASHBOARD,
            P.SEE_RECORDS,
            P.ACT_ON_RECORDS,
            P.SEE_LIVE_BOARD,
            P.SEE_SESSIONS,
            P.DECIDE_SESSIONS,
            P.SEE_SPOT_CHECKS,
            P.RECORD_SPOT_CHECKS,
            P.SEE_ALERTS,
            P.SEE_DEADLINES,
            P.SEE_SERVICE_REPORTS,
            P.SEE_LEADS,
            P.SEE_CORRESPONDENCE,
            P.EXPORT_EVIDENCE,
            P.EXPORT_LEADS,
            P.ACT_ON_LEADS,
            P.SEE_CHECK_EVENTS,
            P.SEE_ORDERS,
            P.ACT_ON_CHECK_EVENTS,
            P.SEE_PROOF,
            P.SEE_QUARANTINE,
            P.SEE_ALL_QUARANTINE,
            P.READ_QUARANTINED,
            P.JUDGE_QUARANTINE,
            P.SEE_DEVICES,
            P.SEE_MEMBERS,
            P.SEE_NAMES,
            P.CHANGE_MEMBERS,
            P.SEE_STATIONS,
            P.SEE_PARTICIPANTS,
            P.REGISTER_PARTICIPANTS,
            P.OPEN_IDENTITY,
            P.MAKE_ORDERS,
            P.MAKE_PAPERS,
        }
    ),
    "chief_procurator": frozenset(
        {
            P.SEE_EVALUATIONS,
            P.SEE_PARTICIPANTS,
            P.OPEN_IDENTITY,
            P.MAKE_PAPERS,
            P.SEE_DASHBOARD,
            P.SEE_RECORDS,
            P.ACT_ON_RECORDS,
            P.SEE_LIVE_BOARD,
            P.SEE_SESSIONS,
            P.SEE_SPOT_CHECKS,
            P.SEE_ALERTS,
            P.SEE_DEADLINES,
            P.SEE_SERVICE_REPORTS,
            P.SEE_LEADS,
            P.SEE_CORRESPONDENCE,
            P.EXPORT_EVIDENCE,
            P.EXPORT_LEADS,
            P.ACT_ON_LEADS,
            P.SEE_CHECK_EVENTS,
            P.SEE_ORDERS,
            P.SEE_PROOF,
            P.SEE_QUARANTINE,
            P.SEE_ALL_QUARANTINE,
            P.READ_QUARANTINED,
            P.SEE_DEVICES,
            P.SEE_MEMBERS,
            P.SEE_NAMES,
            P.CHANGE_MEMBERS,
            P.SEE_STATIONS,
        }
    ),
    # Devices, keys and what was refused, but no content and no names.
    "security_officer": frozenset(
        {
            P.SEE_DASHBOARD,
            P.SEE_RECORDS,
            P.ACT_ON_RECORDS,
            P.SEE_PROOF,
            P.SEE_QUARANTINE,
            P.SEE_ALL_QUARANTINE,
            P.JUDGE_QUARANTINE,
            P.SEE_DEVICES,
            P.ENROL_DEVICES,
            P.REVOKE_DEVICES,
            P.SEE_MEMBERS,
        }
    ),
    # A masked sample of sessions and what was decided on them; never all of anything.
    "auditor": frozenset({P.SEE_DASHBOARD, P.SEE_RECORDS, P.ACT_ON_RECORDS, P.SEE_SESSIONS}),
}
"""What each role may. A role that is not named may nothing."""

JUDGES: Final = frozenset(role for role, allowed in TABLE.items() if P.JUDGE_QUARANTINE in allowed)

GRANTABLE: Final[dict[str, tuple[str, ...]]] = {
    "intake_clerk": ("volunteer", "township_staff", "agency_liaison"),
    "prosecutor": ("participant", "supervisor"),
    "chief_procurator": tuple(TABLE),
}
"""Which roles a holder of each role may give to others."""


def may(viewer: Viewer | None, permission: Permission) -> bool:
    """Answer whether the viewer's grants of this moment open a route that asks for `permission`."""
    if permission is Permission.ANYONE:
        return True
    if viewer is None:
        return False
    if permission is Permission.SIGNED_IN:
        return True
    return any(permission in TABLE.get(grant.role, frozenset()) for grant in viewer.grants)


def reach(viewer: Viewer, permission: Permission) -> Reach:
    """Return the townships, stations or whole county for which the viewer has `permission`."""
    return Reach.of(grant for grant in viewer.grants if permission in TABLE.get(grant.role, frozenset()))


def grants_for(
    viewer: Viewer, permission: Permission, *, township: str | None = None, station: str | None = None
) -> list[GrantLike]:
    """Return the grants that give `permission` over a record of this township or station."""
    given = [grant for grant in viewer.grants if permission in TABLE.get(grant.role, frozenset())]
    return [grant for grant in given if Reach.of([grant]).has(township=township, station=station)]


def grantable_roles(viewer: Viewer) -> tuple[str, ...]:
    """Return the roles that the viewer may give, in the table's order."""
    allowed = {role for grant in viewer.grants for role in GRANTABLE.get(grant.role, ())}
    return tuple(role for role in TABLE if role in allowed)


def requires(permission: Permission) -> Callable[[View], View]:
    """Let the view run only for whom the table allows; the attribute is what the route test looks for."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            viewer = current_viewer()
            if may(viewer, permission):
                return view(*args, **kwargs)
            raise Unauthorized if viewer is None else Forbidden

        setattr(guarded, ALLOWED, permission)
        return cast("View", guarded)

    return decorate

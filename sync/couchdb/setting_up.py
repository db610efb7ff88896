"""Preparing a CouchDB for us: nodes joined, system databases, one account with the least rights.

Idempotent: each function says whether it changed anything. CouchDB knows no right to create databases
short of its administrators'; whoever creates them is one, and everybody else may be a member alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from sync.couchdb.address import quoted_database
from sync.couchdb.connection import Connection
from sync.couchdb.json_text import encode
from sync.errors import Conflict, NotFound, PreconditionFailed

SYSTEM_DATABASES: Final = ("_users", "_replicator", "_global_changes")
READ_ONLY: Final = "_design/read_only"
_REFUSAL: Final = (
    "function (doc, old, user) {"
    " if (user.roles.indexOf('_admin') < 0) { throw({forbidden: 'only the worker writes here'}); } }"
)


def join_node(connection: Connection, node: str) -> bool:
    """Make `name@host` one of the cluster's nodes; it must be up, with the same administrator and cookie."""
    path = f"/_node/_local/_nodes/{quote(node, safe='@')}"
    if connection.ask("GET", path).is_ok:
        return False
    try:
        connection.ask("PUT", path, body={}).json()
    except Conflict:
        return False
    return True


def make_system_databases(connection: Connection) -> list[str]:
    """Return those that were not there."""
    made = []
    for name in SYSTEM_DATABASES:
        try:
            connection.ask("PUT", f"/{name}").json()
        except PreconditionFailed:
            continue
        made.append(name)
    return made


def make_user(connection: Connection, name: str, password: str, roles: Sequence[str]) -> bool:
    """Make this user what it is to be; a password that already opens a session is left as it is."""
    path = f"/_users/{quote(f'org.couchdb.user:{name}', safe='')}"
    try:
        present: dict[str, Any] = connection.ask("GET", path).json()
    except NotFound:
        present = {}
    if present and sorted(present["roles"]) == sorted(roles) and _opens(connection, name, password):
        return False
    kept = {"_rev": present["_rev"]} if present else {}
    document = {"name": name, "password": password, "roles": list(roles), "type": "user", **kept}
    connection.ask("PUT", path, body=document).json()
    return True


def has_user(connection: Connection, name: str) -> bool:
    return connection.ask("GET", f"/_users/{quote(f'org.couchdb.user:{name}', safe='')}").is_ok


def secure(connection: Connection, database: str, roles: Sequence[str]) -> bool:
    """Let administrators and members with one of these roles in, and nobody else."""
    path = f"/{quoted_database(database)}/_security"
    wanted = {
        "admins": {"names": [], "roles": ["_admin"]},
        "members": {"names": [], "roles": ["_admin", *roles]},
    }
    if connection.ask("GET", path).json() == wanted:
        return False
    connection.ask("PUT", path, body=wanted).json()
    return True


def make_read_only(connection: Connection, database: str) -> bool:
    """Refuse every write that is no administrator's; `_local` documents stay free."""
    path = f"/{quoted_database(database)}/{READ_ONLY}"
    try:
        present: dict[str, Any] = connection.ask("GET", path).json()
    except NotFound:
        present = {}
    if present.get("validate_doc_update") == _REFUSAL:
        return False
    connection.ask("PUT", path, body={**present, "validate_doc_update": _REFUSAL}).json()
    return True


def _opens(connection: Connection, name: str, password: str) -> bool:
    """Ask as nobody but this user."""
    with connection.as_nobody() as probe:
        return probe.ask("POST", "/_session", body=encode({"name": name, "password": password})).is_ok

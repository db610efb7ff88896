"""Which resource a URL names, and what each method does there: the whole HTTP face on one page.

The endpoint of a route is what the guard is asked about; a method that is not listed is asked
about as administration, then answered 405.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sync.document import DESIGN_PREFIX, LOCAL_PREFIX
from sync.http import bulk_endpoints as bulk
from sync.http import changes_endpoint, not_offered
from sync.http import database_endpoints as database
from sync.http import document_endpoints as document
from sync.http import list_endpoints as lists
from sync.http import local_endpoints as local
from sync.http import quarantine_endpoints as quarantine
from sync.http import security_endpoints as security
from sync.http import server_endpoints as server
from sync.http import upkeep_endpoints as upkeep
from sync.http.call import Handler
from sync.http.guard import Endpoint

Methods = dict[str, tuple[Endpoint, Handler]]


class Target(NamedTuple):
    """`methods` is empty where every method is answered by `fallback`."""

    database: str
    doc_id: str
    methods: Methods
    fallback: tuple[Endpoint, Handler] | None = None


_SERVER: Final[dict[str, Methods]] = {
    "": {"GET": (Endpoint.WELCOME, server.welcome)},
    "_up": {"GET": (Endpoint.UP, server.up)},
    "_session": {
        "GET": (Endpoint.SESSION, server.show_session),
        "POST": (Endpoint.SESSION, server.sign_in),
        "DELETE": (Endpoint.SESSION, server.sign_out),
    },
    "_active_tasks": {"GET": (Endpoint.SERVER, server.active_tasks)},
    "_all_dbs": {"GET": (Endpoint.SERVER, server.all_databases)},
    "_dbs_info": {
        "GET": (Endpoint.SERVER, server.databases_info),
        "POST": (Endpoint.SERVER, server.databases_info),
    },
    "_uuids": {"GET": (Endpoint.UUIDS, server.uuids)},
}

_DATABASE: Final[Methods] = {
    "GET": (Endpoint.DATABASE, database.show),
    "PUT": (Endpoint.DATABASES, database.create),
    "DELETE": (Endpoint.DATABASES, database.delete),
    "POST": (Endpoint.DOCUMENT_WRITE, document.create),
}

_IN_DATABASE: Final[dict[str, Methods]] = {
    "_all_docs": {
        "GET": (Endpoint.ALL_DOCS, lists.all_docs),
        "POST": (Endpoint.ALL_DOCS, lists.all_docs),
    },
    "_bulk_docs": {"POST": (Endpoint.BULK_DOCS, bulk.bulk_docs)},
    "_bulk_get": {"POST": (Endpoint.BULK_GET, bulk.bulk_get)},
    "_changes": {
        "GET": (Endpoint.CHANGES, changes_endpoint.changes),
        "POST": (Endpoint.CHANGES, changes_endpoint.changes),
    },
    "_compact": {"POST": (Endpoint.DATABASE_ADMIN, upkeep.compact)},
    "_design_docs": {
        "GET": (Endpoint.ALL_DOCS, lists.design_docs),
        "POST": (Endpoint.ALL_DOCS, lists.design_docs),
    },
    "_ensure_full_commit": {"POST": (Endpoint.FULL_COMMIT, upkeep.ensure_full_commit)},
    "_missing_revs": {"POST": (Endpoint.REVS_DIFF, bulk.missing_revs)},
    "_purge": {"POST": (Endpoint.DATABASE_ADMIN, upkeep.purge)},
    "_revs_diff": {"POST": (Endpoint.REVS_DIFF, bulk.revs_diff)},
    "_revs_limit": {
        "GET": (Endpoint.DATABASE, upkeep.revs_limit),
        "PUT": (Endpoint.DATABASE_ADMIN, upkeep.set_revs_limit),
    },
    "_security": {
        "GET": (Endpoint.SECURITY, security.show),
        "PUT": (Endpoint.DATABASE_ADMIN, security.replace),
    },
}

_LOCAL: Final[Methods] = {
    "GET": (Endpoint.LOCAL_READ, local.read),
    "PUT": (Endpoint.LOCAL_WRITE, local.write),
    "DELETE": (Endpoint.LOCAL_WRITE, local.delete),
}

_DOCUMENT: Final[Methods] = {
    "GET": (Endpoint.DOCUMENT_READ, document.read),
    "PUT": (Endpoint.DOCUMENT_WRITE, document.write),
    "DELETE": (Endpoint.DOCUMENT_WRITE, document.delete),
    "COPY": (Endpoint.DOCUMENT_WRITE, document.copy),
}

_ATTACHMENT: Final[Methods] = {
    "GET": (Endpoint.DOCUMENT_READ, not_offered.attachment),
    "PUT": (Endpoint.DOCUMENT_WRITE, not_offered.attachment),
    "DELETE": (Endpoint.DOCUMENT_WRITE, not_offered.attachment),
}


def find_target(parts: tuple[str, ...]) -> Target:
    """Return what decoded path parts name; there is always something to ask the guard about."""
    if not parts:
        return Target("", "", _SERVER[""])
    name, *rest = parts
    if name == "_liandong":
        return _of_liandong(rest)
    if name.startswith("_"):
        methods = {} if rest else _SERVER.get(name, {})
        return Target("", name, methods, (Endpoint.SERVER, not_offered.at_server))
    if not rest:
        return Target(name, "", _DATABASE)
    return _in_database(name, rest)


def _of_liandong(rest: list[str]) -> Target:
    """Below `/_liandong` is what CouchDB has not."""
    methods: Methods = {}
    match rest:
        case ["quarantine"]:
            methods = {"GET": (Endpoint.SERVER, quarantine.listed)}
        case ["quarantine", _]:
            methods = {"GET": (Endpoint.SERVER, quarantine.show)}
        case ["quarantine", _, "readmit"]:
            methods = {"POST": (Endpoint.SERVER, quarantine.readmit)}
    key = rest[1] if len(rest) > 1 else ""
    return Target("", key, methods, (Endpoint.SERVER, quarantine.unknown))


def _in_database(name: str, rest: list[str]) -> Target:
    first = rest[0]
    if first in ("_local", "_design") and len(rest) > 1:
        # _local/x and _local%2Fx are one document, as CouchDB's own clients write both.
        first, rest = f"{first}/{rest[1]}", rest[1:]
    more = len(rest) > 1
    if first == "_local" or first.startswith(LOCAL_PREFIX):
        fallback = (Endpoint.LOCAL_WRITE, local.attachment)
        return Target(name, first, {} if more else _LOCAL, fallback if more else None)
    if first.startswith("_") and not first.startswith(DESIGN_PREFIX):
        methods = {} if more else _IN_DATABASE.get(first, {})
        return Target(name, first, methods, (Endpoint.DATABASE_ADMIN, not_offered.in_database))
    if more and first.startswith(DESIGN_PREFIX) and rest[1].startswith("_"):
        return Target(name, rest[1], {}, (Endpoint.DATABASE_ADMIN, not_offered.in_database))
    return Target(name, first, _ATTACHMENT if more else _DOCUMENT)

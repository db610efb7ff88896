"""The CouchDB HTTP API over any Server: a Flask blueprint with a guard, or one call a request."""

from sync.http.blueprint import create_blueprint
from sync.http.call import Sessions
from sync.http.guard import Access, Endpoint, Guard
from sync.http.limits import Limits
from sync.http.respond import make_face, respond
from sync.http.waiting import RunBlocking, ThreadWaiter, Waiter, run_here

__all__ = [
    "Access",
    "Endpoint",
    "Guard",
    "Limits",
    "RunBlocking",
    "Sessions",
    "ThreadWaiter",
    "Waiter",
    "create_blueprint",
    "make_face",
    "respond",
    "run_here",
]

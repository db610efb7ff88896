"""The embedded engine: many databases in one SQLite file, every acknowledged write on disk."""

from sync.sqlite.limits import EngineLimits
from sync.sqlite.server import SqliteServer, open_server

__all__ = ["EngineLimits", "SqliteServer", "open_server"]

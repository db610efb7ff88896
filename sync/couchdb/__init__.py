"""Peer and Server over HTTP(S): a CouchDB 3 node or cluster, or any server that speaks its protocol."""

from sync.couchdb.runtime import Runtime
from sync.couchdb.server import CouchServer, Health, open_server

__all__ = ["CouchServer", "Health", "Runtime", "open_server"]

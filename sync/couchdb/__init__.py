"""Peer and Server over HTTP(S): a CouchDB 3 node or cluster, or any server that speaks its protocol."""

from sync.couchdb.server import CouchServer, open_server

__all__ = ["CouchServer", "open_server"]

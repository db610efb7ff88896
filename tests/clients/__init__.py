"""Clients that others wrote, against our server: nano, the Cloudant SDKs, CouchDB's replicator, PouchDB."""

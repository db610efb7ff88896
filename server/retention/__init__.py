"""Retention: positions and session photos go when their time is over, and their proofs stay (DOMAIN 6).

An `erasure` at the desk says what goes and why; ingest takes it out of `central`, and this package out of
`logs`, the store of photos, the journal and, by a signed order, the phones.
"""

"""Databases from one server to another, at the command line: `liandong replicate`, `liandong migrate`."""

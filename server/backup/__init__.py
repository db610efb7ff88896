"""Backups: everything in one encrypted, verified file; and a restore that begins a new epoch."""

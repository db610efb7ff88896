"""Backups: everything in one encrypted, verified file; and a restore that begins a new epoch."""

from server.backup.archive import BackupError
from server.backup.restore import restore_backup
from server.backup.write import write_backup

__all__ = ["BackupError", "restore_backup", "write_backup"]

"""Where verified and doubtful bytes are kept, by the SHA-256 of their content; only retention takes any away.

`MediaStore` is the interface; `FolderStore` keeps one file a content in a folder. Nothing here
knows records or devices.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from sync.errors import NotFound, StorageFailed

SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}")


class MediaStore(Protocol):
    """Contents by SHA-256; every method may be called from any native thread."""

    def put(self, sha256: str, source: Path) -> None:
        """Keep the bytes of `source`; on return they are durable. Putting twice is putting once.

        Raises: StorageFailed.
        """

    def has(self, sha256: str) -> bool: ...

    def size_bytes(self, sha256: str) -> int:
        """Raises: NotFound."""

    def open(self, sha256: str) -> BinaryIO:
        """Raises: NotFound."""

    def delete(self, sha256: str) -> None:
        """Take the bytes away for good; nothing where there are none. Raises: StorageFailed."""


class FolderStore:
    """`<folder>/<first two digits>/<sha256>`, read-only files on the file system of the uploads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        if SHA256_HEX.fullmatch(sha256) is None:
            raise ValueError("not a SHA-256 in lower-case hex")
        return self._folder / sha256[:2] / sha256

    def put(self, sha256: str, source: Path) -> None:
        path = self.path(sha256)
        if path.exists():
            return
        try:
            is_new_shelf = not path.parent.exists()
            path.parent.mkdir(exist_ok=True)
            fsync(source)
            # A second name of the same bytes: complete from the first instant, and the upload
            # keeps its own until the arrival is written.
            os.link(source, path)
            path.chmod(0o440)
            fsync(path.parent)
            if is_new_shelf:
                fsync(self._folder)
        except FileExistsError:
            return  # another upload of the same content was first
        except OSError as failure:
            raise StorageFailed(f"the media folder did not take the file: {failure.strerror}") from failure

    def has(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def size_bytes(self, sha256: str) -> int:
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            raise NotFound("missing") from None

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise NotFound("missing") from None

    def delete(self, sha256: str) -> None:
        path = self.path(sha256)
        try:
            path.unlink(missing_ok=True)
            if path.parent.exists():
                fsync(path.parent)
        except OSError as failure:
            raise StorageFailed(f"the media folder kept the file: {failure.strerror}") from failure


def fsync(path: Path) -> None:
    """Make a file's bytes, or a folder's names, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

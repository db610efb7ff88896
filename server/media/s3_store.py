"""Photos in S3-compatible storage: the same interface as the folder, one object a content.

What the storage acknowledged is durable; how many copies it keeps, and for how long, is its operator's.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from server.media.store import SHA256_HEX
from sync.errors import BadRequest, NotFound, StorageFailed

_MISSING: Final = frozenset({"NoSuchKey", "NoSuchObject"})
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ONE_PART_BYTES: Final = 5 * 2**30
"""Every file goes in one piece: it is there whole, or not at all."""
IN_MEMORY_BYTES: Final = 1 << 20


class S3Store:
    """`<first two digits>/<sha256>` in one bucket; used by all threads."""

    def __init__(self, address: str, *, pool: PoolManager | None = None) -> None:
        """`address`: https://KEY:SECRET@host[:port]/bucket. Raises: BadRequest."""
        parts = urlsplit(address)
        self._bucket = parts.path.strip("/")
        if not (parts.hostname and parts.username and parts.password and _BUCKET.fullmatch(self._bucket)):
            raise BadRequest("The address of the photos looks like https://KEY:SECRET@host/bucket")
        self._client = Minio(
            endpoint=parts.netloc.rpartition("@")[2],
            access_key=unquote(parts.username),
            secret_key=unquote(parts.password),
            secure=parts.scheme == "https",
            region="us-east-1",
            http_client=pool,
        )

    def put(self, sha256: str, source: Path) -> None:
        size_bytes = source.stat().st_size
        try:
            if self._size_bytes(sha256) == size_bytes:
                return
            with source.open("rb") as data:
                self._client.put_object(
                    bucket_name=self._bucket,
                    object_name=_name(sha256),
                    data=data,
                    length=size_bytes,
                    part_size=ONE_PART_BYTES,
                )
            kept_bytes = self._size_bytes(sha256)
        except (MinioException, HTTPError, OSError) as failure:
            raise StorageFailed(f"the storage of photos did not take the file: {failure}") from failure
        if kept_bytes != size_bytes:
            raise StorageFailed(f"the storage of photos kept {kept_bytes} of {size_bytes} bytes")

    def has(self, sha256: str) -> bool:
        return self._found(sha256) is not None

    def size_bytes(self, sha256: str) -> int:
        found = self._found(sha256)
        if found is None:
            raise NotFound("missing")
        return found

    def open(self, sha256: str) -> BinaryIO:
        kept: BinaryIO = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # type: ignore[assignment] # noqa: SIM115
        try:
            answer = self._client.get_object(bucket_name=self._bucket, object_name=_name(sha256))
            try:
                shutil.copyfileobj(answer, kept)
            finally:
                answer.close()
                answer.release_conn()
        except S3Error as failure:
            if failure.code in _MISSING:
                raise NotFound("missing") from None
            raise StorageFailed(f"the storage of photos does not give the file: {failure}") from failure
        except (MinioException, HTTPError) as failure:
            raise StorageFailed(f"the storage of photos does not give the file: {failure}") from failure
        kept.seek(0)
        return kept

    def delete(self, sha256: str) -> None:
        """Older versions, where the bucket keeps them, go by its own rules: they are its operator's."""
        try:
            self._client.remove_object(bucket_name=self._bucket, object_name=_name(sha256))
        except (MinioException, HTTPError) as failure:
            raise StorageFailed(f"the storage of photos does not let go of the file: {failure}") from failure

    def _found(self, sha256: str) -> int | None:
        try:
            return self._size_bytes(sha256)
        except (MinioException, HTTPError) as failure:
            raise StorageFailed(f"the storage of photos does not answer: {failure}") from failure

    def _size_bytes(self, sha256: str) -> int | None:
        try:
            found = self._client.stat_object(bucket_name=self._bucket, object_name=_name(sha256))
        except S3Error as failure:
            if failure.code in _MISSING:
                return None
            raise
        return found.size


def _name(sha256: str) -> str:
    if SHA256_HEX.fullmatch(sha256) is None:
        raise ValueError("not a SHA-256 in lower-case hex")
    return f"{sha256[:2]}/{sha256}"

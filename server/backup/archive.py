"""The backup file: a tar whose first member is a manifest of hashes, encrypted with age.

Reading checks every byte against the manifest; a file that is short, changed or not ours is refused.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import orjson
import pyrage

from server.messages.told import Told

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK_BYTES = 1 << 20


class BackupError(Told):
    """Why a backup cannot be written, read or put back, in one line."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup: where it stands under the data folder, and what it must hash to."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`audit_head`: the newest row of the audit, kept here so that a tail cut off later is found."""

    taken_at: str
    epoch: str
    members: tuple[Member, ...]
    format: int = FORMAT
    audit_head: str | None = None

    def to_bytes(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def parse(cls, raw: bytes) -> Manifest:
        """Raises: BackupError for what is no manifest, or one of a newer format."""
        try:
            value = orjson.loads(raw)
            if value["format"] > FORMAT:
                raise BackupError("backup.newer")
            members = tuple(Member(**m) for m in value["members"])
            return cls(value["taken_at"], value["epoch"], members, value["format"], value.get("audit_head"))
        except (KeyError, TypeError, ValueError) as error:
            raise BackupError("backup.manifest") from error


def describe(name: str, path: Path) -> Member:
    """Return the member for a file as it is now; what is appended meanwhile is left out."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        left = size_bytes
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            digest.update(chunk)
            left -= len(chunk)
    return Member(name, size_bytes, digest.hexdigest())


def write_archive(
    target: Path, manifest: Manifest, paths: Iterable[tuple[str, Path]], recipients: Sequence[str]
) -> None:
    """Write manifest and files to `target`, as many bytes of each as the manifest says; whole, or not at all.

    Raises: BackupError for a recipient that is no age key, or a place that cannot be written.
    """
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    except pyrage.RecipientError as error:
        raise BackupError("backup.recipient", why=error) from error
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            _through_pipe(
                lambda sink: _write_tar(sink, manifest, paths),
                lambda source: pyrage.encrypt_io(source, file, keys),
            )
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except (OSError, pyrage.EncryptError) as error:
        raise BackupError("backup.unwritten", file=target, why=error) from error
    finally:
        part.unlink(missing_ok=True)


def read_archive(
    source: Path, identities: Sequence[str], accept: Callable[[Member, BinaryIO], None]
) -> Manifest:
    """Hand each file to `accept` as a stream that checks its hash; return the manifest.

    Raises: BackupError when the key does not fit, or anything differs from the manifest.
    """
    keys = [pyrage.x25519.Identity.from_str(text) for text in identities]
    found: list[Manifest] = []
    try:
        with source.open("rb") as file:
            _through_pipe(
                lambda sink: pyrage.decrypt_io(file, sink, keys),
                lambda stream: found.append(_read_tar(stream, accept)),
            )
    except (pyrage.DecryptError, tarfile.TarError, EOFError, OSError, KeyError) as error:
        raise BackupError("backup.unreadable", file=source.name, why=error) from error
    return found[0]


def _write_tar(sink: BinaryIO, manifest: Manifest, paths: Iterable[tuple[str, Path]]) -> None:
    with tarfile.open(fileobj=sink, mode="w|") as tar:
        raw = manifest.to_bytes()
        head = tarfile.TarInfo(MANIFEST)
        head.size = len(raw)
        tar.addfile(head, io.BytesIO(raw))
        for member, (name, path) in zip(manifest.members, paths, strict=True):
            entry = tarfile.TarInfo(name)
            entry.size = member.size_bytes
            with path.open("rb") as file:
                tar.addfile(entry, file)


def _read_tar(stream: BinaryIO, accept: Callable[[Member, BinaryIO], None]) -> Manifest:
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        head = tar.next()
        body = tar.extractfile(head) if head is not None and head.name == MANIFEST else None
        if body is None:
            raise BackupError("backup.no_manifest")
        manifest = Manifest.parse(body.read())
        expected = iter(manifest.members)
        while (entry := tar.next()) is not None:
            member = next(expected, None)
            content = tar.extractfile(entry)
            if member is None or content is None or entry.name != member.name:
                raise BackupError("backup.misplaced", name=entry.name)
            accept(member, Checked(content, member))  # type: ignore[arg-type]
        if (missing := next(expected, None)) is not None:
            raise BackupError("backup.cut_short", name=missing.name)
    while stream.read(CHUNK_BYTES):
        pass
    return manifest


class Checked(io.RawIOBase):
    """A member's bytes; at their end the hash must be the manifest's."""

    def __init__(self, source: BinaryIO | object, member: Member) -> None:
        self._source: BinaryIO = source  # type: ignore[assignment]
        self._member = member
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._digest.update(chunk)
        if (size < 0 or not chunk) and self._digest.hexdigest() != self._member.sha256:
            raise BackupError("backup.changed", name=self._member.name)
        return chunk


def _through_pipe(produce: Callable[[BinaryIO], object], consume: Callable[[BinaryIO], object]) -> None:
    """Run both ends at once, so that no copy of the whole is ever held; the first error rises."""
    read_end, write_end = os.pipe()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(write_end, "wb", buffering=CHUNK_BYTES) as sink:
                produce(sink)
        except BaseException as error:  # noqa: BLE001 carried to the caller's thread
            errors.append(error)

    producer = threading.Thread(target=run, daemon=True)
    producer.start()
    try:
        with os.fdopen(read_end, "rb", buffering=CHUNK_BYTES) as source:
            consume(source)
    except BaseException as error:
        producer.join(5)
        cause = next((e for e in errors if not isinstance(e, BrokenPipeError)), None)
        raise (cause or error) from error
    producer.join()
    if errors:
        raise errors[0]

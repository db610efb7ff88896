"""What every store of originals does; S3 by a real server of its protocol."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.media.s3_store import S3Store
from server.media.store import FolderStore, MediaStore
from sync.errors import BadRequest, NotFound, StorageFailed

S3 = Path(__file__).parent / "s3"
PHOTO = b"\xff\xd8photo" * 1000
SHA256 = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a bucket, without the keys."""
    mark = S3 / "node_modules" / ".ready"
    node = [sys.executable, "-m", "server.node"]
    if not mark.exists() or mark.stat().st_mtime < (S3 / "package-lock.json").stat().st_mtime:
        npm = [*node, "npm", "--prefix", str(S3), "ci", "--ignore-scripts", "--silent", "--no-audit"]
        subprocess.run(npm, check=True)
        mark.touch()
    command = [*node, "node", str(S3 / "server.js"), str(tmp_path_factory.mktemp("s3"))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield f"127.0.0.1:{int(process.stdout.readline())}/liandong"
    process.communicate(timeout=20)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MediaStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "originals")
    return S3Store(f"http://S3RVER:S3RVER@{request.getfixturevalue('bucket')}")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(PHOTO)
    return path


class TestEveryStore:
    """Contents by SHA-256, never forgotten (DESIGN 5)."""

    def test_what_was_put_comes_back_and_can_be_read_from_anywhere(self, store, photo):
        store.put(SHA256, photo)
        assert (store.has(SHA256), store.size_bytes(SHA256)) == (True, 7000)
        with store.open(SHA256) as kept:
            kept.seek(6993)
            assert kept.read() == b"\xff\xd8photo"
            kept.seek(0)
            assert kept.read() == PHOTO

    def test_putting_twice_is_putting_once(self, store, photo):
        store.put(SHA256, photo)
        store.put(SHA256, photo)
        assert store.open(SHA256).read() == PHOTO

    def test_what_was_never_put_is_missing(self, store):
        unknown = "0" * 64
        assert store.has(unknown) is False
        with pytest.raises(NotFound):
            store.size_bytes(unknown)
        with pytest.raises(NotFound):
            store.open(unknown)

    def test_a_name_that_is_no_hash_is_never_looked_up(self, store):
        with pytest.raises(ValueError, match="SHA-256"):
            store.has("../couch.sqlite")


class TestS3:
    def test_an_account_that_is_refused_is_a_failure_and_not_a_missing_photo(self, bucket, photo):
        store = S3Store(f"http://NOBODY:wrong@{bucket}")
        with pytest.raises(StorageFailed):
            store.put(SHA256, photo)
        with pytest.raises(StorageFailed):
            store.has(SHA256)

    @pytest.mark.parametrize("address", ["https://host/bucket", "https://k:s@host", "https://k:s@host/B_"])
    def test_what_is_no_address_is_refused(self, address):
        with pytest.raises(BadRequest):
            S3Store(address)

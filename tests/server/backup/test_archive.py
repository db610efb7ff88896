"""The backup file: whole or refused (ATTACKS 5 and case 55)."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest

from server.backup.archive import BackupError, Manifest, Member, describe, read_archive, write_archive


@pytest.fixture
def key() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def written(tmp_path: Path, key: pyrage.x25519.Identity) -> Path:
    (tmp_path / "couch.sqlite").write_bytes(b"databases" * 50_000)
    (tmp_path / "photo").write_bytes("堤".encode() * 70_000)
    paths = [("couch.sqlite", tmp_path / "couch.sqlite"), ("media/ab/photo", tmp_path / "photo")]
    members = tuple(describe(name, path) for name, path in paths)
    write_archive(
        tmp_path / "b.age", Manifest("2026-11-23T00:00:00Z", "e1", members), paths, [str(key.to_public())]
    )
    return tmp_path / "b.age"


def read(file: Path, key: pyrage.x25519.Identity) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    read_archive(file, [str(key)], lambda member, content: found.update({member.name: content.read()}))
    return found


class TestArchive:
    def test_what_was_written_is_read_back(self, written, key):
        assert read(written, key) == {
            "couch.sqlite": b"databases" * 50_000,
            "media/ab/photo": "堤".encode() * 70_000,
        }

    def test_no_half_written_file_has_the_name_of_a_backup(self, written):
        assert sorted(p.name for p in written.parent.glob("b.age*")) == ["b.age"]

    def test_another_key_does_not_open_it(self, written):
        with pytest.raises(BackupError, match="cannot be read whole with this key"):
            read(written, pyrage.x25519.Identity.generate())

    @pytest.mark.parametrize("place", [0.02, 0.3, 0.7, 0.99])
    def test_one_changed_byte_is_noticed(self, written, key, place):
        raw = bytearray(written.read_bytes())
        raw[int(len(raw) * place)] ^= 1
        written.write_bytes(raw)
        with pytest.raises(BackupError):
            read(written, key)

    @pytest.mark.parametrize("place", [0.1, 0.5, 0.999])
    def test_a_file_cut_short_is_noticed(self, written, key, place):
        raw = written.read_bytes()
        written.write_bytes(raw[: int(len(raw) * place)])
        with pytest.raises(BackupError):
            read(written, key)

    def test_a_manifest_that_does_not_match_the_files_is_noticed(self, tmp_path, written, key):
        paths = [("couch.sqlite", tmp_path / "couch.sqlite")]
        lying = Manifest("2026-11-23T00:00:00Z", "e1", (Member("couch.sqlite", 450_000, "0" * 64),))
        write_archive(written, lying, paths, [str(key.to_public())])
        with pytest.raises(BackupError, match=r"couch\.sqlite is not what the manifest says"):
            read(written, key)

    def test_a_backup_of_a_newer_format_is_refused_in_words(self, tmp_path, written, key):
        write_archive(
            written, Manifest("2026-11-23T00:00:00Z", "e1", (), format=2), [], [str(key.to_public())]
        )
        with pytest.raises(BackupError, match="made by a newer version"):
            read(written, key)

    def test_what_is_no_age_key_is_refused_in_words(self, tmp_path):
        with pytest.raises(BackupError, match="not an age public key"):
            write_archive(tmp_path / "x.age", Manifest("t", "e", ()), [], ["age1nonsense"])

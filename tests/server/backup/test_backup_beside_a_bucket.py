"""With originals in S3 a backup says that they are not in it (ARCHITECTURE, "A backup from a CouchDB")."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from server.doctor import Level, findings
from server.settings import Settings
from tests.support.entries import open_centre

BUCKET = "http://key:very-secret@127.0.0.1:1/photos"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with open_centre(tmp_path / "data") as centre:
        centre.work()
    return tmp_path / "data"


class TestBucket:
    def said(self, data: Path, bucket: str) -> str:
        environment = {"LIANDONG_DATA": str(data), "LIANDONG_MEDIA_S3": bucket}
        done = CliRunner().invoke(main, ["backup", str(data.parent / "b.age")], env=environment)
        assert done.exit_code == 0, done.output
        return done.output

    def test_backup_says_where_the_originals_are_and_whose_business_that_is(self, data):
        said = self.said(data, BUCKET)
        assert "the originals of photos are in 127.0.0.1:1/photos and in no backup of ours" in said
        assert "very-secret" not in said

    def test_without_a_bucket_it_says_nothing_of_one(self, data):
        assert "originals of photos" not in self.said(data, "")

    def test_doctor_notes_it(self, data):
        noted = {each.key: each for each in findings(Settings(data=data, media_s3=BUCKET))}
        assert noted["cli.backup.bucket"].level is Level.NOTE
        assert noted["cli.backup.bucket"].params == {"bucket": "127.0.0.1:1/photos"}
        assert "cli.backup.bucket" not in {each.key for each in findings(Settings(data=data))}

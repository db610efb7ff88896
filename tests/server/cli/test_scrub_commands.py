"""`liandong scrub` finds a flipped bit, `liandong repair` fetches what it spoilt from another copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from sync.sqlite import open_server

BODY = b"a slope that was ploughed"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "couch.sqlite"
    server = open_server(path)
    notes = server.create("notes")
    notes.bulk_docs([{"_id": f"n{number}", "text": f"{BODY.decode()} {number}"} for number in range(50)])
    server.backup_to(tmp_path / "copy.sqlite")
    server.close()
    return path


def flip_a_bit(path: Path) -> None:
    """In the body of n7, wherever the file has it: a page may hold what it held before."""
    raw = path.read_bytes()
    assert BODY + b" 7" in raw
    path.write_bytes(raw.replace(BODY + b" 7", b"a rlope" + BODY[7:] + b" 7"))


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


class TestScrubAndRepair:
    def test_a_sound_file_is_called_sound(self, file):
        code, said = run("scrub", str(file))
        assert (code, "is sound" in said) == (0, True)

    def test_a_flipped_bit_is_found_and_what_it_spoilt_fetched_from_the_copy(self, file, tmp_path):
        flip_a_bit(file)
        code, said = run("scrub", str(file))
        assert code == 1
        assert "damaged: " in said

        code, said = run("repair", str(file), "--from", str(tmp_path / "copy.sqlite"))
        assert code == 0, said
        assert run("scrub", str(file))[0] == 0
        server = open_server(file)
        found = [server.open("notes").get(f"n{number}")["text"] for number in range(50)]
        server.close()
        assert found == [f"{BODY.decode()} {number}" for number in range(50)]

    def test_what_no_copy_has_is_named(self, file):
        flip_a_bit(file)
        code, said = run("repair", str(file))
        assert code == 1
        assert "in no copy: " in said

    def test_a_file_of_which_nothing_can_be_read_is_no_success(self, file):
        file.write_bytes(b"\0" * file.stat().st_size)
        code, said = run("repair", str(file))
        assert code == 1
        assert "1 are in none" in said

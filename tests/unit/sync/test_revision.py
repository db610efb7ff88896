"""Revisions: what is taken for one, how they are ordered, and the same name for the same edit everywhere."""

from __future__ import annotations

import hashlib

import pytest

from sync.errors import BadRequest
from sync.revision import Revision, is_hexadecimal, next_revision, parse_history, parse_revision

A, B = "a" * 32, "b" * 32
CONTENT = hashlib.sha256(b'{"x":1}').digest()


class TestText:
    """A generation of at most seven digits; 32 hexadecimal digits or another text (PROTOCOL section 1)."""

    def test_a_revision_is_read_and_written_alike(self):
        assert parse_revision(f"12-{A}") == Revision(12, A)
        assert str(Revision(12, A)) == f"12-{A}"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1",
            f"0-{A}",
            f"-1-{A}",
            f"01-{A}",
            f"10000000-{A}",
            "1-",
            f"1-{'g' * 32}",
            f"1-{'a' * 101}",
            f"1-{A}\n",
            "1-a b",
            '1-a"b',
            "1-a\\b",
            "1-\N{LATIN SMALL LETTER E WITH ACUTE}",
            "1-a\0",
            f"١-{A}",
            f"99999999999999999999999-{A}",
            None,
            1,
            ["1"],
        ],
    )
    def test_every_other_text_is_refused(self, text):
        with pytest.raises(BadRequest, match="Invalid rev format"):
            parse_revision(text)

    def test_other_servers_names_are_taken_as_they_are(self):
        assert str(parse_revision("1-a")) == "1-a"
        assert str(parse_revision("123-this-is-an-id")) == "123-this-is-an-id"
        assert str(parse_revision(f"1-{A[:31]}")) == f"1-{A[:31]}"

    def test_upper_case_digits_are_the_same_revision(self):
        assert parse_revision(f"1-{A.upper()}") == parse_revision(f"1-{A}")

    def test_only_full_digests_are_ordered_alike_by_every_client(self):
        assert is_hexadecimal(parse_revision(f"1-{A}"))
        assert not is_hexadecimal(parse_revision("1-a"))


class TestOrder:
    """Generation, then 32 digits as the bytes they stand for and other texts as theirs (section 1 item 5)."""

    def test_the_winner_is_the_one_that_couchdb_chooses(self):
        texts = [f"1-{'6' * 32}", f"1-{'f' * 32}", "1-g", "1-z", "2-a"]
        assert sorted(texts, key=lambda text: parse_revision(text).rank, reverse=True) == [
            "2-a",
            f"1-{'f' * 32}",
            "1-z",
            "1-g",
            f"1-{'6' * 32}",
        ]


class TestHistory:
    """`_revisions` is checked before anything is believed (PROTOCOL C44)."""

    def test_the_newest_comes_first(self):
        assert parse_history({"start": 3, "ids": [B, A]}) == [Revision(3, B), Revision(2, A)]

    @pytest.mark.parametrize(
        "revisions",
        [
            None,
            [],
            {},
            {"start": 1},
            {"start": 1, "ids": []},
            {"start": 0, "ids": [A]},
            {"start": -1, "ids": [A]},
            {"start": True, "ids": [A]},
            {"start": 1.0, "ids": [A]},
            {"start": "1", "ids": [A]},
            {"start": 1, "ids": [A, B]},
            {"start": 1, "ids": [5]},
            {"start": 1, "ids": "a"},
            {"start": 10_000_000, "ids": [A]},
            {"start": 1, "ids": ["g" * 32]},
            {"start": 1, "ids": [""]},
        ],
    )
    def test_malformed_ones_are_refused(self, revisions):
        with pytest.raises(BadRequest):
            parse_history(revisions)

    def test_only_the_newest_thousand_are_read(self):
        ids = [f"{number:032x}" for number in range(1500)]
        path = parse_history({"start": 1500, "ids": ids})
        assert len(path) == 1000
        assert path[-1] == Revision(501, f"{999:032x}")


class TestNaming:
    """The same edit has the same name on every replica (PROTOCOL section 4, last item)."""

    def test_a_name_never_changes_between_versions(self):
        assert str(next_revision(None, is_deleted=False, content_sha256=CONTENT)) == FIRST
        second = next_revision(Revision(1, A), is_deleted=False, content_sha256=CONTENT)
        assert str(second) == SECOND

    def test_content_parent_and_deletion_all_count(self):
        names = {
            next_revision(None, is_deleted=False, content_sha256=CONTENT),
            next_revision(None, is_deleted=True, content_sha256=CONTENT),
            next_revision(None, is_deleted=False, content_sha256=bytes(32)),
            next_revision(Revision(1, A), is_deleted=False, content_sha256=CONTENT),
            next_revision(Revision(1, B), is_deleted=False, content_sha256=CONTENT),
        }
        assert len(names) == 5

    def test_generations_end_before_they_outgrow_their_shape(self):
        with pytest.raises(BadRequest, match="too many revisions"):
            next_revision(Revision(9_999_999, A), is_deleted=False, content_sha256=CONTENT)


FIRST = "1-d99bd090b44b287ebcf1966f08f7b51f"
SECOND = "2-4b346480067478b2a3c16e8451446080"

"""Short clips: known by their first bytes, kept as they are, never decoded and never copied (DESIGN 5)."""

from __future__ import annotations

import pytest

from server.media.sniff import clip_type, photo_type
from tests.server.media.media_rig import RECORD, accept, arrival, promise, promised
from tests.support.clips import mp4_head, webm

ASKS = {"Device": "d01hyyyyyyyyyyyyyyyyyyyyyyy"}


class TestFirstBytes:
    @pytest.mark.parametrize(
        ("head", "expected"),
        [
            (webm(2)[:64], "video/webm"),
            (mp4_head(), "video/mp4"),
            (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "video/quicktime"),
            (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1", None),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", None),
            (b"RIFF\x00\x00\x00\x00AVI LIST", None),
            (b"<html><video>", None),
            (b"", None),
        ],
    )
    def test_say_what_a_clip_is(self, head, expected):
        assert clip_type(head) == expected

    def test_of_a_clip_are_no_photo_s(self):
        assert (photo_type(mp4_head()), photo_type(webm(1))) == (None, None)


class TestClip:
    @pytest.mark.parametrize(("data", "kind"), [(webm(2), "video/webm"), (mp4_head(), "video/mp4")])
    def test_with_the_hash_of_its_entry_is_verified(self, couch, phone, data, kind):
        promise(couch, promised(data, kind, duration_s=2))

        phone.upload(data)

        assert (arrival(couch)["state"], arrival(couch)["type"]) == ("verified", kind)

    def test_that_is_named_a_photo_is_refused_and_kept(self, couch, phone):
        promise(couch, promised(mp4_head(), "image/jpeg"))

        phone.upload(mp4_head())

        assert (arrival(couch)["state"], arrival(couch)["reason"]) == ("refused", "type")

    def test_has_no_copy_for_others_and_opens_by_role_as_an_attachment(self, couch, phone):
        promise(couch, promised(webm(2), "video/webm", duration_s=2))
        phone.upload(webm(2))
        accept(couch, "member-a")

        copy = phone.client.get(f"/media/{RECORD}/1", headers=ASKS)
        original = phone.client.get(f"/media/{RECORD}/1/original", headers=ASKS | {"Role": "prosecutor"})

        assert (copy.status_code, original.status_code) == (404, 200)
        assert original.data == webm(2)
        assert original.headers["Content-Disposition"].endswith('.webm"')

"""What came is compared with what was signed; every byte is kept, only the verified count."""

from __future__ import annotations

import hashlib
import resource
import struct
import zlib

import pytest
from media_rig import Phone, arrival, photo, promise, promised

from server.media import Media
from sync.peer import Server

PHOTO = photo()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(2000))) + chunk(b"IEND", b"")


class TestVerification:
    """Hash, size and type are the entry's (DESIGN 5; ATTACKS 7, 36)."""

    def test_a_photo_that_is_what_the_entry_says_is_verified(self, phone: Phone, couch: Server, media: Media):
        promise(couch, PHOTO)
        phone.upload(PHOTO)

        came = arrival(couch)
        assert came["state"] == "verified"
        assert came["sha256"] == hashlib.sha256(PHOTO).hexdigest()
        assert (came["size"], came["type"]) == (len(PHOTO), "image/jpeg")
        assert came["received_at"] == "2026-11-23T06:00:00.000+00:00"
        assert media.store.open(came["sha256"]).read() == PHOTO

    @pytest.mark.parametrize(
        ("format", "media_type"),
        [("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic"), ("HEIF", "image/heif")],
    )
    def test_every_photo_format_of_phones_is_taken(self, phone: Phone, couch: Server, format, media_type):
        data = photo(format=format)
        promise(couch, promised(data, media_type))
        phone.upload(data)

        assert arrival(couch)["state"] == "verified"

    def test_other_bytes_of_the_same_size_are_kept_as_a_mismatch(
        self, phone: Phone, couch: Server, media: Media
    ):
        promise(couch, PHOTO)
        other = PHOTO[:-3] + b"abc"
        phone.upload(other)

        came = arrival(couch)
        assert (came["state"], came["reason"]) == ("mismatch", "hash")
        assert media.store.open(hashlib.sha256(other).hexdigest()).read() == other

    def test_another_size_is_kept_as_a_mismatch(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        phone.upload(PHOTO[:-1])

        assert (arrival(couch)["state"], arrival(couch)["reason"]) == ("mismatch", "size")

    def test_after_a_mismatch_the_right_bytes_may_come(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        phone.upload(PHOTO[:-1])
        phone.upload(PHOTO)

        assert arrival(couch)["state"] == "verified"
        assert "reason" not in arrival(couch)

    def test_wrong_bytes_may_not_come_for_ever(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        phone.upload(PHOTO[:-1])
        phone.upload(PHOTO[:-2])

        answer = phone.create(len(PHOTO))
        assert (answer.status_code, answer.json["error"]) == (409, "too_many_mismatches")


class TestIdempotence:
    """The same arrival again changes nothing, and verified stays verified."""

    def test_a_verified_file_is_not_taken_again(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        phone.upload(PHOTO)

        answer = phone.create(len(PHOTO))
        assert (answer.status_code, answer.json["error"]) == (409, "already_complete")

    def test_a_late_second_upload_changes_nothing(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        late = phone.create(len(PHOTO)).headers["Location"]
        phone.upload(PHOTO)
        before = arrival(couch)

        assert phone.patch(late, 0, PHOTO[:-1] + b"x").status_code == 204
        assert arrival(couch) == before

    def test_bytes_lost_from_the_store_may_come_again(self, phone: Phone, couch: Server, media: Media):
        promise(couch, PHOTO)
        phone.upload(PHOTO)
        media.store.path(arrival(couch)["sha256"]).unlink()

        phone.upload(PHOTO)

        assert media.store.open(arrival(couch)["sha256"]).read() == PHOTO

    def test_who_names_bytes_of_another_sends_all_of_them(self, app, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        promise(couch, PHOTO, entry=2)
        phone.upload(PHOTO)

        url = phone.create(len(PHOTO), entry=2).headers["Location"]
        assert phone.offset(url) == 0


class TestRefusal:
    """What is no photo is kept and never shown (ATTACKS 7, 35 and 37)."""

    @pytest.mark.parametrize(
        "data",
        [
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            b"<!doctype html><script>alert(1)</script>",
            b"alert(1)//" + b"x" * 100,
            b"GIF89a" + bytes(100),
            b"\x00\x00\x00\x1cftypf4v " + bytes(100),
        ],
    )
    def test_what_only_claims_to_be_a_photo_is_refused(self, phone: Phone, couch: Server, data: bytes):
        promise(couch, data)
        phone.upload(data)

        came = arrival(couch)
        assert (came["state"], came["reason"], came["type"]) == (
            "refused",
            "type",
            "application/octet-stream",
        )

    def test_a_type_that_is_not_the_declared_one_is_refused(self, phone: Phone, couch: Server):
        promise(couch, promised(PHOTO, "image/png"))
        phone.upload(PHOTO)

        assert (arrival(couch)["state"], arrival(couch)["reason"]) == ("refused", "type")

    def test_a_pixel_flood_is_refused_without_decoding(self, phone: Phone, couch: Server):
        flood = png_header(50_000, 50_000)
        promise(couch, promised(flood, "image/png"))
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        phone.upload(flood)

        assert (arrival(couch)["state"], arrival(couch)["reason"]) == ("refused", "pixels")
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 16 * 1024

    def test_forty_one_megapixels_are_too_many(self, phone: Phone, couch: Server):
        big = png_header(6834, 6000)
        promise(couch, promised(big, "image/png"))
        phone.upload(big)

        assert arrival(couch)["reason"] == "pixels"

    @pytest.mark.parametrize("kept_bytes", [20, 600, len(PHOTO) - 2000])
    def test_a_photo_that_ends_early_is_refused(self, phone: Phone, couch: Server, kept_bytes: int):
        cut = PHOTO[:kept_bytes]
        promise(couch, cut)
        phone.upload(cut)

        assert (arrival(couch)["state"], arrival(couch)["reason"]) == ("refused", "broken")

    def test_a_refused_file_is_not_taken_again(self, phone: Phone, couch: Server):
        promise(couch, b"no photo")
        phone.upload(b"no photo")

        assert phone.create(8).json["error"] == "already_complete"

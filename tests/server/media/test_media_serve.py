"""Who sees a photo, and what of it (DESIGN 5; ATTACKS 7, 37, 38, 47)."""

from __future__ import annotations

import io

import pytest
from media_rig import DEVICE, OTHER_DEVICE, RECORD, HeaderAccess, Phone, accept, photo, promise, promised
from PIL import Image

from server.media import Media
from sync.peer import Server

GPS_IFD = 0x8825


def photo_with_gps(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "PHONEMAKER-SERIAL-77"
    exif.get_ifd(GPS_IFD)[2] = (36.0, 47.0, 12.5)
    return photo(2000, 1000, exif=exif, comment=b"taken at home")


PHOTO = photo_with_gps()


@pytest.fixture
def shown(phone: Phone, couch: Server) -> Phone:
    """The photo of a record that the device's feed names."""
    promise(couch, PHOTO)
    phone.upload(PHOTO)
    accept(couch, "member-a")
    return phone


def copy_of(phone: Phone, couch: Server, data: bytes, media_type: str) -> Image.Image:
    promise(couch, promised(data, media_type))
    phone.upload(data)
    accept(couch, "member-a")
    return Image.open(io.BytesIO(get(phone, f"/media/{RECORD}/1").data))


class TestOddPhotos:
    """Whatever a camera or an app makes is shown, however small or deep its pixels are (DESIGN 5)."""

    @pytest.mark.parametrize("size", [(1, 1), (7, 3000), (12_000, 5)])
    def test_a_photo_of_few_pixels_a_side_is_shown(self, phone: Phone, couch: Server, size: tuple[int, int]):
        stream = io.BytesIO()
        Image.new("RGB", size, "red").save(stream, "JPEG")

        assert max(copy_of(phone, couch, stream.getvalue(), "image/jpeg").size) == min(1600, max(size))

    def test_sixteen_bits_of_grey_stay_grey(self, phone: Phone, couch: Server):
        stream = io.BytesIO()
        Image.new("I;16", (40, 40), 0x8000).save(stream, "PNG")

        red, _green, _blue = copy_of(phone, couch, stream.getvalue(), "image/png").getpixel((20, 20))

        assert 0x7C <= red <= 0x84


def get(phone: Phone, path: str, **headers: str):
    return phone.client.get(path, headers={"Device": DEVICE, **headers})


class TestCopy:
    """Other eyes get a re-encoded copy: upright, small, without a word of metadata."""

    def test_a_copy_is_a_small_upright_jpeg(self, shown: Phone):
        answer = get(shown, f"/media/{RECORD}/1")

        image = Image.open(io.BytesIO(answer.data))
        assert (answer.status_code, answer.mimetype, image.format) == (200, "image/jpeg", "JPEG")
        assert image.size == (800, 1600)  # orientation 6 turned it

    def test_a_thumbnail_has_320_pixels_at_most(self, shown: Phone):
        answer = get(shown, f"/media/{RECORD}/1?size=thumb")

        assert Image.open(io.BytesIO(answer.data)).size == (160, 320)

    def test_gps_and_maker_are_in_the_original_and_not_in_the_copy(self, shown: Phone):
        original = get(shown, f"/media/{RECORD}/1/original", Role="prosecutor").data
        copy = get(shown, f"/media/{RECORD}/1").data

        assert original == PHOTO
        assert Image.open(io.BytesIO(original)).getexif().get_ifd(GPS_IFD)[2] == (36.0, 47.0, 12.5)
        assert len(Image.open(io.BytesIO(copy)).getexif()) == 0
        for trace in (b"Exif", b"PHONEMAKER", b"taken at home"):
            assert trace in original
            assert trace not in copy

    @pytest.mark.parametrize(("format", "media_type"), [("PNG", "image/png"), ("HEIF", "image/heic")])
    def test_every_format_becomes_a_jpeg(self, phone: Phone, couch: Server, format: str, media_type: str):
        data = photo(format=format)
        promise(couch, promised(data, media_type))
        phone.upload(data)
        accept(couch, "member-a")

        assert get(phone, f"/media/{RECORD}/1").data.startswith(b"\xff\xd8\xff")

    def test_a_lost_copy_is_made_again(self, shown: Phone, media: Media, tmp_path):
        first = get(shown, f"/media/{RECORD}/1").data
        for copy in (tmp_path / "media" / "derivatives").rglob("*.jpg"):
            copy.unlink()

        assert get(shown, f"/media/{RECORD}/1").data == first


class TestWhoMaySee:
    """Unknown, unverified and forbidden are one answer."""

    def unknown(self, phone: Phone) -> bytes:
        answer = get(phone, "/media/lead:01h00000000000000000000000/1")
        assert answer.status_code == 404
        return answer.data

    def test_without_a_view_that_names_it_there_is_no_photo(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        phone.upload(PHOTO)
        accept(couch, feed=None)

        answer = get(phone, f"/media/{RECORD}/1")
        assert (answer.status_code, answer.data) == (404, self.unknown(phone))

    def test_another_device_sees_nothing(self, shown: Phone):
        answer = get(shown, f"/media/{RECORD}/1", Device=OTHER_DEVICE)

        assert (answer.status_code, answer.data) == (404, self.unknown(shown))

    def test_a_number_that_the_view_does_not_name_is_unknown(self, shown: Phone, couch: Server):
        central = couch.open("central")
        record = central.get(RECORD)
        central.bulk_docs([{**record, "media": [*record["media"], {**record["media"][0], "number": 2}]}])

        assert get(shown, f"/media/{RECORD}/2").data == self.unknown(shown)
        assert get(shown, f"/media/{RECORD}/2/original", Role="prosecutor").status_code == 200

    def test_a_mismatch_is_never_shown(self, phone: Phone, couch: Server):
        promise(couch, PHOTO)
        phone.upload(PHOTO[:-1])
        accept(couch, "member-a")

        assert get(phone, f"/media/{RECORD}/1").data == self.unknown(phone)
        assert get(phone, f"/media/{RECORD}/1/original", Role="prosecutor").status_code == 404

    @pytest.mark.parametrize(
        "name",
        ["_design", "_local", "entry:d01hyyyyyyyyyyyyyyyyyyyyyyy:0000000001", "..%5cx", "%00", "lead:1"],
    )
    def test_what_is_no_record_is_unknown(self, shown: Phone, couch: Server, name: str):
        couch.open("central").bulk_docs(
            [{"_id": "entry:d01hyyyyyyyyyyyyyyyyyyyyyyy:0000000001", "media": []}]
        )

        assert get(shown, f"/media/{name}/1").data == self.unknown(shown)
        assert get(shown, f"/media/{name}/1/original", Role="prosecutor").data == self.unknown(shown)

    def test_nobody_signed_in_is_a_401(self, shown: Phone):
        assert shown.client.get(f"/media/{RECORD}/1").status_code == 401

    def test_the_original_is_for_few_and_each_opening_is_told(self, shown: Phone, access: HeaderAccess):
        forbidden = get(shown, f"/media/{RECORD}/1/original")
        assert (forbidden.status_code, forbidden.data) == (404, self.unknown(shown))
        assert access.originals_opened == []

        assert get(shown, f"/media/{RECORD}/1/original", Role="prosecutor").status_code == 200
        assert access.originals_opened == [(RECORD, 1)]


class TestHeaders:
    """A photo can be nothing but looked at."""

    def test_a_copy_is_sandboxed_private_and_never_sniffed(self, shown: Phone):
        headers = get(shown, f"/media/{RECORD}/1").headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["Cache-Control"] == "private, max-age=300"
        assert headers["Content-Disposition"] == 'inline; filename="photo-1.jpg"'

    def test_an_original_is_a_download_that_nobody_caches(self, shown: Phone):
        headers = get(shown, f"/media/{RECORD}/1/original", Role="prosecutor").headers

        assert headers["Content-Disposition"].startswith("attachment; filename=")
        assert headers["Cache-Control"] == "no-store"

    def test_asked_as_a_service_worker_it_is_a_403(self, shown: Phone):
        answer = get(shown, f"/media/{RECORD}/1", **{"Service-Worker": "script"})

        assert answer.status_code == 403

    def test_an_unchanged_copy_is_a_304(self, shown: Phone):
        etag = get(shown, f"/media/{RECORD}/1").headers["ETag"]

        assert get(shown, f"/media/{RECORD}/1", **{"If-None-Match": etag}).status_code == 304

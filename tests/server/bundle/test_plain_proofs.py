"""The plain Python of the verifier answers as the libraries of the server do."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from server.bundle import plain_proofs
from server.bundle.bare_files import is_bare
from server.bundle.plain_proofs import Broken
from server.records.canonical import canonical
from server.records.signing import SigningKey, encode_base64url, is_signed_by

KEY = SigningKey.generate()
OTHER = SigningKey.generate()
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


class TestCanonical:
    """RFC 8785."""

    @settings(max_examples=150, deadline=None)
    @given(values)
    def test_it_is_what_the_server_signs(self, value):
        assert plain_proofs.canonical(value) == canonical(value)

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (1e21, b"1e+21"),
            (1e-7, b"1e-7"),
            (1e-6, b"0.000001"),
            (5e-324, b"5e-324"),
            (333333333.33333329, b"333333333.3333333"),
            (1e20, b"100000000000000000000"),
            (-0.0, b"0"),
        ],
    )
    def test_numbers_are_those_of_the_appendix_of_the_rfc(self, number, text):
        assert plain_proofs.canonical(number) == text

    @pytest.mark.parametrize("raw", [b'{"a":1,"a":2}', b"NaN", b"\xff", b"[" * 100_000, b"{"])
    def test_what_two_parsers_could_read_differently_is_refused(self, raw):
        with pytest.raises(Broken):
            plain_proofs.parsed(raw)


class TestSignatures:
    @settings(max_examples=25, deadline=None)
    @given(st.binary(max_size=40), st.integers(0, 63), st.integers(1, 255))
    def test_a_right_signature_holds_and_no_other(self, message, place, flip):
        signature = KEY.sign(message)
        raw = bytearray(plain_proofs._integer(signature, 64).to_bytes(64, "big"))
        raw[place] ^= flip
        changed = encode_base64url(bytes(raw))

        assert plain_proofs.is_signed(KEY.public_jwk(), message, signature)
        assert not plain_proofs.is_signed(OTHER.public_jwk(), message, signature)
        assert not plain_proofs.is_signed(KEY.public_jwk(), message + b"x", signature)
        assert plain_proofs.is_signed(KEY.public_jwk(), message, changed) is is_signed_by(
            KEY.public_jwk(), message, changed
        )

    def test_zeros_and_a_point_off_the_curve_are_no_signature_and_no_key(self):
        zeros, key = encode_base64url(bytes(64)), KEY.public_jwk()

        assert not plain_proofs.is_signed(key, b"", zeros)
        with pytest.raises(Broken):
            plain_proofs.is_signed({**key, "x": key["y"]}, b"", KEY.sign(b""))


def saved(format: str, **save: object) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((40, 30), 50).convert("RGB").save(stream, format, **save)
    return stream.getvalue()


class TestBareFiles:
    """A file leaves as it is only when its structure holds the picture alone."""

    @pytest.mark.parametrize("save", [{}, {"progressive": True}, {"quality": 95}])
    def test_a_plain_jpeg_is_bare(self, save):
        assert is_bare(saved("JPEG", **save), "image/jpeg")

    @pytest.mark.parametrize("format", ["PNG", "WEBP"])
    def test_a_plain_png_or_webp_is_bare(self, format):
        assert is_bare(saved(format), f"image/{format.lower()}")

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_exif_is_not(self, format):
        exif = Image.Exif()
        exif[0x010F] = "TestPhone"

        assert not is_bare(saved(format, exif=exif), f"image/{format.lower()}")

    def test_a_comment_and_bytes_after_the_end_are_not(self):
        assert not is_bare(saved("JPEG", comment=b"owner"), "image/jpeg")
        for format in ("JPEG", "PNG", "WEBP"):
            assert not is_bare(saved(format) + b"motion photo", f"image/{format.lower()}")

    @pytest.mark.parametrize("media_type", ["image/heic", "video/mp4", "image/jpeg"])
    def test_what_is_not_known_is_not(self, media_type):
        assert not is_bare(b"\x00\x00\x00\x18ftypheic", media_type)

    @given(st.integers(0, 2000))
    def test_a_file_cut_anywhere_is_answered(self, length):
        whole = saved("JPEG")
        if length < len(whole):
            assert not is_bare(whole[:length], "image/jpeg")

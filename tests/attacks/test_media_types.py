"""ATTACKS 7, case 40: a content type is one of a short list, or the entry is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.entries import open_centre, photo


@pytest.mark.parametrize(
    "media_type",
    [
        "image/jpeg\r\nSet-Cookie: a=b",
        "image/jpeg\n",
        "image/svg+xml",
        "text/html",
        "IMAGE/JPEG",
        "",
        5,
        None,
    ],
    ids=repr,
)
def test_40_an_entry_that_names_another_type_is_refused_and_kept(tmp_path: Path, media_type: object):
    with open_centre(tmp_path) as centre:
        phone = centre.phone()
        lead = phone.lead(media=[{**photo(), "type": media_type}], no_photo_reason=None)
        centre.send(lead)
        centre.work()

        kept = centre.central(f"entry:{lead['_id']}")
        assert kept["receipts"][-1]["verdict"] == "refused"
        assert centre.central(lead["entry"]["id"]) is None
        assert kept["entry"] == lead["entry"]


def test_40_an_entry_with_a_type_of_the_list_is_accepted(tmp_path: Path):
    with open_centre(tmp_path) as centre:
        lead = centre.phone().lead(media=[photo()], no_photo_reason=None)
        centre.send(lead)
        centre.work()
        assert centre.central(lead["entry"]["id"])["receipts"][-1]["verdict"] == "accepted"

"""One catalog for server and phone (ARCHITECTURE, "Messages")."""

from __future__ import annotations

import json

import pytest

from server.client_build import write_sources
from server.messages import text


class TestText:
    def test_placeholders_are_filled_in_the_language_asked_for(self):
        assert text("reason.too_short", "zh", min=20, length=3) == "至少 20 个字，现在 3 个。"
        assert text("reason.too_short", "en", min=20, length=3) == "At least 20 characters; now 3."

    def test_a_list_is_said_member_by_member(self):
        assert text("reason.fields_wrong", "en", names=["title", "point.lat"]) == (
            "These members break the rules: title, point.lat."
        )

    def test_a_value_is_never_read_as_a_placeholder(self):
        assert "{secret}" in text("reason.forbidden_key", "en", name="{secret}")

    def test_a_placeholder_may_have_any_name(self):
        assert text("phone_error.forbidden_key", "en", key="__proto__").count("__proto__") == 1

    @pytest.mark.parametrize(("key", "params"), [("reason.nowhere", {}), ("reason.too_short", {"min": 1})])
    def test_an_unknown_key_or_a_missing_value_is_an_error(self, key, params):
        with pytest.raises(KeyError):
            text(key, "zh", **params)


class TestClientBuild:
    """What the phone's build takes from the server, so that a rule is written once."""

    def test_forms_carry_the_limits_of_the_schemas(self, tmp_path):
        forms = written(tmp_path, "forms")

        title = {"kind": "text", "required": True, "min_length": 1, "max_length": 60}
        assert forms["lead"]["title"] == title
        assert forms["lead"]["urgency"]["one_of"] == ["normal", "urgent"]
        assert forms["lead"]["media"]["max_length"] == 10  # nine photos and a clip
        assert forms["check_event"]["code"]["fields"]["value"]["pattern"] == "[0-9]{6}"
        assert forms["check_event.fix"]["samples"]["max_length"] == 5
        assert forms["lead.supplement"]["note"]["max_length"] == 2000
        assert "service_order" not in forms

    def test_limits_of_entries_go_along(self, tmp_path):
        limits = written(tmp_path, "limits")

        assert (limits["max_entry_bytes"], limits["max_nesting"]) == (65536, 32)

    def test_messages_are_by_language_and_key(self, tmp_path):
        messages = written(tmp_path, "messages")

        assert messages["zh"]["reason.required"] == "必须填写。"
        assert messages["zh"].keys() == messages["en"].keys()

    def test_the_same_sources_give_the_same_bytes(self, tmp_path):
        for folder in ("one", "two"):
            write_sources(tmp_path / folder)

        for name in ("forms.json", "limits.json", "messages.json"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def written(folder, name):
    write_sources(folder)
    return json.loads((folder / f"{name}.json").read_text("utf-8"))

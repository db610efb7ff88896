"""One settings table: every setting has a help text, and a bad value is one clear line."""

from __future__ import annotations

import pytest

from server.settings import Settings, SettingsError, load_settings, settings_table


class TestSettings:
    def test_every_setting_says_what_it_is_for(self):
        assert all(help_text.endswith((".", "tls/.")) for *_, help_text in settings_table())

    def test_an_unknown_setting_is_refused_by_name(self):
        with pytest.raises(SettingsError, match="LIANDONG_PROT: no such setting"):
            load_settings({"LIANDONG_PROT": "9000"})

    def test_a_number_that_is_none_is_refused_with_its_value(self):
        with pytest.raises(SettingsError, match="LIANDONG_PORT=http: a whole number is wanted"):
            load_settings({"LIANDONG_PORT": "http"})

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("PORT", "99999", "LIANDONG_PORT=99999: from 0 to 65535"),
            ("BODY_LIMIT_BYTES", "0", "LIANDONG_BODY_LIMIT_BYTES=0: from 200000"),
            ("TIME_ZONE", "Mars/X", "LIANDONG_TIME_ZONE=Mars/X: no such time zone"),
            ("TIME_ZONE", "../../etc/passwd", "no such time zone"),
            ("SECRET_KEY", "abc", "LIANDONG_SECRET_KEY=…: 32 bytes in hex are wanted"),
            ("PUBLIC_URL", "liandong.example", "LIANDONG_PUBLIC_URL=liandong.example: an address"),
            ("COUNTY", "qihe", "LIANDONG_COUNTY=qihe: six digits"),
        ],
    )
    def test_a_value_that_cannot_be_is_refused_before_anything_starts(self, name, text, said):
        with pytest.raises(SettingsError, match=said):
            load_settings({f"LIANDONG_{name}": text})

    @pytest.mark.parametrize("name", ["DATA", "CLIENT", "HOST", "COUNTY", "TIME_ZONE", "COUCH_PREFIX"])
    def test_a_value_that_is_needed_is_not_taken_empty(self, name):
        with pytest.raises(SettingsError, match=f"LIANDONG_{name} is empty"):
            load_settings({f"LIANDONG_{name}": ""})

    def test_a_secret_is_in_no_message(self):
        with pytest.raises(SettingsError) as refused:
            load_settings({"LIANDONG_SECRET_KEY": "f00dface"})
        assert "f00dface" not in str(refused.value)

    def test_a_secret_may_stand_in_a_file(self, tmp_path):
        (tmp_path / "key").write_text("ab" * 32 + "\n")
        assert load_settings({"LIANDONG_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "ab" * 32

    def test_a_process_started_with_the_environment_of_settings_loads_the_same(self, tmp_path):
        settings = load_settings({"LIANDONG_PORT": "9001", "LIANDONG_TLS": "1"}, data=tmp_path)
        assert load_settings(settings.environment()) == settings

    def test_the_address_is_the_one_that_a_phone_can_open(self):
        assert Settings(host="0.0.0.0", port=8000).url == "http://localhost:8000"
        assert Settings(host="fd00::5", port=8000).url == "http://[fd00::5]:8000"
        assert Settings(tls=True, public_url="https://10.0.0.5:8443/").url == "https://10.0.0.5:8443"

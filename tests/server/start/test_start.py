"""Starting: a busy port, a full disk, a folder that cannot be written are one clear line each."""

from __future__ import annotations

import shutil
import socket
from collections import namedtuple

import pytest

from server.doctor import Level, findings
from server.identity.crypto import KeyFileBroken
from server.opening import DatabasesLost, open_services
from server.serve import CannotStart, check_start, only_server
from server.settings import Settings
from tests.support.gateway_rig import volunteer

Usage = namedtuple("Usage", "total used free")


class TestStart:
    def test_a_busy_port_is_named_with_what_to_do(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            with pytest.raises(
                CannotStart, match=f"port {port} on 127.0.0.1 cannot be used .*in use.*LIANDONG_PORT=8100"
            ):
                check_start(Settings(data=tmp_path, port=port))

    def test_a_full_disk_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**12, 5 * 2**20))
        with pytest.raises(CannotStart, match="disk full: 5 MiB left"):
            check_start(Settings(data=tmp_path, port=0))

    def test_a_data_folder_that_is_a_file_is_named(self, tmp_path):
        (tmp_path / "data").write_text("x")
        with pytest.raises(CannotStart, match=r"cannot write to .*data"):
            check_start(Settings(data=tmp_path / "data", port=0))

    @pytest.mark.parametrize("name", ["journal", "media"])
    def test_a_folder_of_journal_or_photos_that_is_none_is_named_by_start_and_doctor(self, tmp_path, name):
        (tmp_path / "file").write_text("x")
        settings = Settings(data=tmp_path / "data", port=0, **{name: tmp_path / "file"})
        with pytest.raises(CannotStart, match=r"cannot write to .*file"):
            check_start(settings)
        told = {f.params["folder"]: f.level for f in findings(settings) if f.key == "cli.doctor.folder"}
        assert [folder for folder, level in told.items() if level is Level.FAULT] == [tmp_path / "file"]

    def test_a_data_folder_that_is_a_file_is_a_fault_for_doctor_too(self, tmp_path):
        (tmp_path / "data").write_text("x")
        found = {f.params.get("folder"): f.level for f in findings(Settings(data=tmp_path / "data"))}
        assert found[tmp_path / "data" / "journal"] is Level.FAULT

    @pytest.mark.parametrize("is_empty", [False, True])
    def test_databases_that_are_gone_are_named_and_never_begun_anew(self, tmp_path, is_empty):
        services = open_services(Settings(data=tmp_path))
        volunteer(services)
        services.couch.close()
        for file in tmp_path.glob("couch.sqlite*"):
            file.unlink()
        if is_empty:
            (tmp_path / "couch.sqlite").touch()

        with pytest.raises(DatabasesLost, match="restore a backup"):
            open_services(Settings(data=tmp_path))

    @pytest.mark.parametrize("name", ["secret.hex", "server.pem"])
    def test_a_key_that_is_damaged_or_gone_from_where_members_are_is_named_and_never_made_anew(
        self, tmp_path, name
    ):
        settings = Settings(data=tmp_path)
        services = open_services(settings)
        volunteer(services)
        services.couch.close()
        key = tmp_path / "keys" / name
        key.write_text("no key")
        with pytest.raises(KeyFileBroken, match=f"the key file {key} is damaged"):
            open_services(settings)
        key.unlink()
        with pytest.raises(KeyFileBroken, match=f"the key file {key} is gone"):
            open_services(settings)
        assert not key.exists()

    def test_an_address_of_the_newer_kind_is_no_busy_port(self, tmp_path):
        if not socket.has_ipv6:
            pytest.skip("needs IPv6 on this machine")
        check_start(Settings(data=tmp_path, port=0, host="::1"))

    def test_a_phone_client_that_was_not_built_is_named_with_what_to_do(self, tmp_path):
        with pytest.raises(CannotStart, match=r"not built in .*; run make setup"):
            check_start(Settings(data=tmp_path, port=0, client=tmp_path))

    def test_a_second_server_on_the_same_data_is_refused(self, tmp_path):
        settings = Settings(data=tmp_path)
        with only_server(settings):
            second = only_server(settings)
            with pytest.raises(CannotStart, match="a server already runs on"):
                second.__enter__()
        with only_server(settings):
            pass

    def test_a_free_port_and_a_writable_folder_are_fine(self, tmp_path):
        check_start(Settings(data=tmp_path / "new", port=0))
        assert (tmp_path / "new").is_dir()

"""Starting: a busy port, a full disk, a folder that cannot be written are one clear line each."""

from __future__ import annotations

import shutil
import socket
from collections import namedtuple

import pytest

from server.serve import CannotStart, check_start, only_server
from server.settings import Settings

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

"""The command `liandong` as a person types it: its words, its exit codes, never a traceback."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from server.backup.write import write_backup
from server.cli import COMMANDS, main
from server.doctor import Level, findings
from server.identity.console_sessions import ConsoleSessions
from server.opening import open_services
from server.settings import Settings
from server.waiting import run_here
from tests.support.entries import open_centre

ROOT = Path(__file__).parent.parent.parent.parent


def liandong(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIANDONG_")}
    environment |= {"LIANDONG_DATA": str(data)} | {f"LIANDONG_{k.upper()}": v for k, v in settings.items()}
    command = [sys.executable, "-m", "server.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


class TestWhatCannotGoOn:
    """Issue 2, "Ground": a busy port, a full disk, a missing tool each get one clear line."""

    def test_a_busy_port(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = str(busy.getsockname()[1])
            line = only_line(liandong(tmp_path, "serve", port=port))
        assert f"port {port} on 127.0.0.1 cannot be used (Address already in use)" in line
        assert "LIANDONG_PORT=8100" in line

    def test_a_data_folder_that_is_none(self, tmp_path):
        (tmp_path / "data").write_text("x")
        assert "cannot write to" in only_line(liandong(tmp_path / "data", "serve"))

    def test_a_client_that_was_not_built(self, tmp_path):
        line = only_line(liandong(tmp_path / "data", "serve", client=str(tmp_path), port="0"))
        assert "run make setup" in line

    def test_a_setting_that_is_none_or_wrong(self, tmp_path):
        assert "LIANDONG_PROT: no such setting" in only_line(liandong(tmp_path, "doctor", prot="1"))
        assert "a whole number is wanted" in only_line(liandong(tmp_path, "serve", port="http"))

    def test_a_backup_into_a_folder_that_is_not_there_and_one_that_is_no_backup(self, tmp_path):
        line = only_line(liandong(tmp_path / "data", "backup", str(tmp_path / "no" / "b.age")))
        assert "could not be written" in line
        (tmp_path / "b.age").write_bytes(b"not a backup")
        line = only_line(liandong(tmp_path / "data", "restore", str(tmp_path / "b.age")))
        assert "b.age cannot be read whole with this key" in line


class TestMembers:
    def test_the_first_account_of_a_county_can_sign_in_with_the_password_that_is_shown_once(self, tmp_path):
        done = liandong(
            tmp_path, "member", "add", "杨检察长", "--role", "chief_procurator", "--login", "yang"
        )
        password = re.search(r"password of yang \(shown this once\): (\S+)", done.stdout)[1]
        services = open_services(Settings(data=tmp_path))
        sessions = ConsoleSessions(services.directory, run_here)
        _, member = sessions.sign_in("yang", password, address="127.0.0.1")

        assert member.name == "杨检察长"
        kept = [(grant.role, grant.scope) for grant in services.directory.grants(member.id)]
        assert kept == [("chief_procurator", "county")]
        assert [row.kind for row in services.audit.rows()] == ["grant_added", "member_added"]
        assert password not in str([row.params for row in services.audit.rows()])
        services.readmodel.close()
        services.couch.close()

    def test_a_scope_that_does_not_fit_the_role_adds_nobody(self, tmp_path):
        for scope in ([], ["--scope", "county"], ["--scope", "township:3714"]):
            done = liandong(tmp_path, "member", "add", "李", "--role", "township_staff", *scope)
            assert done.returncode == 2
            assert "needs a --scope that fits it" in done.stderr
        assert liandong(tmp_path, "member", "list").stdout == ""

    def test_a_login_is_given_once(self, tmp_path):
        add = ("member", "add", "王", "--role", "auditor", "--login", "wang")
        assert liandong(tmp_path, *add).returncode == 0
        assert "the login wang is taken" in only_line(liandong(tmp_path, *add))

    def test_the_list_names_roles_and_the_audit_keeps_that_names_were_read(self, tmp_path):
        liandong(tmp_path, "member", "add", "张三", "--role", "volunteer")
        assert re.fullmatch(
            r"m[0-9a-z]{26}  volunteer self +张三\n", liandong(tmp_path, "member", "list").stdout
        )
        with open_centre(tmp_path) as centre:
            assert centre.services.audit.rows(limit=1)[0].kind == "names_read"


class TestDevices:
    def test_a_lost_phone_is_revoked_and_the_audit_keeps_why(self, tmp_path):
        with open_centre(tmp_path) as centre:
            phone = centre.phone()
        assert f"{phone.device}  {phone.member}" in liandong(tmp_path, "device", "list").stdout

        done = liandong(tmp_path, "device", "revoke", phone.device, "--reason", "遗失")

        assert done.returncode == 0
        assert "revoked 20" in liandong(tmp_path, "device", "list").stdout
        with open_centre(tmp_path) as centre:
            assert centre.services.directory.device(phone.device).is_revoked is True
            row = centre.services.audit.rows(limit=1)[0]
            assert (row.kind, row.about, row.params["reason"]) == ("device_revoked", phone.device, "遗失")

    def test_an_unknown_device_is_one_line(self, tmp_path):
        line = only_line(liandong(tmp_path, "device", "revoke", "d1", "--reason", "x"))
        assert "no device d1" in line


class TestDoctor:
    def test_a_healthy_place_has_no_fault(self, tmp_path):
        with open_centre(tmp_path):
            pass
        done = liandong(tmp_path, "doctor")
        assert done.returncode == 0, done.stdout
        assert "✗" not in done.stdout

    def test_damaged_databases_are_found_before_anything_is_read_from_them(self, tmp_path):
        with open_centre(tmp_path) as centre:
            for number in range(200):
                centre.services.audit.append("login", actor="system", about=str(number))
        for name, key in (
            ("readmodel.sqlite", "cli.doctor.read_model_damaged"),
            ("couch.sqlite", "cli.doctor.database"),
        ):
            raw = bytearray((tmp_path / name).read_bytes())
            raw[4096:] = bytes(255 - byte for byte in raw[4096:])
            (tmp_path / name).write_bytes(raw)
            keys = {f.key: f.level for f in findings(Settings(data=tmp_path))}
            assert keys[key] is (Level.FAULT if name == "couch.sqlite" else Level.NOTE)
            assert "cli.doctor.epoch" not in keys

    def test_54_an_audit_whose_tail_was_cut_is_found_against_the_backup(self, tmp_path):
        settings = Settings(data=tmp_path)
        with open_centre(tmp_path) as centre:
            for number in range(3):
                centre.services.audit.append("login", actor="system", about=str(number))
            write_backup(centre.services, tmp_path / "b.age")
        keys = {f.key: f.level for f in findings(settings, tmp_path / "b.age")}
        assert keys["cli.doctor.audit_tail"] is Level.OK

        with open_centre(tmp_path) as centre:
            audit = centre.services.couch.open("audit")
            last = audit.all_docs(include_docs=True, descending=True, limit=1)[0].doc
            audit.bulk_docs([{"_id": last["_id"], "_rev": last["_rev"], "_deleted": True}])
        keys = {f.key: f for f in findings(settings, tmp_path / "b.age")}
        assert keys["cli.doctor.audit"].level is Level.OK  # alone, the chain looks whole
        assert keys["cli.doctor.audit_tail"].level is Level.FAULT

    def test_a_backup_that_cannot_be_used_is_a_fault(self, tmp_path):
        with open_centre(tmp_path) as centre:
            write_backup(centre.services, tmp_path / "b.age")
        (tmp_path / "b.age").write_bytes((tmp_path / "b.age").read_bytes()[:-10])
        keys = {f.key: f.level for f in findings(Settings(data=tmp_path), tmp_path / "b.age")}
        assert keys["cli.doctor.backup_broken"] is Level.FAULT


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_says_what_it_is_for_and_the_readme_names_it(name):
    command = main.get_command(click.Context(main), name)
    assert command is not None
    parts = list(command.commands.values()) if isinstance(command, click.Group) else []
    assert [part.name for part in (command, *parts) if not (part.help or "").strip().endswith(".")] == []
    if name != "worker":  # `serve` starts it
        assert f"liandong {name}" in (ROOT / "README.md").read_text("utf-8")

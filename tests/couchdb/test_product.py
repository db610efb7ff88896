"""The product on a real CouchDB: set up with the least rights, backed up, restored, examined.

Set COUCHDB_URL, with an administrator's name and password in it.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.backup.restore import restore_backup
from server.backup.write import write_backup
from server.cli import main
from server.doctor import Level, findings
from server.opening import open_services
from server.settings import Settings
from server.store import open_store
from sync.couchdb import CouchServer, open_server
from sync.couchdb.address import parse_address
from sync.couchdb.connection import Connection
from sync.errors import Forbidden, Unauthorized
from sync.sqlite import open_server as open_sqlite
from tests.support.county import load_county, make_county

URL = os.environ.get("COUCHDB_URL", "")
PASSWORD = "dyke-reed-heron-59"

pytestmark = pytest.mark.skipif(not URL, reason="set COUCHDB_URL to a CouchDB, with its administrator")


@pytest.fixture
def store() -> Iterator[CouchServer]:
    """A county's server on the CouchDB; nothing of it is left behind."""
    opened = open_server(URL, prefix=f"t{secrets.token_hex(4)}-")
    yield opened
    opened.remove_everything()
    opened.close()


@pytest.fixture
def settings(store: CouchServer, tmp_path: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    return Settings(data=data, couch_url=URL, couch_prefix=store.prefix, port=0)


@pytest.fixture
def county(settings: Settings) -> Settings:
    make_county(settings.data, settings)
    return settings


class TestInit:
    """`liandong couchdb init`: idempotent, and the least rights (DESIGN 8)."""

    @pytest.fixture
    def user(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        for name in ("data", "couch_url", "couch_prefix"):
            monkeypatch.setenv(f"LIANDONG_{name.upper()}", str(getattr(settings, name)))
        (tmp_path / "password").write_text(PASSWORD)
        yield f"{settings.couch_prefix}web"
        _remove_user(f"{settings.couch_prefix}web")

    def init(self, user: str, tmp_path: Path) -> str:
        asked = ["couchdb", "init", "--user", user, "--password-file", str(tmp_path / "password")]
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == 0, done.output
        return done.output

    def as_web(self, user: str, prefix: str) -> CouchServer:
        address = parse_address(URL)
        scheme, _, host = address.origin.partition("://")
        return open_server(f"{scheme}://{user}:{PASSWORD}@{host}{address.path}", prefix=prefix)

    def test_a_second_time_nothing_is_changed(self, user, tmp_path):
        assert "+ " in self.init(user, tmp_path)
        again = self.init(user, tmp_path)
        assert "+ " not in again
        assert "nothing was changed" in again

    def test_a_web_node_writes_logs_reads_central_and_can_do_no_more(self, user, tmp_path, store):
        self.init(user, tmp_path)
        web = self.as_web(user, store.prefix)
        assert web.epoch == store.epoch
        for name in ("logs", "accounts", "audit"):
            assert web.open(name).bulk_docs([{"_id": "x"}])[0].is_ok
        assert web.open("central").bulk_docs([{"_id": "x"}])[0].error == "forbidden"
        with pytest.raises((Unauthorized, Forbidden)):
            web.create("feed")
        with pytest.raises((Unauthorized, Forbidden)):
            web.delete("logs")
        with pytest.raises((Unauthorized, Forbidden)):
            web.change_epoch()

    def test_a_feed_that_is_made_later_can_be_read_by_web_nodes_and_by_nobody_else(
        self, user, tmp_path, store
    ):
        self.init(user, tmp_path)
        store.create("catalog-1")
        assert self.as_web(user, store.prefix).open("catalog-1").info().doc_count == 0
        address = parse_address(URL)
        with pytest.raises((Unauthorized, Forbidden)):
            open_server(str(address)).open(store.place_of("catalog-1"))


class TestBackup:
    """One file that the embedded engine opens; a restore comes whole, by one write."""

    def test_a_backup_holds_every_document_with_its_history(self, store, tmp_path):
        peer = store.create("leads")
        [first] = peer.bulk_docs([{"_id": "a", "v": 1}])
        peer.bulk_docs([{"_id": "a", "_rev": first.rev, "v": 2}, {"_id": "t", "_deleted": True}])
        peer.put_local("cp", {"since": "3"})
        with_backup = open_server(
            URL, prefix=store.prefix, open_backup=lambda path, epoch: open_sqlite(path, epoch=epoch)
        )
        with_backup.backup_to(tmp_path / "copy.sqlite")
        copy = open_sqlite(tmp_path / "copy.sqlite")
        try:
            kept = copy.open("leads")
            assert (copy.epoch, copy.names()) == (store.epoch, ["leads"])
            assert kept.get("a") == peer.get("a")
            assert (kept.info().doc_count, kept.info().doc_del_count) == (1, 1)
            assert kept.get_local("cp")["since"] == "3"
            # What copied it is a replication, and leaves no log behind.
            assert (kept.get_local("copying"), peer.get_local("copying")) == (None, None)
        finally:
            copy.close()

    def test_restored_the_county_is_what_it_was_in_a_new_epoch(self, county: Settings, tmp_path: Path):
        services = open_services(county)
        before, epoch = services.couch.open("central").info().doc_count, services.epoch
        write_backup(services, tmp_path / "b.age")
        services.directory.add_member("came later")
        services.couch.close()

        report = restore_backup(county, tmp_path / "b.age")

        services = open_services(county)
        try:
            assert services.epoch == report.epoch != epoch
            assert services.couch.open("central").info().doc_count == before
            assert services.directory.member(load_county(county.data).clerk) is not None
            assert not (county.data / "couch.sqlite").exists()
        finally:
            services.couch.close()

    def test_a_server_that_runs_hears_of_the_new_life(self, county: Settings):
        running = open_store(county)
        before = running.open("central").info().doc_count
        assert before > 0
        other = open_store(county)
        other.bring_in(_empty(county.data))
        deadline_s = time.monotonic() + 5
        while running.epoch != other.epoch:
            assert time.monotonic() < deadline_s
        assert running.ensure("central").info().doc_count == 0
        running.close()
        other.close()


class TestDoctor:
    def test_it_tells_of_the_couchdb_and_of_its_copies(self, county: Settings):
        found = {finding.key: finding for finding in findings(county)}
        assert found["cli.doctor.couch"].level is Level.OK
        assert found["cli.doctor.couch_quorum"].level is Level.OK
        assert "cli.doctor.database" not in found

    def test_a_couchdb_that_does_not_answer_is_a_fault_and_not_a_traceback(self, county: Settings):
        gone = replace(county, couch_url="http://admin:x@127.0.0.1:1")
        levels = {finding.key: finding.level for finding in findings(gone)}
        assert levels["cli.doctor.couch_gone"] is Level.FAULT


def _remove_user(name: str) -> None:
    connection = Connection(parse_address(URL))
    found = connection.ask("GET", f"/_users/org.couchdb.user:{name}").json()
    connection.ask("DELETE", f"/_users/org.couchdb.user:{name}", {"rev": found["_rev"]}).json()
    connection.close()


def _empty(folder: Path):
    source = open_sqlite(folder / "empty.sqlite")
    source.create("central")
    return source

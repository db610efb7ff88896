"""A county moved from the embedded engine to a CouchDB, worked on there, and moved back."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.doctor import Level, findings
from server.identity.instants import now
from server.opening import open_services
from server.replication.census import census
from server.replication.places import without_password
from server.replication.whereabouts import MovedAway
from server.serve import only_server
from server.settings import Settings
from sync.couchdb import open_server as open_couchdb
from sync.sqlite import open_server
from tests.support.centre import until
from tests.support.entries import open_centre
from tests.support.memory_peer import MemoryPeer


@dataclass
class County:
    """A data folder and the CouchDB that its county may move to."""

    data: Path
    url: str
    prefix: str

    def migrate(self, place: object, *, from_couchdb: bool = False) -> Result:
        environment = {"LIANDONG_DATA": str(self.data), "LIANDONG_COUCH_PREFIX": self.prefix}
        environment["LIANDONG_COUCH_URL"] = self.url if from_couchdb else ""
        return CliRunner().invoke(main, ["migrate", "--to", str(place)], env=environment)

    def there(self):
        return open_couchdb(self.url, prefix=self.prefix)


@pytest.fixture
def county(tmp_path, couch_url, prefix):
    return County(tmp_path / "data", couch_url, prefix)


def work_here(data, **settings):
    """Let a member send a lead that is judged, and return the member and the lead."""
    with open_centre(data, **settings) as centre:
        phone = centre.phone()
        lead = phone.lead()
        centre.send(lead)
        centre.work()
        centre.services.directory.contacts.note(phone.device, "app-7", now())
        return phone.member, phone.device, lead["entry"]["id"]


class TestThereAndBack:
    """Issue: moves a county from the embedded engine to a CouchDB and back."""

    def test_the_county_goes_on_there_as_it_was(self, county):
        member, device, lead = work_here(county.data)
        said = county.migrate(county.url)
        assert (said.exit_code, "every document compared" in said.output) == (0, True)
        with open_centre(county.data, couch_url=county.url, couch_prefix=county.prefix) as centre:
            assert centre.services.directory.member(member) is not None
            assert centre.services.directory.device(device).app == "app-7"
            centre.work()
            assert centre.central(lead)["receipts"][-1]["verdict"] == "accepted"
            assert lead in centre.member_feed(member)

    def test_what_was_added_there_comes_back(self, county, tmp_path):
        _, _, first = work_here(county.data)
        county.migrate(county.url)
        _, _, second = work_here(county.data, couch_url=county.url, couch_prefix=county.prefix)
        back = tmp_path / "back.sqlite"
        assert county.migrate(back, from_couchdb=True).exit_code == 0
        server, there = open_server(back), county.there()
        assert {first, second} <= {row.id for row in server.open("central").all_docs()}
        for name in ("logs", "central", "accounts", "audit"):
            assert census(server.open(name)) == census(there.open(name))
        server.close()
        there.close()

    def test_the_file_that_it_came_from_takes_it_back(self, county):
        work_here(county.data)
        county.migrate(county.url)
        _, _, second = work_here(county.data, couch_url=county.url, couch_prefix=county.prefix)
        assert county.migrate(county.data / "couch.sqlite", from_couchdb=True).exit_code == 0
        with open_centre(county.data) as centre:
            centre.work()
            assert centre.central(second)["receipts"][-1]["verdict"] == "accepted"

    def test_killed_in_the_middle_it_goes_on_when_it_is_run_again(self, county, tmp_path):
        work_here(county.data)
        file, near = tmp_path / "there.sqlite", open_server(county.data / "couch.sqlite")
        there = open_server(file)
        for first in range(0, 6000, 500):
            near.open("logs").bulk_docs([{"_id": f"old:{n}", "n": n} for n in range(first, first + 500)])
        environment = os.environ | {"LIANDONG_DATA": str(county.data)}
        command = [sys.executable, "-m", "server.cli", "migrate", "--to", str(file)]
        process = subprocess.Popen(command, env=environment)
        until(lambda: "logs" in there.names() and there.open("logs").info().doc_count > 1000, timeout_s=60)
        process.kill()
        process.wait()
        epoch, began_with = there.epoch, there.open("logs").info().doc_count
        assert began_with < 6000
        assert county.migrate(file).exit_code == 0
        assert census(there.open("logs")) == census(near.open("logs"))
        assert there.epoch != epoch
        near.close()
        there.close()

    def test_a_new_epoch_begins_once(self, county):
        work_here(county.data)
        first = county.migrate(county.url)
        there = county.there()
        epoch = there.epoch
        assert epoch in first.output
        again = county.migrate(county.url)
        assert (again.exit_code, "moved before" in again.output) == (0, True)
        assert there.epoch == epoch
        there.close()


class TestTheOldPlace:
    """A store that the county left opens no more, until the county comes back or a person says so."""

    def open_here(self, county, command):
        environment = {"LIANDONG_DATA": str(county.data), "LIANDONG_COUCH_URL": "", "LIANDONG_PORT": "0"}
        return CliRunner().invoke(main, command, env=environment)

    @pytest.mark.parametrize(
        "command", [["serve"], ["worker"], ["rebuild"], ["migrate", "--to", "other.sqlite"]]
    )
    def test_it_says_where_the_county_is_and_opens_no_more(self, county, command, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        work_here(county.data)
        county.migrate(county.url)
        said = self.open_here(county, command)
        assert said.exit_code == 1
        place = f"{without_password(county.url)} (LIANDONG_COUCH_PREFIX={county.prefix})"
        assert f"the county was moved to {place}" in said.output
        assert county.url.split("@")[0].rpartition(":")[2] not in said.output

    def test_a_couchdb_that_it_left_opens_no_more_either_and_until_it_comes_back(self, county, tmp_path):
        work_here(county.data)
        county.migrate(county.url)
        there = {"couch_url": county.url, "couch_prefix": county.prefix}
        county.migrate(county.data / "couch.sqlite", from_couchdb=True)
        with pytest.raises(MovedAway, match=r"couch\.sqlite"):
            open_services(Settings(data=county.data, **there))
        work_here(county.data)
        assert county.migrate(county.url).exit_code == 0
        open_services(Settings(data=county.data, **there)).couch.close()

    def test_coming_back_begins_a_new_epoch_even_when_nothing_was_written(self, county):
        work_here(county.data)
        county.migrate(county.url)
        there = county.there()
        first = there.epoch
        county.migrate(county.data / "couch.sqlite", from_couchdb=True)
        assert "The new epoch is" in county.migrate(county.url).output
        until(lambda: there.epoch != first)
        there.close()

    def test_undone_the_county_counts_here_again_in_a_new_epoch(self, county):
        work_here(county.data)
        with open_centre(county.data) as centre:
            epoch = centre.services.epoch
        county.migrate(county.url)
        assert "the county counts here again" in self.open_here(county, ["migrate", "--undo"]).output
        with open_centre(county.data) as centre:
            assert centre.services.epoch != epoch
        assert "nothing was changed" in self.open_here(county, ["migrate", "--undo"]).output

    def test_doctor_tells_it_as_a_fault(self, county):
        work_here(county.data)
        county.migrate(county.url)
        levels = {finding.key: finding.level for finding in findings(Settings(data=county.data))}
        assert levels["migrate.moved_away"] is Level.FAULT

    def test_to_or_undo_is_wanted_and_not_both(self, county):
        assert self.open_here(county, ["migrate"]).exit_code == 2
        assert self.open_here(county, ["migrate", "--undo", "--to", "x.sqlite"]).exit_code == 2


class TestRefusals:
    """Nothing is moved where it could harm, and what is moved is proved."""

    def test_a_running_server_is_not_moved(self, county):
        work_here(county.data)
        with only_server(Settings(data=county.data)):
            said = county.migrate(county.url)
        assert said.exit_code == 1
        assert "a server already runs" in said.output
        assert county.there().names() == []

    def test_another_countys_place_is_left_alone(self, county, tmp_path):
        work_here(county.data)
        other = tmp_path / "other.sqlite"
        theirs = open_server(other)
        theirs.create("accounts").bulk_docs([{"_id": "member:1"}])
        said = county.migrate(other)
        assert (said.exit_code, "another county" in said.output) == (1, True)
        assert theirs.names() == ["accounts"]
        theirs.close()

    def test_a_document_too_many_there_is_noticed(self, county):
        work_here(county.data)
        county.migrate(county.url)
        there = county.there()
        there.open("central").bulk_docs([{"_id": "a stranger"}])
        said = county.migrate(county.url)
        assert (said.exit_code, "central is not the same on both sides" in said.output) == (1, True)
        there.close()

    def test_where_the_county_is_it_cannot_be_moved_to(self, county):
        work_here(county.data)
        assert county.migrate(county.data / "couch.sqlite").exit_code == 2
        assert county.migrate(county.url, from_couchdb=True).exit_code == 2

    def test_no_password_is_shown(self, county):
        work_here(county.data)
        password = county.url.split("@")[0].rpartition(":")[2]
        assert password not in county.migrate(county.url).output


class TestCensus:
    """Verified count and hash: the same for the same leaves, another for any other."""

    def filled(self, *docs, new_edits=False):
        peer = MemoryPeer("a")
        peer.bulk_docs(docs, new_edits=new_edits)
        return census(peer)

    def test_the_order_of_writing_does_not_matter(self):
        one, two = (
            {"_id": "a", "_rev": f"1-{'a' * 32}", "n": 1},
            {"_id": "b", "_rev": f"1-{'b' * 32}", "n": 2},
        )
        assert self.filled(one, two) == self.filled(two, one)
        assert self.filled(one, two)[:2] == (2, 2)

    @pytest.mark.parametrize(
        "other",
        [
            {"_id": "a", "_rev": f"1-{'a' * 32}", "n": 2},
            {"_id": "a", "_rev": f"1-{'b' * 32}", "n": 1},
            {"_id": "b", "_rev": f"1-{'a' * 32}", "n": 1},
            {"_id": "a", "_rev": f"1-{'a' * 32}", "n": 1, "_deleted": True},
        ],
    )
    def test_body_revision_id_and_deletion_all_count(self, other):
        assert self.filled({"_id": "a", "_rev": f"1-{'a' * 32}", "n": 1}).sha256 != self.filled(other).sha256

    def test_conflicting_leaves_count(self):
        leaves = [{"_id": "a", "_rev": f"1-{x * 32}"} for x in "ab"]
        assert self.filled(*leaves)[:2] == (1, 2)
        assert self.filled(*leaves) != self.filled(leaves[0])

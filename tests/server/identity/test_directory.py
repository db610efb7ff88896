"""Members, devices and grants: names sealed, grants with from and to, memory that follows the database."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from server.identity.accounts import Accounts
from server.identity.crypto import KeyRing, SealBroken, ServerKey
from server.identity.directory import Directory, LoginTaken
from server.identity.grants import Grant
from server.identity.members import NewMember
from server.identity.people_journal import PeopleJournal
from server.records.names import MEMBER_PATTERN
from server.records.signing import SigningKey
from sync.errors import Conflict
from sync.peer import Server

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
STATION = "01hxxxxxxxxxxxxxxxxxxxxxxx"


def a_key() -> dict[str, str]:
    return SigningKey.generate().public_jwk()


def a_device(directory: Directory, member: str = "m1", label: str = "") -> str:
    device = directory.register_device(member=member, sign_key=a_key(), agree_key=a_key(), label=label)
    return device.id


class TestMembers:
    def test_a_member_is_found_under_an_opaque_id(self, directory):
        member = directory.add_member("王秀英", language="en")

        assert directory.member(member.id) == member
        assert MEMBER_PATTERN.fullmatch(member.id)
        assert (member.name, member.language, member.is_active) == ("王秀英", "en", True)
        assert directory.member("m-unknown") is None

    def test_a_login_name_belongs_to_one_member(self, directory):
        directory.add_member("王秀英", login="Wang", password="reed-heron-dyke")

        with pytest.raises(LoginTaken):
            directory.add_member("王大力", login=" wang", password="reed-heron-dyke")
        assert [member.name for member in directory.members()] == ["王秀英"]

    def test_many_are_added_in_one_commit_and_none_when_one_exists(self, directory):
        people = [NewMember(name=f"人{n}", member_id=f"m{n}") for n in range(300)]
        directory.add_members(people)
        assert len(directory.members()) == 300

        with pytest.raises(Conflict):
            directory.add_members([NewMember(name="人", member_id="m7")])
        assert directory.member("m7").name == "人7"

    def test_neither_names_nor_labels_nor_logins_are_readable_in_the_file(self, directory, couch, tmp_path):
        directory.add_member("王秀英", login="wangxiuying", password="reed-heron-dyke")
        a_device(directory, label="王秀英的手机")
        couch.close()

        kept = b"".join(path.read_bytes() for path in tmp_path.glob("couch.sqlite*"))
        assert b"added_at" in kept  # what is not sealed can be read, so this test can fail
        for text in ("王秀英", "wangxiuying", "reed-heron-dyke", "手机"):
            assert text.encode() not in kept
            assert text.encode("unicode_escape").replace(b"\\", b"\\\\") not in kept

    def test_another_secret_opens_no_name(self, directory, couch, people):
        directory.add_member("王秀英")

        with pytest.raises(SealBroken):
            Directory(Accounts(couch, people), KeyRing(b"x" * 32), directory.server_key)

    def test_a_sealed_name_cannot_be_moved_to_another_member(self):
        ring = KeyRing(b"x" * 32)

        with pytest.raises(SealBroken):
            ring.unseal(ring.seal("王秀英", about="member:a"), about="member:b")


class TestOtherProcesses:
    """One node runs web, worker and command line; each has its own memory."""

    @pytest.mark.parametrize("check_every_s", [0.0, 1e9], ids=["by looking", "by being told"])
    def test_what_one_writes_the_other_knows_soon(self, directory, new_directory, monkeypatch, check_every_s):
        elsewhere = new_directory()
        monkeypatch.setattr("server.identity.accounts.CHECK_EVERY_S", check_every_s)
        member = directory.add_member("王秀英")
        device = a_device(directory, member.id)
        directory.revoke_device(device, MARCH, "m-officer")

        deadline = time.monotonic() + 5
        while elsewhere.member(member.id) is None or not elsewhere.device(device):
            assert time.monotonic() < deadline
            time.sleep(0.01)

        assert elsewhere.member(member.id).name == "王秀英"
        assert elsewhere.device(device).revoked_at == "2026-03-01T00:00:00.000Z"

    def test_an_older_answer_of_the_feed_does_not_undo_a_newer_write(self, directory, monkeypatch):
        device = a_device(directory)
        before = directory.accounts.find(f"device:{device}")
        directory.revoke_device(device, MARCH, "m-officer")
        monkeypatch.setattr(directory.accounts, "refresh", lambda: None)  # which would hide it

        directory.accounts._take_in(before)

        assert directory.device(device).is_revoked is True


class TestDevices:
    def test_the_desk_of_any_epoch_answers_with_the_servers_key(self, directory):
        desk = directory.device("desk-0123456789ab")

        assert (desk.kind, desk.sign_key) == ("desk", directory.server_key.public_jwk)
        assert directory.device("desk-ffffffffffff").sign_key == desk.sign_key
        assert directory.device("desk-x").kind == "desk"

    def test_the_first_revocation_stays(self, directory):
        device = a_device(directory)

        directory.revoke_device(device, APRIL, "m-a")
        directory.revoke_device(device, MAY, "m-b")

        assert directory.device(device).revoked_at == "2026-04-01T00:00:00.000Z"
        assert directory.device(device).revoked_by == "m-a"

    def test_devices_of_a_member_are_listed_the_newest_first(self, directory):
        first, second = a_device(directory, "m1"), a_device(directory, "m1")
        a_device(directory, "m2")

        assert [device.id for device in directory.devices("m1")] == [second, first]
        assert len(directory.devices()) == 3

    def test_a_contact_is_written_at_most_once_a_minute(self, directory, clock):
        device, contacts = a_device(directory), directory.contacts
        contacts.note(device, "build-1", clock())
        clock.forward(seconds=59)
        contacts.note(device, "build-1", clock())
        assert directory.device(device).last_contact_at == "2026-11-23T06:00:00.000Z"

        clock.forward(seconds=2)
        contacts.note(device, "build-1", clock())

        assert directory.device(device).last_contact_at == "2026-11-23T06:01:01.000Z"
        assert directory.device(device).app == "build-1"


class TestGrants:
    """ARCHITECTURE, Contracts, "Names"."""

    def test_a_grant_is_in_force_from_its_beginning_until_before_its_end(self):
        grant = Grant("g1", "m1", "volunteer", "self", "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z")

        moments = (
            "2026-03-01T07:59:59.999+08:00",
            "2026-03-01T08:00:00.000+08:00",
            "2026-03-31T23:59:59.999Z",
            "2026-04-01T00:00:00Z",
        )
        assert [grant.is_in_force(moment) for moment in moments] == [False, True, True, False]

    def test_past_grants_are_kept(self, directory):
        grant = directory.add_grant("m1", "volunteer", "self", MARCH)
        directory.end_grant(grant.id, APRIL)
        directory.add_grant("m1", "supervisor", f"station:{STATION}", MAY)

        assert [(g.role, g.valid_from[:10], (g.valid_to or "")[:10]) for g in directory.grants("m1")] == [
            ("volunteer", "2026-03-01", "2026-04-01"),
            ("supervisor", "2026-05-01", ""),
        ]
        assert directory.grants_in_force("m1", APRIL) == []

    def test_an_end_is_never_moved_later(self, directory):
        grant = directory.add_grant("m1", "volunteer", "self", MARCH, APRIL)

        directory.end_grant(grant.id, MAY)

        assert directory.grants("m1")[0].valid_to == "2026-04-01T00:00:00.000Z"

    def test_no_person_is_the_machine(self, directory):
        for role in ("system", "admin"):
            with pytest.raises(ValueError, match="no such role"):
                directory.add_grant("m1", role, "county", MARCH)

    def test_audiences_follow_from_grants(self, directory):
        member = directory.add_member("王秀英").id
        own = {"catalog", f"member-{directory.alias('feed', member)}"}
        assert directory.audiences(member, MAY) == own
        directory.add_grant(member, "supervisor", f"station:{STATION}", MARCH, APRIL)
        directory.add_grant(member, "township_staff", "township:371425104", APRIL)
        directory.add_grant(member, "agency_liaison", f"unit:{STATION}", APRIL)
        directory.add_grant(member, "prosecutor", "county", MARCH)

        assert directory.audiences(member, MARCH) == own | {f"station-{STATION}"}
        assert directory.audiences(member, MAY) == own | {"township-371425104", f"unit-{STATION}"}

    def test_who_is_retired_or_unknown_reads_nothing(self, directory):
        member = directory.add_member("王秀英").id
        directory.retire_member(member, MARCH)

        assert directory.audiences(member, MAY) == set()
        assert directory.audiences("m-unknown", MAY) == set()

    def test_a_tablet_reads_what_is_granted_to_itself(self, directory):
        member = directory.add_member("王秀英").id
        tablet = directory.register_device(member=member, sign_key=a_key(), agree_key=a_key(), kind="tablet")
        directory.add_grant(tablet.id, "supervisor", f"station:{STATION}", MARCH)

        assert f"station-{STATION}" in directory.device_audiences(tablet, MAY)
        assert f"station-{STATION}" not in directory.audiences(member, MAY)


class TestKeys:
    def test_an_alias_is_another_for_each_audience_and_member(self):
        ring = KeyRing(bytes(range(32)))

        aliases = {ring.alias(key, member) for key in ("feed", "station-x") for member in ("m1", "m2")}
        assert len(aliases) == 4
        assert ring.alias("feed", "m1") == "7c4eb9a37b5fd1fdc27f"

    def test_processes_that_start_at_once_get_one_key(self, tmp_path):
        path = tmp_path / "keys" / "server.pem"
        keys = [ServerKey.load_or_make(path) for _ in range(2)]

        assert keys[0].public_jwk == keys[1].public_jwk
        assert path.stat().st_mode & 0o777 == 0o600
        assert [p.name for p in path.parent.iterdir()] == ["server.pem"]

    def test_a_secret_of_the_wrong_length_is_refused(self):
        with pytest.raises(ValueError, match="16 bytes"):
            KeyRing(b"x" * 16)


def test_lookups_are_cheap_enough_for_every_request(couch: Server, people: PeopleJournal) -> None:
    directory = Directory(Accounts(couch, people), KeyRing(b"x" * 32), ServerKey(SigningKey.generate()))
    members = directory.add_members([NewMember(name=f"人{n}") for n in range(500)])
    directory.add_grants([directory.new_grant(member.id, "volunteer", "self", MARCH) for member in members])
    began = time.perf_counter()
    for member in members:
        directory.audiences(member.id, MAY)

    assert (time.perf_counter() - began) / 500 < 0.002  # some 10 µs on an idle machine
    couch.close()

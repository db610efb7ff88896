"""Restore: a new epoch, nothing lost that still exists, nothing false said meanwhile (DESIGN 3, "Epoch")."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from server.backup.archive import BackupError, Manifest, Member, write_archive
from server.backup.keys import county_recipient
from server.backup.restore import restore_backup
from server.backup.write import write_backup
from server.gateway.state_content import state_content
from server.settings import Settings
from tests.server.backup.conftest import PHOTO, beside, clerk, send_photo, tree
from tests.support.centre import until
from tests.support.entries import CentreInTest, FieldDevice, ago, instant, open_centre, photo
from tests.support.server_process import ServerProcess


def first_record(phone: FieldDevice) -> str:
    return str(phone.log.documents[0]["entry"]["id"])


def ack_of(centre: CentreInTest, phone: FieldDevice) -> dict | None:
    device = centre.services.directory.device_at_once(phone.device)
    assert device is not None
    return state_content(centre.services, device, None)["ack"]


class TestRestoreAfterABackupOfARunningServer:
    @pytest.fixture
    def epoch(self, data: Path, phone: FieldDevice, tmp_path: Path) -> str:
        """Back up while the server runs; afterwards a lead comes in and the clerk registers the first."""
        process = ServerProcess(data)
        process.start()
        process.command("backup", str(tmp_path / "b.age"))
        with beside(data) as centre:
            centre.send(phone.lead())
            centre.people["clerk"] = clerk(centre)
            ref = centre.step(first_record(phone), "register", to="registered")
            until(lambda: centre.services.readmodel.has_folded(ref.device, ref.entry, ref.hash))
            until(lambda: (ack_of(centre, phone) or {}).get("through") == 2)
            epoch = centre.services.epoch
        process.stop()
        return epoch

    @pytest.mark.parametrize("keep_logs", [False, True])
    def test_all_that_still_exists_is_there_in_a_new_epoch(self, data, phone, tmp_path, epoch, keep_logs):
        report = restore_backup(Settings(data=data), tmp_path / "b.age", keep_logs=keep_logs)

        assert report.epoch != epoch
        assert report.is_entered is True
        assert report.kept_logs == (3 if keep_logs else 0)  # the lead, the step, the note of the backup
        assert report.replayed == (0 if keep_logs else 2)
        assert (Path(report.set_aside) / "couch.sqlite").exists()
        with open_centre(data) as centre:
            assert ack_of(centre, phone) is None  # nothing is acknowledged before all logs are read again
            centre.work()
            assert ack_of(centre, phone)["through"] == (2 if keep_logs else 1)
            row = centre.services.readmodel.record(first_record(phone))
            assert row.state.state == "registered"
            stored = centre.services.media.store.path(hashlib.sha256(PHOTO).hexdigest())
            assert stored.read_bytes() == PHOTO
            if not keep_logs:
                centre.send(phone.log.documents[1])  # the phone sends again what the ack lacks
                centre.work()
            assert ack_of(centre, phone)["through"] == 2

    def test_a_lost_data_folder_comes_back_whole_and_private(self, data, phone, tmp_path, epoch):
        key = tmp_path / "kept-elsewhere.txt"
        key.write_text((data / "backup-identity.txt").read_text())
        report = restore_backup(Settings(data=tmp_path / "new"), tmp_path / "b.age", identity=key)

        assert report.is_entered is False  # no journal is left that could name the file
        assert (tmp_path / "new" / "keys" / "secret.hex").stat().st_mode & 0o777 == 0o600
        with open_centre(tmp_path / "new") as centre:
            centre.work()
            assert ack_of(centre, phone)["through"] == 1
            assert centre.central(first_record(phone))["media"][0]["state"] == "verified"
            stored = centre.services.media.store.path(hashlib.sha256(PHOTO).hexdigest())
            assert stored.read_bytes() == PHOTO

    def test_a_running_server_is_not_restored_under(self, data, phone, tmp_path, epoch):
        process = ServerProcess(data)
        process.start()
        with pytest.raises(BackupError, match="is running on this data folder; stop it"):
            restore_backup(Settings(data=data), tmp_path / "b.age")
        process.stop()


class TestPeople:
    """A restore gives nobody back what was taken since; DESIGN 7: revocation."""

    @pytest.mark.parametrize("keep_logs", [False, True])
    def test_members_devices_grants_and_revocations_since_the_backup_are_put_back(
        self, data, phone, tmp_path, keep_logs
    ):
        with open_centre(data) as centre:
            write_backup(centre.services, tmp_path / "b.age")
            later = centre.phone()
            centre.services.directory.revoke_device(phone.device, ago(), "system")
        report = restore_backup(Settings(data=data), tmp_path / "b.age", keep_logs=keep_logs)
        # The member, both grants, the device; the device revoked.
        assert report.people == 5
        with open_centre(data) as centre:
            directory = centre.services.directory
            assert directory.device(phone.device).is_revoked is True
            assert directory.device(later.device).member == later.member
            assert [grant.role for grant in directory.grants(later.member)] == ["volunteer", "participant"]

    def test_a_secret_that_was_replaced_since_the_backup_stays_lost(self, data, phone, tmp_path):
        station = "station:" + "0" * 26
        with open_centre(data) as centre:
            write_backup(centre.services, tmp_path / "b.age")
            centre.services.directory.station_secrets.replace(station, ago(), "system")
        restore_backup(Settings(data=data), tmp_path / "b.age")
        with open_centre(data) as centre:
            assert centre.services.directory.station_secrets.current(station).number == 2

    def test_what_a_phone_enrolled_since_has_sent_counts_after_a_restore_without_logs(
        self, data, phone, tmp_path
    ):
        with open_centre(data) as centre:
            write_backup(centre.services, tmp_path / "b.age")
            later = centre.phone()
            sent = later.lead()
            centre.send(sent)
            centre.work()
        restore_backup(Settings(data=data), tmp_path / "b.age")
        with open_centre(data) as centre:
            centre.send(sent)
            centre.work()
            assert centre.central(sent["entry"]["id"])["receipts"][-1]["verdict"] == "accepted"

    def test_what_a_crash_kept_from_the_journal_is_noted_by_the_next_start_of_the_worker(
        self, data, phone, tmp_path
    ):
        with open_centre(data) as centre:
            write_backup(centre.services, tmp_path / "b.age")
            later = centre.phone()
        (data / "journal" / "people.jsonl").write_bytes(b'{"secret": "cut sho')
        process = ServerProcess(data)
        process.start()
        process.stop()

        restore_backup(Settings(data=data), tmp_path / "b.age")
        with open_centre(data) as centre:
            assert centre.services.directory.device(later.device).member == later.member

    def test_an_older_state_in_the_backups_own_part_of_the_journal_undoes_nothing(
        self, data, phone, tmp_path
    ):
        with open_centre(data) as centre:
            directory = centre.services.directory
            directory.revoke_device(phone.device, ago(), "system")
            write_backup(centre.services, tmp_path / "b.age")
        assert restore_backup(Settings(data=data), tmp_path / "b.age").people == 0
        with open_centre(data) as centre:
            assert centre.services.directory.device(phone.device).is_revoked is True

    def test_nobody_is_signed_in_by_a_restore(self, data, phone, tmp_path):
        with open_centre(data) as centre:
            services = centre.services
            token = services.device_sessions.begin(services.directory.device(phone.device))
            services.directory.add_member("王检察官", login="wang", password="reed-heron-dyke-59")
            console, _ = services.console_sessions.sign_in("wang", "reed-heron-dyke-59", address="127.0.0.1")
            write_backup(services, tmp_path / "b.age")
        restore_backup(Settings(data=data), tmp_path / "b.age")
        with open_centre(data) as centre:
            assert centre.services.device_sessions.device(token) is None
            assert centre.services.console_sessions.session(console) is None


class TestWhatABackupCovers:
    """DESIGN 2, "Push": nothing leaves the phone before `backed_up_through` covers it."""

    def test_only_backups_of_the_present_epoch_count(self, data, phone, tmp_path):
        covered = []
        for name in ("one", "two"):
            with open_centre(data) as centre:
                centre.work()
                covered.append(ack_of(centre, phone)["backed_up_through"])
                write_backup(centre.services, tmp_path / name)
                centre.work()
                covered.append(ack_of(centre, phone)["backed_up_through"])
            restore_backup(Settings(data=data), tmp_path / "one")

        assert covered == [0, 1, 0, 1]

    def test_what_was_still_on_its_way_is_not_covered(self, data, phone, tmp_path):
        with open_centre(data) as centre:
            late = phone.lead()
            late["received_at"] = instant(ago(seconds=5))
            centre.send(late)
            write_backup(centre.services, tmp_path / "b.age")
            centre.work()
            assert ack_of(centre, phone)["backed_up_through"] == 1

    def test_an_entry_whose_photo_came_after_the_backup_is_not_covered(self, data, phone, tmp_path):
        with open_centre(data) as centre:
            lead = phone.lead(media=[photo(PHOTO)], no_photo_reason=None)
            lead["received_at"] = instant(ago(minutes=5))
            centre.send(lead)
            write_backup(centre.services, tmp_path / "b.age")
            centre.work()
            assert ack_of(centre, phone)["backed_up_through"] == 2  # no photo is there to be forgotten

            send_photo(centre, lead, minutes_ago=0)
            centre.work()
            assert ack_of(centre, phone)["backed_up_through"] == 1


class TestTamperedBackup:
    """ATTACKS 7, case 55: restore refuses, and the data are as they were."""

    @pytest.fixture
    def backup(self, data: Path, phone: FieldDevice, tmp_path: Path) -> Path:
        with open_centre(data) as centre:
            write_backup(centre.services, tmp_path / "b.age")
        return tmp_path / "b.age"

    @pytest.mark.parametrize("place", [0.01, 0.5, 0.999])
    def test_55_one_changed_byte(self, data, backup, place):
        raw, before = bytearray(backup.read_bytes()), tree(data)
        raw[int(len(raw) * place)] ^= 1
        backup.write_bytes(raw)
        with pytest.raises(BackupError):
            restore_backup(Settings(data=data), backup)
        assert tree(data) == before

    def test_55_a_file_cut_short(self, data, backup):
        before = tree(data)
        backup.write_bytes(backup.read_bytes()[:-70_000])
        with pytest.raises(BackupError):
            restore_backup(Settings(data=data), backup)
        assert tree(data) == before

    def test_55_a_name_that_leads_out_of_the_folder(self, data, backup, tmp_path):
        (tmp_path / "evil").write_bytes(b"x")
        member = Member("../evil-came-out", 1, hashlib.sha256(b"x").hexdigest())
        recipient = county_recipient(Settings(data=data))
        before = tree(data)
        write_archive(backup, Manifest("t", "e", (member,)), [(member.name, tmp_path / "evil")], [recipient])
        with pytest.raises(BackupError, match="points outside the data folder"):
            restore_backup(Settings(data=data), backup)
        assert tree(data) == before
        assert not (data / "evil-came-out").exists()

    def test_55_a_whole_file_that_nobody_here_made_is_told(self, data, backup):
        """age hides, and does not say who wrote: whoever has the public key can make a readable file."""
        with open_centre(data) as centre:
            write_backup(centre.services, backup)
        (data / "journal" / next(p.name for p in (data / "journal").glob("*.jsonl"))).unlink()
        assert restore_backup(Settings(data=data), backup).is_entered is False

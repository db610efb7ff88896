"""A restore that is killed at any moment: the old data or the new, never a mixture, never neither."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from server.backup.restore import finish_restore
from server.backup.swap import HalfRestored
from server.backup.write import write_backup
from server.opening import open_services
from server.settings import Settings
from tests.support.entries import CentreInTest, FieldDevice, open_centre

KILLED_AT_RENAME = """
import os, signal, sys
from pathlib import Path
from server.backup.restore import restore_backup
from server.settings import Settings
left, rename = int(sys.argv[3]), Path.rename
def one_of_them(path, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return rename(path, target)
Path.rename = one_of_them
restore_backup(Settings(data=Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.fixture
def backup(data: Path, phone: FieldDevice, tmp_path: Path) -> Path:
    """A backup of one lead; afterwards a second came in."""
    with open_centre(data) as centre:
        write_backup(centre.services, tmp_path / "b.age")
        centre.send(phone.lead())
    return tmp_path / "b.age"


def restore_killed(data: Path, backup: Path, at: int) -> int:
    command = [sys.executable, "-c", KILLED_AT_RENAME, str(data), str(backup), str(at)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def what_is_there(data: Path, phone: FieldDevice) -> tuple[str, int]:
    """Return the epoch, and how many leads of the phone are in its logs."""
    services = open_services(Settings(data=data))
    try:
        centre = CentreInTest(services)
        assert centre.services.directory.device(phone.device) is not None  # the keys fit the accounts
        rows = services.couch.open("logs").all_docs(start=f"{phone.device}:", end=f"{phone.device};")
        return services.epoch, len(rows)
    finally:
        services.readmodel.close()
        services.couch.close()


def test_killed_at_any_rename_it_is_the_old_or_finished_to_the_new(data, phone, backup, tmp_path):
    old = what_is_there(data, phone)
    outcomes = []
    for at in count():
        copy = tmp_path / f"copy-{at}"
        shutil.copytree(data, copy)
        code = restore_killed(copy, backup, at)
        outcomes.append(_outcome(copy, phone, old))
        if code == 0:
            break
        assert code == -signal.SIGKILL

    assert outcomes[0] == "the old"  # before the marker: nothing has moved
    assert set(outcomes[1:-1]) == {"finished to the new"}
    assert outcomes[-1] == "the new"
    assert len(outcomes) >= 6


def _outcome(data: Path, phone: FieldDevice, old: tuple[str, int]) -> str:
    if is_half := (data / "restore-under-way.json").exists():
        with pytest.raises(HalfRestored, match="nothing is lost"):
            open_services(Settings(data=data))
        aside = finish_restore(Settings(data=data))
        assert aside is not None
        assert (aside / "couch.sqlite").exists()
    assert finish_restore(Settings(data=data)) is None
    epoch, leads = what_is_there(data, phone)
    if (epoch, leads) == old:
        return "the old"
    assert epoch != old[0]
    assert leads == 1
    return "finished to the new" if is_half else "the new"


def test_the_next_command_finishes_it_and_says_so_in_a_line(data, phone, backup):
    assert restore_killed(data, backup, 2) == -signal.SIGKILL
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "doctor"],
        env={"LIANDONG_DATA": str(data), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a restore that had been cut off was finished first; the former data are in" in done.stdout
    assert done.stderr == ""


def test_what_was_unpacked_before_a_kill_is_cleared_away_by_the_next_restore(data, phone, backup):
    assert restore_killed(data, backup, 0) == -signal.SIGKILL
    assert len(list(data.glob(".incoming-*"))) == 1
    assert restore_killed(data, backup, 99) == 0
    assert list(data.glob(".incoming-*")) == []

"""A backup is older than what was erased since: a restore erases it again before anything is served."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.backup.restore import restore_backup
from server.backup.write import write_backup
from server.settings import Settings
from tests.server.retention.ended_order import act, ended_order, holding
from tests.support.entries import open_centre


@pytest.mark.parametrize("keep_logs", [False, True])
def test_what_was_erased_since_the_backup_is_erased_again(tmp_path: Path, keep_logs: bool):
    data, file = tmp_path / "data", tmp_path / "before.age"
    data.mkdir()
    with open_centre(data) as centre:
        ended = ended_order(centre, held_for_days=89)
        write_backup(centre.services, file)
        act(centre, ended.order, "hold", reason="期满", fields={"hold_until": "2020-01-01"})
        centre.work()
        assert holding(data, ended.secrets) == []

    restore_backup(Settings(data=data), file, keep_logs=keep_logs)

    # Nobody has opened the data since: no worker, no web.
    assert holding(data, ended.secrets) == []
    with open_centre(data) as centre:
        centre.work()
        assert holding(data, ended.secrets) == []
        doc = centre.central(ended.events[0]["entry"]["id"])
        assert (doc["parts"], doc["media"][0]["state"]) == ({}, "erased")
        assert doc["receipts"][-1]["verdict"] == "accepted"
        orders = centre.services.directory.device(ended.phone.device).orders
        assert [order["kind"] for order in orders] == ["erase"]

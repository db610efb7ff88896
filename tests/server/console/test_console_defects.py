"""What our own program stumbled over is said where people look every day (STYLE, "Errors")."""

from __future__ import annotations

import errno
import re

import pytest

from server.readmodel import recording
from sync.errors import StorageFailed
from tests.support.console_rig import ConsoleRig


class TestDefects:
    def test_the_dashboard_says_that_records_are_not_shown_as_they_should(
        self, rig: ConsoleRig, monkeypatch: pytest.MonkeyPatch
    ):
        clerk, phone = rig.as_role("intake_clerk"), rig.centre.phone()
        assert "没有显示完整" not in clerk.text("/console/dashboard")

        def failing(*_documents):
            raise KeyError("a member that nobody thought of")

        monkeypatch.setattr(recording, "folded", failing)
        rig.centre.send(phone.lead())
        rig.centre.work()

        assert "有 1 条记录因程序出错没有显示完整" in clerk.text("/console/dashboard")


class TestFailuresInWords:
    """LOOK, "Words": an error says what happened, where the work is, what to do; to a person never JSON."""

    @pytest.mark.parametrize(
        ("raised", "status", "words"),
        [
            (StorageFailed("database or disk is full"), 507, "服务器的磁盘写不进去"),
            (OSError(errno.ENOSPC, "No space left on device"), 507, "服务器的磁盘写不进去"),
            (KeyError("nobody thought of it"), 500, "这一步没有做成"),
        ],
    )
    def test_a_step_that_cannot_be_stored_is_told_beside_the_form(
        self, rig: ConsoleRig, ids, monkeypatch, raised, status, words
    ):
        clerk = rig.as_role("intake_clerk")

        def failing(*_args, **_options):
            raise raised

        monkeypatch.setattr(rig.centre.services.desk, "append_many", failing)
        path = f"/console/leads/{ids.lead}"
        base = re.findall(r'name="base" value="([0-9a-f,]+)"', clerk.text(path))[0]
        page = clerk.post(f"{path}/steps", action="register", base=base, htmx=True)
        assert (page.status_code, page.headers.get("HX-Retarget")) == (status, "#problem")
        assert words in page.text
        whole = clerk.post(f"{path}/steps", action="register", base=base)
        assert "<title>" in whole.text
        assert words in whole.text

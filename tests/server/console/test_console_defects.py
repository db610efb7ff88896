"""What our own program stumbled over is said where people look every day (STYLE, "Errors")."""

from __future__ import annotations

import pytest

from server.readmodel import recording
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

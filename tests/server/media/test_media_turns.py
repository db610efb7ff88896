"""Decoding has few turns, and whoever waits for one is told when it takes too long."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from server.media import turns
from server.media.turns import a_turn
from sync.errors import Overloaded


class TestTurns:
    def test_a_third_waits_until_one_of_two_is_done(self):
        entered = threading.Event()

        def third() -> None:
            with a_turn():
                entered.set()

        with ExitStack() as held:
            held.enter_context(a_turn())
            with a_turn():
                thread = threading.Thread(target=third)
                thread.start()
                assert not entered.wait(0.05)
            assert entered.wait(5)
            thread.join()

    def test_waiting_too_long_is_an_overload(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(turns, "PATIENCE_S", 0.0)

        with a_turn(), a_turn(), pytest.raises(Overloaded), a_turn():
            pass

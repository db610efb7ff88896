"""`serve` and what it started: a process that dies alone comes back, one that never came up does not."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter

import pytest

from server import serve as serving
from server.settings import Settings

SLEEPER = ["http.server", "0", "--bind", "127.0.0.1"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is started; the first web process is killed at once, the second ends the test."""
    count: Counter[str] = Counter()
    really_start = serving._start

    def start(name, settings, lifeline):  # type: ignore[no-untyped-def]
        child = really_start(name, settings, lifeline)
        count[name] += 1
        if name == "web":
            after = child.kill if count["web"] == 1 else lambda: os.kill(os.getpid(), signal.SIGTERM)
            threading.Timer(0.5, after).start()
        return child

    monkeypatch.setattr(serving, "MODULES", {"web": SLEEPER, "worker": SLEEPER})
    monkeypatch.setattr(serving, "RESTART_S", 0.0)
    monkeypatch.setattr(serving, "_start", start)
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield count
    for number, handler in kept.items():
        signal.signal(number, handler)


class TestAProcessThatDiesAlone:
    """kill -9 of web alone, after it had come up: phones find it again without anybody's help."""

    def test_web_is_started_again_when_it_had_come_up(self, tmp_path, monkeypatch, started, capfd):
        monkeypatch.setattr(serving, "SOUND_START_S", 0.1)
        serving.serve(Settings(data=tmp_path))
        assert started == {"worker": 1, "web": 2}
        assert "the web process ended and is started again" in capfd.readouterr().err

    def test_web_that_never_came_up_ends_the_server(self, tmp_path, started, capfd):
        assert serving.serve(Settings(data=tmp_path)) != 0
        assert started == {"worker": 1, "web": 1}
        assert "so the server stops" in capfd.readouterr().err

"""What is over is forgotten once an hour; what is not, stays."""

from __future__ import annotations

from server.identity.console_sessions import ConsoleSessions
from server.identity.device_sessions import DeviceSessions
from server.identity.enrolment import Enrolment
from server.identity.housekeeping import Housekeeping
from server.records.signing import SigningKey
from server.waiting import run_here


def test_sessions_challenges_and_codes_go_when_their_time_is_over(directory, clock):
    parts = (
        ConsoleSessions(directory, run_here, clock=clock),
        DeviceSessions(directory, clock=clock),
        Enrolment(directory, clock=clock),
    )
    seconds = [0.0]
    housekeeping = Housekeeping(*parts, clock=lambda: seconds[0])
    key = SigningKey.generate()
    device = directory.register_device(member="m1", sign_key=key.public_jwk(), agree_key=None)
    challenge = parts[1].challenge(device.id)
    parts[1].sign_in(device.id, challenge, key.sign(f"liandong-session:{challenge}".encode()))
    parts[2].make_code("m1", by="system")

    def kept() -> list[int]:
        return [
            len(directory.accounts.of_kind(kind)) for kind in ("device_session", "used_challenge", "code")
        ]

    assert housekeeping.run_once() is False
    assert kept() == [1, 1, 1]
    clock.forward(minutes=16)
    housekeeping.run_once()
    assert kept() == [1, 1, 1]  # not an hour since
    seconds[0] = 3600
    housekeeping.run_once()
    assert kept() == [1, 0, 0]
    clock.forward(days=14)
    seconds[0] = 7200
    housekeeping.run_once()
    assert kept() == [0, 0, 0]
    assert directory.device(device.id) is not None

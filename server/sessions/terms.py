"""What a county has set, how it counts days, and when it is: handed to every rule, never looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.sessions.minutes import Calendar, minute_of
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Terms:
    """The same facts under the same terms give the same answer."""

    settings: SessionSettings
    calendar: Calendar
    now: datetime

    @property
    def now_minute(self) -> int:
        return minute_of(self.now)

"""Sessions of service and their minutes: pure rules, from facts to sessions, ledger and doubts (DOMAIN 4).

The machine groups, computes, flags and proposes; what changes a right is decided by a named person.
"""

from __future__ import annotations

from server.sessions.assess import assess, assess_county
from server.sessions.county import by_participant, unattributed
from server.sessions.facts import Facts
from server.sessions.minutes import Calendar, weekdays_only
from server.sessions.outcome import Assessment, Deduction, Flag, LedgerEntry, Session, SetAside
from server.sessions.settings import SessionSettings, SettingOutOfRange, settings_of
from server.sessions.surroundings import Surroundings, surroundings_of
from server.sessions.terms import Terms

__all__ = [
    "Assessment",
    "Calendar",
    "Deduction",
    "Facts",
    "Flag",
    "LedgerEntry",
    "Session",
    "SessionSettings",
    "SetAside",
    "SettingOutOfRange",
    "Surroundings",
    "Terms",
    "assess",
    "assess_county",
    "by_participant",
    "settings_of",
    "surroundings_of",
    "unattributed",
    "weekdays_only",
]

"""A console over a centre with one station, one order, one lead and one check event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.console_rig import ConsoleRig, open_console
from tests.support.entries import FieldDevice


@dataclass(frozen=True, slots=True)
class Ids:
    lead: str
    check_event: str
    station: str
    order: str
    refused: str
    phone: FieldDevice


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[ConsoleRig]:
    with open_console(tmp_path) as opened:
        yield opened


@pytest.fixture
def ids(rig: ConsoleRig) -> Ids:
    """What is there: sent by one phone, judged and folded."""
    centre = rig.centre
    phone = centre.phone()
    station, order = centre.station_and_order(phone.member)
    lead, event = phone.lead(), phone.check_event(order, station)
    wrong = phone.lead(title="越")
    wrong["entry"]["body"]["title"] = "改过的标题"  # after signing
    centre.send(lead, event, wrong)
    centre.work()
    refused = f"entry:{wrong['_id']}"
    return Ids(lead["entry"]["id"], event["entry"]["id"], station, order, refused, phone)

"""Who reported what was taken down at the desk: sealed in `accounts`, beside the lead and not in it.

A volunteer's lead needs none: its author is a member. Whoever opens one notes it in the audit first.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from server.identity.accounts import Accounts
from server.identity.crypto import KeyRing
from server.identity.instants import instant, now


@dataclass(frozen=True, slots=True)
class Reporter:
    """What somebody said of themselves; `name` is empty for who wishes to stay unnamed."""

    name: str
    phone: str = ""
    address: str = ""
    note: str = ""

    @property
    def is_unnamed(self) -> bool:
        return not self.name


class Reporters:
    """Keeps and opens the identities of reporters."""

    def __init__(self, accounts: Accounts, ring: KeyRing) -> None:
        self._accounts = accounts
        self._ring = ring

    def keep(self, lead_id: str, reporter: Reporter) -> None:
        """Seal who reported this lead; the first that is kept stands."""
        doc_id = _reporter_id(lead_id)
        told = json.dumps(asdict(reporter), ensure_ascii=False)
        sealed = self._ring.seal(told, about=doc_id)
        self._accounts.create({"_id": doc_id, "sealed": sealed, "added_at": instant(now())})

    def open(self, lead_id: str) -> Reporter | None:
        """Return who reported it; None where nobody was noted. Raises: SealBroken."""
        found = self._accounts.find(_reporter_id(lead_id))
        if found is None:
            return None
        return Reporter(**json.loads(self._ring.unseal(found["sealed"], about=found["_id"])))

    def forget(self, lead_id: str) -> bool:
        """Erase who reported it: the lead was never entered, or its time is over."""
        return self._accounts.delete(_reporter_id(lead_id))


def _reporter_id(lead_id: str) -> str:
    return f"reporter:{lead_id.partition(':')[2]}"

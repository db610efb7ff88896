"""Problem: why something is not accepted, as a code and its values; the words are in the catalog."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Problem:
    """One reason, said to a reader by the message `reason.<code>`.

    `field` is the dotted name of the member it is about; None when it is about the whole.
    """

    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    field: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as receipts hold it: `{code, params}`, with the field among the params."""
        params = dict(self.params)
        if self.field is not None:
            params["field"] = self.field
        return {"code": self.code, "params": params}

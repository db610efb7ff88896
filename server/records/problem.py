"""Problem: why something is not accepted, as a code and its values; the words are in the catalog."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

MAX_PROBLEMS = 20
MAX_NAME_CHARS = 80
"""A stranger's names and the number of his mistakes must not make a receipt larger than his entry."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """One reason, said to a reader by the message `reason.<code>`.

    `field` is the dotted name of the member it is about; None when it is about the whole.
    """

    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    field: str | None = None

    @classmethod
    def about(cls, code: str, name: str, **params: Any) -> Problem:
        """Return a problem whose words name the member, for it is shown beside no field."""
        return cls(code, {**params, "field": shortened(name)}, shortened(name))

    def as_json(self) -> dict[str, Any]:
        """Return it as receipts hold it: `{code, params}`, with the field among the params."""
        params = dict(self.params)
        if self.field is not None:
            params["field"] = self.field
        return {"code": self.code, "params": params}


def shortened(name: str) -> str:
    """Return a name from a stranger, cut to what a receipt may carry."""
    return name if len(name) <= MAX_NAME_CHARS else name[: MAX_NAME_CHARS - 1] + "…"

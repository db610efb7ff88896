"""What a form brought: its values as typed, and the reason beside each field that cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.console.layout.words import t
from server.records.wellformed import is_wellformed


@dataclass(slots=True)
class Form:
    """Kept as typed, so that a refused form comes back whole."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        return not self.errors

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def take(self, source: Mapping[str, str], *names: str) -> None:
        """Take these fields, trimmed; text that is no text is refused at once."""
        for name in names:
            value = source.get(name, "").replace("\r\n", "\n").strip()
            self.values[name] = value
            if not is_wellformed(value):
                self.errors[name] = t("console.form.unreadable")

    def want(self, name: str) -> None:
        """Refuse an empty field."""
        if not self.values.get(name) and name not in self.errors:
            self.errors[name] = t("console.form.wanted")

    def limit(self, name: str, shortest: int, longest: int) -> None:
        """Refuse text outside these lengths, counted in characters as a reader counts them."""
        length = len(self.values.get(name, ""))
        if name not in self.errors and not shortest <= length <= longest:
            self.errors[name] = t("console.form.length", shortest=shortest, longest=longest, length=length)

    def choose(self, name: str, allowed: object) -> None:
        """Refuse a value that was not offered."""
        if name not in self.errors and self.values.get(name) not in allowed:  # type: ignore[operator]
            self.errors[name] = t("console.form.not_offered")

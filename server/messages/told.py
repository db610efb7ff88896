"""An error that a person at the command line reads: a message of the catalog, both languages on one line."""

from __future__ import annotations

from server.messages import LANGUAGES, text


def one_line(key: str, **params: object) -> str:
    """Return a message in both languages on one line."""
    return " | ".join(text(key, language, **params) for language in LANGUAGES)


class Told(Exception):
    """`key` and `params` name the message; `str` is what the person reads."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(one_line(key, **params))
        self.key = key
        self.params = params

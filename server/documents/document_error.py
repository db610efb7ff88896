"""Why a document cannot be made: as a code and its values, said by the message `document.wrong.<code>`."""

from __future__ import annotations

import unicodedata

from server.messages import DEFAULT_LANGUAGE, Language, text


class DocumentError(ValueError):
    """A document cannot be made; nothing is handed out in its place."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params

    def said(self, language: Language = DEFAULT_LANGUAGE) -> str:
        """Return what happened and what to do."""
        return text(f"document.wrong.{self.code}", language, **self.params)


class CharacterMissing(DocumentError):
    """The font has no drawing of a character, so that paper would show a box where a name should stand."""

    def __init__(self, character: str, where: str, place: int) -> None:
        self.character, self.where, self.place = character, where, place
        super().__init__(
            "character",
            character=character if character.isprintable() else "",
            point=f"U+{ord(character):04X}",
            name=unicodedata.name(character, "?"),
            where=where,
            place=place,
        )

"""A4 PDF by typst: templates are files, what users wrote goes in as JSON and is never read as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst

from server.documents.document_error import DocumentError
from server.documents.glyphs import drawn_characters, refuse_undrawn
from server.messages import DEFAULT_LANGUAGE, Language, messages

TEMPLATES: Final = Path(__file__).parent / "templates"
SHARED: Final = "frame"
"""What all templates build on; no document of its own."""
FONT_FOLDER: Final = Path("node_modules") / "@expo-google-fonts" / "noto-sans-sc"
PICTURE_PPI: Final = 144.0
"""Twice what a screen shows in an inch."""
_PICTURE: Final = b"""#set page(width: auto, height: auto, margin: 0pt)
#set text(font: "Noto Sans SC", fallback: false)
#image(bytes(json("drawing.json")), format: "svg")
"""
_WEIGHTS: Final = ("400Regular", "700Bold")
_WORDS: Final = "document."


class PdfMaker:
    """Makes documents with one font; safe to use from several threads."""

    def __init__(self, font_folder: Path) -> None:
        self._files = tuple(font_folder / weight / f"NotoSansSC_{weight}.ttf" for weight in _WEIGHTS)

    @classmethod
    def beside_client(cls, client_dist: Path) -> PdfMaker:
        """Return a maker with the font that the phone client's packages bring."""
        return cls(client_dist.parent / FONT_FOLDER)

    def drawn(self) -> frozenset[int]:
        """Return the code points that every weight of the font draws. Raises: DocumentError."""
        return frozenset.intersection(*(drawn_characters(file) for file in self._files))

    def make(
        self,
        template: str,
        data: Mapping[str, Any],
        *,
        language: Language = DEFAULT_LANGUAGE,
        images: Mapping[str, bytes] | None = None,
    ) -> bytes:
        """Return the document; the same template, data and images give the same bytes.

        `data` is JSON; `images` are PNG or SVG by the name under which the template asks for them.
        Raises: DocumentError, CharacterMissing.
        """
        if template not in template_names():
            raise DocumentError("template_unknown", template=template)
        drawn = self.drawn()
        words = words_of(language)
        refuse_undrawn(words, drawn)
        refuse_undrawn(data, drawn)
        sources = {
            "main.typ": _source(template),
            f"{SHARED}.typ": _source(SHARED),
            "data.json": json.dumps(data, ensure_ascii=False).encode(),
            "words.json": json.dumps(words, ensure_ascii=False).encode(),
            # Numbers, for typst takes files by name as text alone.
            "images.json": json.dumps({name: list(image) for name, image in (images or {}).items()}).encode(),
        }
        return self._compiled(template, sources)

    def picture(self, svg: str, words: Any) -> bytes:
        """Return a drawing as PNG with the documents' own font, for formats that take no SVG.

        `words` are all texts that stand in it. Raises: DocumentError, CharacterMissing.
        """
        refuse_undrawn(words, self.drawn())
        sources = {"main.typ": _PICTURE, "drawing.json": json.dumps(list(svg.encode())).encode()}
        return self._compiled("picture", sources, format="png", ppi=PICTURE_PPI)

    def _compiled(self, template: str, sources: Mapping[str, bytes], **options: Any) -> bytes:
        try:
            # Files by name are documented and work; the stub knows single inputs alone.
            made: object = typst.compile(
                sources, font_paths=_fonts(self._files), ignore_system_fonts=True, **options
            )
        except typst.TypstError as error:
            raise DocumentError("template", template=template, problem=str(error)[:500]) from error
        if not isinstance(made, bytes):
            raise DocumentError("template", template=template, problem="no document")
        return made


def template_names() -> list[str]:
    """Return the names of all documents, sorted."""
    return sorted(path.stem for path in TEMPLATES.glob("*.typ") if path.stem != SHARED)


def words_of(language: Language) -> dict[str, str]:
    """Return the texts of all documents in a language, by key."""
    return {key: entry[language] for key, entry in messages().items() if key.startswith(_WORDS)}


@lru_cache(maxsize=4)
def _fonts(files: tuple[Path, ...]) -> typst.Fonts:
    """Return the fonts and no others, so that no machine's own fonts change a document."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(file.parent) for file in files],
    )


def _source(name: str) -> bytes:
    return (TEMPLATES / f"{name}.typ").read_bytes()

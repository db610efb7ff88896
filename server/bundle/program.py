"""The verifier as one file of plain Python, with its words inside: what stands in a bundle as `verify.py`."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from server.messages import LANGUAGES, messages, text

_HERE: Final = Path(__file__).parent
_IMPORT: Final = re.compile(r"from server\.bundle\.plain_proofs import \([^)]*\)\n")
_NO_MESSAGES: Final = re.compile(r"^MESSAGES: .*$", re.MULTILINE)
_DOCSTRING: Final = re.compile(r'\A""".*?"""\n+from __future__ import annotations\n', re.DOTALL)


@cache
def program() -> str:
    """Return the verifier's source: the same code that `liandong verify` runs, the words from the catalog."""
    proofs = _DOCSTRING.sub("", (_HERE / "plain_proofs.py").read_text("utf-8"))
    words = {
        key.removeprefix("verify."): dict(said)
        for key, said in messages().items()
        if key.startswith("verify.")
    }
    said = "MESSAGES: dict[str, dict[str, str]] = " + json.dumps(words, ensure_ascii=False, indent=1)
    checks = _NO_MESSAGES.sub(lambda _: said, (_HERE / "verifier.py").read_text("utf-8"))
    return _IMPORT.sub(lambda _: proofs, checks)


def read_me() -> str:
    """Return what stands beside it, in both languages."""
    return "\n\n".join(text("bundle.read_me", language) for language in LANGUAGES) + "\n"

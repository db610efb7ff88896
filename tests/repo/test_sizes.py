"""Sizes that keep a file readable (STYLE, "Size, docstrings, comments")."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
ENDINGS = {".py", ".js", ".jsx", ".mjs", ".css", ".html"}


def tracked() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / n for n in names.decode().split("\0") if n and (ROOT / n).is_file()]


class TestSizes:
    def test_no_source_file_is_over_400_lines(self):
        sources = [p for p in tracked() if p.suffix in ENDINGS]
        lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in sources}
        assert {n: length for n, length in lengths.items() if length > LONGEST_FILE} == {}

    def test_nine_in_ten_source_files_are_under_250_lines(self):
        lengths = [len(p.read_text("utf-8").splitlines()) for p in tracked() if p.suffix in ENDINGS]
        assert sum(length < 250 for length in lengths) >= 0.9 * len(lengths)

    def test_no_function_is_over_60_lines(self):
        long = []
        for path in (p for p in tracked() if p.suffix == ".py" and "tests" not in p.parts):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.FunctionDef)
                    and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
                ):
                    long.append(f"{path.relative_to(ROOT)} {node.name}")
        assert long == []

    def test_every_module_says_what_it_is_for(self):
        silent = [
            str(p.relative_to(ROOT))
            for p in tracked()
            if p.suffix == ".py"
            and p.read_text("utf-8").strip()
            and not ast.get_docstring(ast.parse(p.read_text("utf-8")))
        ]
        assert silent == []

    def test_no_tracked_file_names_a_registry_or_a_download_address(self):
        import re

        pattern = re.compile(r"https?://[a-z0-9.-]*(npmjs|pypi|pythonhosted|debian)[a-z0-9.-]*/", re.I)
        hits = [str(p.relative_to(ROOT)) for p in tracked() if pattern.search(p.read_text("utf-8", "ignore"))]
        assert hits == []

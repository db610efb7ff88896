"""A machine that lacks something hears it in one clear line: from make, and from what make runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server import node

ROOT = Path(__file__).parent.parent.parent.parent


def make(folder: Path, *arguments: str) -> list[str]:
    """Run make in a copy of the Makefile's folder; return what it printed, make's own last words apart."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    # Run by `make test` itself, it must not take itself for a part of that.
    own = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    }
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if not line.startswith("make: ***")]


def python_that(folder: Path, script: str) -> str:
    path = folder / "python-in-test"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


class TestMake:
    def test_alone_it_lists_its_targets(self, tmp_path):
        targets = [line.split()[0] for line in make(tmp_path)]
        assert targets == [
            "help",
            "setup",
            "run",
            "quick",
            "test",
            "check",
            "test-couchdb",
            "bench",
            "soak",
            "doctor",
            "clean",
            "lock",
        ]

    def test_an_old_python_is_one_line(self, tmp_path):
        lines = make(tmp_path, "setup", python_that(tmp_path, "exit 1"))
        assert lines == ["Python 3.11 or later is needed; name it with PYTHON=python3.12"]

    def test_no_python_is_the_same_line(self, tmp_path):
        lines = make(tmp_path, "setup", "PYTHON=python-that-is-not-there")
        assert lines == ["Python 3.11 or later is needed; name it with PYTHON=python3.12"]

    def test_a_missing_venv_module_is_one_line_and_leaves_no_half_of_an_environment(self, tmp_path):
        debian = 'if [ "$1" = -m ]; then mkdir -p .venv/bin; echo "ensurepip is not available"; exit 1; fi'
        lines = make(tmp_path, "setup", python_that(tmp_path, debian))
        assert lines == ["the venv module is missing; on Debian: apt-get install python3-venv"]
        assert not (tmp_path / ".venv").exists()


class TestNode:
    def test_a_node_that_can_neither_be_found_nor_installed_is_one_line(self, monkeypatch):
        monkeypatch.setenv("PATH", "/nonexistent")
        monkeypatch.setattr(node.importlib.util, "find_spec", lambda _name: None)
        monkeypatch.setattr(node, "LOCK", Path("/nonexistent"))
        monkeypatch.setattr(node.subprocess, "call", lambda _command: 1)
        with pytest.raises(SystemExit) as ended:
            node.main(["node", "--version"])
        assert (
            ended.value.code
            == "node is missing, and could not be installed: put Node 20 or later on the PATH"
        )

    def test_what_it_runs_decides_its_exit_code(self):
        if not node._is_usable():
            pytest.skip("put Node 20 or later on the PATH to run this")
        assert node.main([sys.executable, "-c", "raise SystemExit(7)"]) == 7

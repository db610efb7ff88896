"""nano and IBM's Cloudant SDK for Node against our server; each case is a sentence in its own file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import ROOT
from tests.support.couch_server import CouchServer


class TestClientsForNode:
    @pytest.mark.parametrize(("cases", "count"), [("nano.test.mjs", 13), ("cloudant.test.mjs", 10)])
    def test_every_case_of_the_client_passes(
        self, couch: CouchServer, node_packages: Path, cases: str, count: int
    ):
        command = [sys.executable, "-m", "server.node", "node", "--test", "--test-reporter=tap"]
        done = subprocess.run(
            [*command, str(node_packages / cases)],
            cwd=ROOT,
            env=os.environ | {"COUCH_URL": couch.admin_url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        passed = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
        assert done.returncode == 0, done.stdout
        assert passed is not None
        assert int(passed[1]) == count

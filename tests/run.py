"""Run the tests: `python -m tests.run [--quick] [--soak] [PATHS]`.

Sets up the browser and the Chinese font where it may, runs Python's and Node's tests, prints the ten
slowest, and ends with `N passed, N failed`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from tests.browser_setup import ensure_browser

ROOT = Path(__file__).parent.parent
BROWSER_PARTS = ("tests/journeys", "tests/screens")
LONG_PARTS = (
    *("tests/attacks", "tests/chaos", "tests/clients", "tests/contract", "tests/couchdb"),
    *("tests/recorded", "tests/replication", "tests/server_couch"),
    *("tests/server/backup", "tests/server/demo", "tests/server/replication"),
)
NODE_PARTS = ("tests/client", "tests/client_app")


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    seconds: float
    outcome: str


def main() -> int:
    options = _options()
    started = time.monotonic()
    paths = options.paths or ["tests"]
    ignored = [f"--ignore={part}" for part in (*BROWSER_PARTS, *LONG_PARTS)] if options.quick else []
    if not options.quick:
        ensure_browser()
    environment = os.environ | ({"SOAK": "1"} if options.soak else {})
    with tempfile.TemporaryDirectory() as folder:
        node = _start_node(Path(folder) / "node.xml") if not options.paths else None
        code = _run_pytest([*paths, *ignored], Path(folder) / "python.xml", environment)
        node_code = node.wait() if node else 0
        cases = [c for report in sorted(Path(folder).glob("*.xml")) for c in _cases(report)]
    _print_summary(cases, time.monotonic() - started)
    return 1 if code or node_code or not cases else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out browsers and the long proofs")
    parser.add_argument("--soak", action="store_true", help="many more schedules, kills and cuts")
    parser.add_argument("paths", nargs="*")
    return parser.parse_args()


def _start_node(report: Path) -> subprocess.Popen[bytes]:
    files = [str(p) for part in NODE_PARTS for p in sorted((ROOT / part).rglob("*.test.js"))]
    reporters = ["--test-reporter=junit", f"--test-reporter-destination={report}"]
    command = [sys.executable, "-m", "server.node", "node", "--test", *reporters, *files]
    return subprocess.Popen(command, cwd=ROOT)


def _run_pytest(arguments: list[str], report: Path, environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}", "--durations=0"]
    command += ["--durations-min=9999"]
    if "SOAK" in environment:
        command += ["--timeout=7200"]
    return subprocess.call(command, cwd=ROOT, env=environment)


def _cases(report: Path) -> list[Case]:
    cases = []
    for element in ET.parse(report).iter("testcase"):
        failed = any(element.find(tag) is not None for tag in ("failure", "error"))
        outcome = "failed" if failed else "skipped" if element.find("skipped") is not None else "passed"
        place = element.get("classname", "").removeprefix("tests.")
        cases.append(Case(f"{place} {element.get('name')}", float(element.get("time") or 0), outcome))
    return cases


def _print_summary(cases: list[Case], seconds: float) -> None:
    print(f"\nten slowest of {len(cases)} in {seconds:.0f} s:")
    for case in sorted(cases, key=lambda c: -c.seconds)[:10]:
        print(f"  {case.seconds:6.1f} s  {case.name}")
    for case in cases:
        if case.outcome == "failed":
            print(f"failed: {case.name}")
    counts = {o: sum(c.outcome == o for c in cases) for o in ("passed", "failed", "skipped")}
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{counts['passed']} passed, {counts['failed']} failed{skipped}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

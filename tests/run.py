"""Run the tests: `python -m tests.run [--quick] [--soak] [PATHS]`.

Sets up the browser and the Chinese font where it may, runs Python's and Node's tests, prints the ten
slowest, and ends with `N passed, N failed`. A whole run goes in two lanes side by side: those with browsers,
which mostly wait, and all others, whose output follows when they are over.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

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
    if not options.quick:
        ensure_browser()
    environment = os.environ | ({"SOAK": "1"} if options.soak else {})
    with tempfile.TemporaryDirectory() as folder:
        node = _start_node(Path(folder) / "node.xml") if not options.paths else None
        codes = _run_lanes(_lanes(options), Path(folder), environment)
        node_code = node.wait() if node else 0
        cases = [c for report in sorted(Path(folder).glob("*.xml")) for c in _cases(report)]
    _print_summary(cases, time.monotonic() - started)
    return 1 if any(codes) or node_code or not cases else 0


def _lanes(options: argparse.Namespace) -> list[list[str]]:
    """Return pytest's paths and what it leaves out, for each process."""
    if options.paths:
        return [options.paths]
    if options.quick:
        return [["tests", *_without((*BROWSER_PARTS, *LONG_PARTS))]]
    return [["tests", *_without(BROWSER_PARTS)], list(BROWSER_PARTS)]


def _without(parts: Sequence[str]) -> list[str]:
    return [f"--ignore={part}" for part in parts]


def _run_lanes(lanes: list[list[str]], folder: Path, environment: dict[str, str]) -> list[int]:
    outputs = [folder / f"lane-{number}.txt" for number in range(1, len(lanes))]
    with ExitStack() as open_files:
        aside = [
            _start_pytest(
                lane, output.with_suffix(".xml"), environment, open_files.enter_context(output.open("w"))
            )
            for lane, output in zip(lanes[1:], outputs, strict=True)
        ]
        processes = [_start_pytest(lanes[0], folder / "lane-0.xml", environment, None), *aside]
        codes = [process.wait() for process in processes]
    for output in outputs:
        print(output.read_text(), flush=True)
    return codes


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


def _start_pytest(
    arguments: list[str], report: Path, environment: dict[str, str], output: TextIO | None
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", *arguments, f"--junitxml={report}", "--durations=0"]
    command += ["--durations-min=9999"]
    if "SOAK" in environment:
        command += ["--timeout=7200"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT if output else None
    )


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

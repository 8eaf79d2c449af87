"""Everything that is checked, phase by phase: `make test`.

A failing phase does not stop the others. The end says how long each took, what was skipped and why, and
closes with one line: `N passed, N failed`. A phase that is not pytest counts as one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
NPM = [PYTHON, "tools/node.py", "npm", "--prefix", "frontend", "--loglevel=error"]
PYTEST = [PYTHON, "-m", "pytest", "-q", "--durations=5", "--durations-min=2"]
BOTH_CORES = ["-n", "2", "--dist", "worksteal"]  # whoever has nothing left takes over from the other
DOCTEST = ["--doctest-modules", "--ignore=src/milo/db/migrations"]  # migrations run when imported
NO_TESTS = 5  # pytest's exit status where it found none
ELSEWHERE = ["--ignore=tests/browser", "--ignore=tests/test_docs.py"]  # phases of their own
#: Tests that go through database, workflow and HTTP; what is left tests one part at a time.
FLOWS = [f"tests/{name}" for name in ("concurrency", "crash", "db", "demo", "web", "workflow")]
PARTS = [f"--ignore={folder}" for folder in FLOWS]


@dataclass(frozen=True, slots=True)
class Phase:
    """One command; `path` is what it checks."""

    name: str
    command: list[str]
    path: str = "."

    @property
    def is_pytest(self) -> bool:
        return "pytest" in self.command


PHASES = (
    Phase("format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
    Phase("lint", [PYTHON, "-m", "ruff", "check", "--quiet", "."]),
    Phase("types", [PYTHON, "-m", "mypy", "--no-error-summary"]),
    Phase("unit", [*PYTEST, *BOTH_CORES, "-m", "not slow", "tests", *ELSEWHERE, *PARTS], path="tests"),
    Phase("flows", [*PYTEST, *BOTH_CORES, "-m", "not slow", *FLOWS], path="tests"),
    Phase("proofs", [*PYTEST, *BOTH_CORES, "-m", "slow and not timed", "tests", *ELSEWHERE], path="tests"),
    # Alone, one after the other: they measure times.
    Phase("proofs that measure times", [*PYTEST, "-m", "timed", "tests", *ELSEWHERE], path="tests"),
    Phase("front end: types and style", [*NPM, "run", "check"], "frontend"),
    Phase("front end: tests", [*NPM, "test"], "frontend"),
    Phase("front end: types of the API", [PYTHON, "tools/api_types.py", "--check"], "frontend"),
    # File by file: each starts a server of its own.
    Phase("browser", [*PYTEST, "-n", "2", "--dist", "loadgroup", "tests/browser"], "tests/browser"),
    Phase("examples in the code", [*PYTEST, *DOCTEST, "src/milo"]),
    Phase("documentation", [*PYTEST, *BOTH_CORES, "tests/test_docs.py"], "tests/test_docs.py"),
)
GROUPS = {
    "check": ("format", "lint", "types"),
    "unit": ("unit",),
    "flows": ("flows",),
    "frontend": ("front end: types and style", "front end: tests", "front end: types of the API"),
    "browser": ("browser",),
    "docs": ("examples in the code", "documentation"),
}


@dataclass(slots=True)
class Result:
    """What came of one phase."""

    phase: Phase
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def main() -> int:
    wanted = [name for group in sys.argv[1:] for name in GROUPS[group]]
    results = [run(phase) for phase in PHASES if not wanted or phase.name in wanted]
    report(results)
    return 1 if any(result.failed for result in results) else 0


def run(phase: Phase) -> Result:
    result = Result(phase)
    if not (REPOSITORY / phase.path).exists():
        result.skipped[f"{phase.path} does not exist"] += 1
        return result
    print(f"\n--- {phase.name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "report.json"
        status = subprocess.run(
            phase.command,
            cwd=REPOSITORY,
            # Compiled once, not by each of hundreds of processes, wherever the shell would have it so.
            env={**os.environ, "MILO_TEST_REPORT": str(written), "PYTHONDONTWRITEBYTECODE": ""},
        ).returncode
        if written.exists():
            counts = json.loads(written.read_text())
            result.passed, result.failed = counts["passed"], counts["failed"]
            result.skipped.update(counts["skipped"])
    result.seconds = time.monotonic() - started
    _judge(result, status)
    return result


def _judge(result: Result, status: int) -> None:
    """The exit status has the last word: pytest can also fail before it counts anything."""
    if status == 0 and not result.phase.is_pytest:
        result.passed = 1
    elif status == NO_TESTS and result.phase.is_pytest:
        result.skipped["no test is there to run"] += 1
    elif status and not result.failed:
        result.failed = 1


def report(results: list[Result]) -> None:
    print("\n--- phases")
    for result in results:
        verdict = "FAILED" if result.failed else "ok" if result.passed else "skipped"
        print(f"{result.seconds:7.1f} s  {verdict:8} {result.phase.name}")
    print("\n--- skipped, and why")
    reasons = [(result.phase.name, *entry) for result in results for entry in sorted(result.skipped.items())]
    for phase, reason, count in reasons:
        print(f"{count:5} x {phase}: {reason}")
    if not reasons:
        print("      nothing")
    passed, failed = sum(result.passed for result in results), sum(result.failed for result in results)
    print(f"\n{passed} passed, {failed} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main())

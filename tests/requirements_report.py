"""A run names what it could not test, and why.

Tests that need something outside Python (a browser, PostgreSQL, model weights, the data folder) ask
`missing` for the verdict: a skip with its reason, or a failure where `MILO_REQUIRE` lists the name, as in
`MILO_REQUIRE=chromium,postgresql,weights make test`.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Final, NoReturn

import pytest

NAMES: Final = ("chromium", "postgresql", "weights", "data")


def missing(name: str, reason: str) -> NoReturn:
    """Skip the test that asked, or fail it where `name` is required."""
    if name in required():
        pytest.fail(f"{name} is required (MILO_REQUIRE) and missing: {reason}", pytrace=False)
    pytest.skip(f"{name}: {reason}")


def required() -> frozenset[str]:
    """The names in `MILO_REQUIRE`. An unknown one is an error: a typing slip would require nothing."""
    names = frozenset(filter(None, os.environ.get("MILO_REQUIRE", "").replace(" ", "").split(",")))
    if unknown := names.difference(NAMES):
        raise pytest.UsageError(
            f"MILO_REQUIRE names {', '.join(sorted(unknown))}; allowed are {', '.join(NAMES)}"
        )
    return names


def pytest_configure(config: pytest.Config) -> None:
    required()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each reason once with its number of tests; leave the same for `tools/run_tests.py`."""
    stats = terminalreporter.stats
    skipped = Counter(_reason(report) for report in stats.get("skipped", []))
    if skipped:
        terminalreporter.section("what was skipped, and why")
        for reason, count in sorted(skipped.items()):
            terminalreporter.write_line(f"{count:4} x {reason}")
    if path := os.environ.get("MILO_TEST_REPORT"):
        passed = len(stats.get("passed", [])) + len(stats.get("xfailed", []))
        failed = len(stats.get("failed", [])) + len(stats.get("error", []))
        Path(path).write_text(json.dumps({"passed": passed, "failed": failed, "skipped": skipped}))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)

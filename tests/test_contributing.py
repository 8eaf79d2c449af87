"""CONTRIBUTING.md points at files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
TABLE = (
    (REPOSITORY / "CONTRIBUTING.md")
    .read_text()
    .partition("## Which file do I change?")[2]
    .partition("\n## ")[0]
)
ROWS = [line for line in TABLE.splitlines() if line.startswith("|")]
PATHS = sorted({path for row in ROWS for path in re.findall(r"`([a-z_]+/[\w./]*)`", row)})


def test_the_table_names_paths() -> None:
    assert "src/milo/core/questions/" in PATHS


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_the_table_exists(path: str) -> None:
    assert (REPOSITORY / path).exists()

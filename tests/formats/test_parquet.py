"""Parquet: what comes out of a table, and what is said of a file that is none."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet as arrow_parquet

from milo.core.errors import InvalidInput
from milo.formats import parquet
from milo.formats.row import BadRow, Limits, Row


def a_table(columns: dict[str, Any], row_group_size: int = 1000) -> io.BytesIO:
    file = io.BytesIO()
    arrow_parquet.write_table(pyarrow.table(columns), file, row_group_size=row_group_size)
    file.seek(0)
    return file


def test_rows_of_all_row_groups_come_in_order() -> None:
    file = a_table({"id": list(range(2500)), "text": [f"Text {n}" for n in range(2500)]}, 900)
    assert parquet.count(file) == 2500
    rows = list(parquet.read(file))
    assert [row.number for row in rows] == list(range(1, 2501))
    assert isinstance(rows[-1], Row)
    assert rows[-1].data == {"id": 2499, "text": "Text 2499"}


def test_values_become_what_json_can_hold() -> None:
    columns = {
        "turns": [[{"role": "user", "content": "Hi"}]],
        "day": [date(2026, 1, 31)],
        "at": [datetime(2026, 1, 31, 9, 14, tzinfo=UTC)],
        "price": [Decimal("9.90")],
        "stars": [float("nan")],
        "note": pyarrow.array([None], pyarrow.string()),
        "new": [True],
    }
    (row,) = parquet.read(a_table(columns))
    assert isinstance(row, Row)
    assert row.data == {
        "turns": [{"role": "user", "content": "Hi"}],
        "day": "2026-01-31",
        "at": "2026-01-31T09:14:00+00:00",
        "price": "9.90",
        "stars": None,
        "note": None,
        "new": True,
    }


def test_a_row_that_json_cannot_hold_is_bad_and_the_others_are_read() -> None:
    columns = {"a": [1.0, float("inf"), 2.0, 3.0], "b": [None, None, b"\x00", None]}
    rows = list(parquet.read(a_table(columns)))
    assert [(row.number, row.reason) for row in rows if isinstance(row, BadRow)] == [
        (2, "field 'a' holds inf; allowed are finite numbers"),
        (3, "field 'b' holds bytes; allowed are texts, numbers, lists and structures"),
    ]
    assert [row.number for row in rows if isinstance(row, Row)] == [1, 4]


def test_a_file_that_is_no_table_is_refused() -> None:
    for content in (b"", b"id,text\n1,a\n", a_table({"a": [1]}).getvalue()[:-20]):
        with pytest.raises(InvalidInput, match="The file is no Parquet file"):
            list(parquet.read(io.BytesIO(content)))


def test_a_damaged_row_group_is_named_as_such() -> None:
    content = bytearray(a_table({"a": [f"text {n}" for n in range(1000)]}).getvalue())
    content[4:200] = b"\xff" * 196
    with pytest.raises(InvalidInput, match="The Parquet file is damaged"):
        list(parquet.read(io.BytesIO(bytes(content))))


def test_rows_too_long_for_memory_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"the rows from 1 have [\d,]+ bytes each; allowed are 1,000"):
        list(parquet.read(a_table({"a": ["x" * 5000]}), Limits(row_bytes=1000)))


def test_without_pyarrow_the_command_to_install_it_is_named() -> None:
    code = """
import io, sys
sys.modules["pyarrow"] = None
from milo.core.errors import Unavailable
from milo.formats import parquet
try:
    list(parquet.read(io.BytesIO(b"PAR1")))
except Unavailable as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("Install it with: pip install 'milo-annotate[parquet]'")

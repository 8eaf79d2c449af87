"""A list of objects, read without holding it."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from milo.formats import json_array
from milo.formats.row import BadRow, Limits, Row

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"\\[]{},', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(raw: bytes, limits: Limits | None = None) -> list[Row | BadRow]:
    return list(json_array.read(io.BytesIO(raw), limits or Limits()))


@given(st.lists(st.dictionaries(st.text('ab]"', max_size=3), values, max_size=3), max_size=5), st.booleans())
def test_every_list_json_can_write_is_read_back(rows: list[dict[str, Any]], is_indented: bool) -> None:
    raw = json.dumps(rows, indent=2 if is_indented else None).encode()
    assert [row.data for row in read(raw) if isinstance(row, Row)] == rows


def test_elements_longer_than_a_chunk_are_read() -> None:
    long = {"text": 'a "quoted" \\ text, [with] {brackets} ' * 30_000}
    rows = read(json.dumps([long, {"a": 1}, long]).encode())
    assert [row.data for row in rows if isinstance(row, Row)] == [long, {"a": 1}, long]


def test_a_bad_element_does_not_stop_the_next_ones() -> None:
    rows = read(b'[{"a":1}, {"a":}, 7, {"a":2},]')
    assert [row.data for row in rows if isinstance(row, Row)] == [{"a": 1}, {"a": 2}]
    assert [(row.number, row.reason.split(":")[0]) for row in rows if isinstance(row, BadRow)] == [
        (2, "the row is not JSON"),
        (3, "the row is a number; allowed is an object {...}"),
    ]


def test_an_unclosed_string_ends_the_file_with_its_reason() -> None:
    rows = read(b'[{"a":1}, {"a":"x}, {"a": 2}')
    assert rows[0] == Row(1, {"a": 1}, 7)
    assert isinstance(rows[1], BadRow)
    assert "does not close" in rows[1].reason


def test_a_file_that_is_no_list_says_what_is_allowed() -> None:
    assert read(b'{"a":1}') == [
        BadRow(1, "the file is no list; allowed is [{...}, {...}], or JSONL", '{"a":1}')
    ]


def test_an_empty_list_has_no_rows() -> None:
    assert read(b" [ ]\n") == []

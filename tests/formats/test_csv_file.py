"""CSV and TSV as spreadsheets write them, and as people break them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.errors import InvalidInput
from milo.formats import csv_file
from milo.formats.row import BadRow, Limits, Row

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def read(raw: bytes, limits: Limits | None = None) -> list[Row | BadRow]:
    return list(csv_file.read(io.BytesIO(raw), limits or Limits()))


def data(rows: list[Row | BadRow]) -> list[dict[str, str]]:
    return [row.data for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_and_numbers_stay_text(delimiter: str) -> None:
    raw = "\ufeffid;text;stars\n007;schön;1.50\n".replace(";", delimiter).encode()
    assert data(read(raw)) == [{"id": "007", "text": "schön", "stars": "1.50"}]


def test_quoted_newlines_quotes_and_delimiters_belong_to_the_cell() -> None:
    assert data(read(b'id,text\r\n1,"a ""b"",\r\nc"\r\n')) == [{"id": "1", "text": 'a "b",\r\nc'}]


def test_ragged_rows_and_rows_of_another_encoding_are_listed() -> None:
    rows = read(b"id,text\n1,a\n2\n3,b,c\n4,caf\xe9\n\n5,d\n")
    assert data(rows) == [{"id": "1", "text": "a"}, {"id": "5", "text": "d"}]
    assert [(row.number, row.reason) for row in rows if isinstance(row, BadRow)] == [
        (3, "the row has 1 cells; the header has 2"),
        (4, "the row has 3 cells; the header has 2"),
        (5, "the row is not UTF-8; save the file as UTF-8"),
    ]
    assert rows[-1].number == 7


def test_an_unclosed_quote_is_named() -> None:
    bad = read(b'id,text\n1,"a\n2,b\n')[-1]
    assert isinstance(bad, BadRow)
    assert "is a quote not closed?" in bad.reason


def test_a_field_over_the_limit_is_a_bad_row_and_the_next_is_read() -> None:
    raw = b"id,text\n1," + b"x" * 5_000_000 + b"\n2,b\n"
    rows = read(raw, Limits(field_bytes=1000, row_bytes=4000))
    assert isinstance(rows[0], BadRow)
    assert data(rows) == [{"id": "2", "text": "b"}]


def test_a_header_with_a_name_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="names the column 'a' twice"):
        read(b"a,a\n1,2\n")


@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_what_is_written_is_read_back_and_runs_as_no_formula(rows: list[tuple[str, str]]) -> None:
    raw = b"".join(csv_file.write(("a", "b"), [("x" + first, second) for first, second in rows]))
    back = [(row["a"], csv_file.unescaped(row["b"])) for row in data(read(raw))]
    assert back == [("x" + first, second) for first, second in rows]
    for row in data(read(raw)):
        assert not row["b"].startswith(("=", "+", "@", "\t", "\r"))

"""JSON Lines, with everything that may be wrong in one."""

from __future__ import annotations

import io

from milo.formats import jsonl
from milo.formats.row import BadRow, Limits, Row


def read(raw: bytes, limits: Limits | None = None) -> list[Row | BadRow]:
    return list(jsonl.read(io.BytesIO(raw), limits or Limits()))


def reasons(raw: bytes, limits: Limits | None = None) -> dict[int, str]:
    return {row.number: row.reason for row in read(raw, limits) if isinstance(row, BadRow)}


def test_every_good_row_comes_though_others_are_bad() -> None:
    raw = b'{"text":"a"}\n{"text":\n[1]\n\xff\xfe!\n{"text":"\\ud800"}\n' + b"[" * 5000 + b'\n{"text":"z"}'
    rows = read(raw)
    assert [(row.number, row.data) for row in rows if isinstance(row, Row)] == [
        (1, {"text": "a"}),
        (7, {"text": "z"}),
    ]
    faults = reasons(raw)
    assert faults[2].startswith("the row is not JSON")
    assert faults[3] == "the row is a list; allowed is an object {...}"
    assert faults[4] == "the row is not UTF-8; save the file as UTF-8"
    assert faults[5].startswith("the row holds half a surrogate pair")
    assert faults[6] == "the row is nested too deep"


def test_a_byte_order_mark_and_empty_lines_are_no_rows() -> None:
    assert read(b'\xef\xbb\xbf{"a":1}\r\n\r\n{"a":2}\r\n') == [Row(1, {"a": 1}, 9), Row(3, {"a": 2}, 9)]


def test_a_file_in_utf_16_is_named_as_such_once() -> None:
    assert reasons('{"text":"ä"}\n{"text":"b"}\n'.encode("utf-16")) == {
        1: "the file is UTF-16; allowed is UTF-8"
    }


def test_a_row_over_the_limit_is_skipped_to_its_end() -> None:
    raw = b'{"a":"' + b"x" * 5_000_000 + b'"}\n{"a":"b"}\n'
    rows = read(raw, Limits(row_bytes=1000))
    assert reasons(raw, Limits(row_bytes=1000)) == {1: "the row has over 1,000 bytes"}
    assert rows[1] == Row(2, {"a": "b"}, 10)


def test_what_is_written_is_read_back() -> None:
    data = [{"text": "zwei\nZeilen, „ß“ 😀", "n": 1.5, "list": [None, True]}, {}]
    rows = read(b"".join(jsonl.write(data)))
    assert [row.data for row in rows if isinstance(row, Row)] == data

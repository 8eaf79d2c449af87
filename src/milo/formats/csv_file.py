"""CSV and TSV: a header, then one row an item. Every value stays the text it is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from milo.core.errors import InvalidInput
from milo.formats.row import DEFAULT_LIMITS, BadRow, Limits, Row, excerpt_of, foreign_encoding, skip_line

#: A cell that begins so may be run as a formula by a spreadsheet (OWASP, "CSV Injection").
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def read(
    file: BinaryIO,
    limits: Limits = DEFAULT_LIMITS,
    *,
    delimiter: str | None = None,
) -> Iterator[Row | BadRow]:
    """Each record after the header as a row, numbered as a spreadsheet does (the header is row 1).

    The delimiter is the one of comma, semicolon and tab that the header holds most, unless it is given.
    A record with more or fewer cells than the header is a bad row; empty lines count but give nothing.

    >>> [row.data for row in read(io.BytesIO(b'id,text\\n1,"two\\nlines"'))]
    [{'id': '1', 'text': 'two\\nlines'}]
    """
    start = file.peek(4)[:4] if isinstance(file, io.BufferedReader) else file.getvalue()[:4]  # type: ignore[attr-defined]  # BytesIO
    if encoding := foreign_encoding(start):
        yield BadRow(1, f"the file is {encoding}; allowed is UTF-8", "")
        return
    csv.field_size_limit(limits.field_bytes)
    lines = _Lines(file, min(limits.row_bytes, 2 * limits.field_bytes))
    header_line = next(lines, "")
    records = csv.reader(
        _chained(header_line, lines), delimiter=delimiter or _delimiter(header_line), strict=True
    )
    columns = _columns(next(records, []))
    number = 1
    while True:
        number += 1
        lines.raw.clear()
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"not CSV: {error}, {len(lines.raw)} line(s) on; is a quote not closed?"
            yield BadRow(number, reason, excerpt_of("".join(lines.raw[:3])))
            continue
        if cells:
            yield _row(number, columns, cells, lines)


def write(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The header, then each row; texts a spreadsheet would run get an apostrophe in front (`unescaped`)."""
    yield from write_rows([tuple(columns)])
    yield from write_rows(rows)


def write_rows(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Rows without a header, in pieces of about 64 kB."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])
        if buffer.tell() > 64_000:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def escaped(text: str) -> str:
    """The text as a cell no spreadsheet runs as a formula; numbers stay as they are.

    >>> escaped("=1+1"), escaped("-3.5")
    ("'=1+1", '-3.5')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unescaped(cell: str) -> str:
    """The text that `escaped` was given.

    >>> unescaped("'=1+1"), unescaped("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


class _Lines:
    """The lines of a file as text, none longer than the limit; `raw` keeps those of the current record.

    Bytes that are not UTF-8 come as surrogates, so that the record that holds them can be told.
    """

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._is_first = True
        self.raw: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._limit)
        if not line:
            raise StopIteration
        if len(line) == self._limit and not line.endswith(b"\n"):
            skip_line(self._file, line)
        text = line.decode("utf-8", "surrogateescape")
        if self._is_first:
            self._is_first, text = False, text.removeprefix("\ufeff")
        self.raw.append(text)
        return text


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    if not any(names):
        raise InvalidInput("The file has no header: its first line must name the columns.")
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"The header names the column {name!r} twice; each name must stand once.")
    if any("\udc80" <= sign <= "\udcff" for name in names for sign in name):
        raise InvalidInput("The header is not UTF-8; save the file as UTF-8.")
    return names


def _row(number: int, columns: list[str], cells: list[str], lines: _Lines) -> Row | BadRow:
    if len(cells) != len(columns):
        reason = f"the row has {len(cells)} cells; the header has {len(columns)}"
        return BadRow(number, reason, excerpt_of("".join(lines.raw[:3])))
    size = sum(map(len, cells))
    if not all(map(str.isascii, cells)) and not _is_utf8(cells):
        return BadRow(
            number, "the row is not UTF-8; save the file as UTF-8", excerpt_of("".join(lines.raw[:3]))
        )
    return Row(number, dict(zip(columns, cells, strict=True)), size)


def _is_utf8(cells: list[str]) -> bool:
    try:
        for cell in cells:
            cell.encode()
    except UnicodeEncodeError:
        return False
    return True

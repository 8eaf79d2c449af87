"""JSON Lines: one object a line, UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from milo.formats.row import DEFAULT_LIMITS, BadRow, Limits, Row, excerpt_of, foreign_encoding, skip_line

BOM = b"\xef\xbb\xbf"


def read(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[Row | BadRow]:
    """Each line as a row, numbered from 1; empty lines count but give nothing. Never more than one in memory.

    >>> import io
    >>> [row.number for row in read(io.BytesIO(b'{"a": 1}\\n\\n{"a": 2}'))]
    [1, 3]
    """
    number = 0
    while line := file.readline(limits.row_bytes + 1):
        number += 1
        if number == 1:
            if encoding := foreign_encoding(line):
                yield BadRow(1, f"the file is {encoding}; allowed is UTF-8", "")
                return
            line = line.removeprefix(BOM)
        if len(line) > limits.row_bytes:
            skip_line(file, line)
            yield BadRow(number, f"the row has over {limits.row_bytes:,} bytes", excerpt_of(line))
        elif not line.isspace():
            yield parsed(number, line)


def parsed(number: int, raw: bytes) -> Row | BadRow:
    """The row that a JSON object is, or why it is none."""
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return BadRow(number, _syntax_fault(str(error)), excerpt_of(raw))
    if not isinstance(data, dict):
        kind = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(
            type(data), "a number"
        )
        return BadRow(number, f"the row is {kind}; allowed is an object {{...}}", excerpt_of(raw))
    return Row(number, data, len(raw))


def write(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Each row as a line."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _syntax_fault(message: str) -> str:
    if "UTF-8" in message:
        return "the row is not UTF-8; save the file as UTF-8"
    if "surrogate" in message:
        return f"the row holds half a surrogate pair, which is no character ({message})"
    if "depth" in message:
        return "the row is nested too deep"
    return f"the row is not JSON: {message}"

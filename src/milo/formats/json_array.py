"""JSON: one list of objects, read element by element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from milo.formats.jsonl import BOM, parsed
from milo.formats.row import DEFAULT_LIMITS, BadRow, Limits, Row, excerpt_of, foreign_encoding

CHUNK = 256 * 1024
#: Whole strings (so that brackets inside them do not count), brackets and commas.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|["\[\]{},]', re.DOTALL)


def read(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[Row | BadRow]:
    """Each element of the list as a row, numbered from 1.

    An element that is not JSON is a bad row and the next ones are still read; where brackets or quotes do
    not close, the rest of the file is one bad row.

    >>> import io
    >>> [row.data for row in read(io.BytesIO(b'[{"a": 1}, {"a": 2}]'))]
    [{'a': 1}, {'a': 2}]
    """
    start = file.read(CHUNK)
    if encoding := foreign_encoding(start):
        yield BadRow(1, f"the file is {encoding}; allowed is UTF-8", "")
        return
    start = start.removeprefix(BOM).lstrip()
    if not start.startswith(b"["):
        yield BadRow(1, "the file is no list; allowed is [{...}, {...}], or JSONL", excerpt_of(start))
        return
    for number, element in enumerate(_elements(file, start[1:], limits), start=1):
        if isinstance(element, str):
            yield BadRow(number, element, "")
        elif element or number > 1:
            yield parsed(number, element) if element else BadRow(number, "nothing between two commas", "")


def of_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The list of what stands in JSON Lines, piece by piece.

    >>> b"".join(of_lines([b'{"a": 1}\\n', b'{"a": 2}\\n']))
    b'[\\n{"a": 1},\\n{"a": 2}\\n]\\n'
    """
    before = b"[\n"
    for line in lines:
        yield before + line.removesuffix(b"\n")
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _elements(file: BinaryIO, buffer: bytes, limits: Limits) -> Iterator[bytes | str]:
    """The bytes of each element; a text is what is wrong, and the last thing that comes."""
    position = depth = 0
    while True:
        token = _TOKEN.search(buffer, position)
        if token is None or token[0] == b'"':
            held = len(buffer) if token is None else token.start()
            position = held
            if len(buffer) > limits.row_bytes:
                yield f"the row has over {limits.row_bytes:,} bytes, or a quote or bracket does not close"
                return
            more = file.read(max(CHUNK, len(buffer)))
            if not more:
                yield "the file ends inside the list: a quote or bracket does not close"
                return
            buffer += more
            continue
        position = token.end()
        sign = token[0]
        if sign in (b"{", b"["):
            depth += 1
        elif sign in (b"}", b"]") and depth:
            depth -= 1
        elif depth == 0 and sign in (b",", b"]", b"}"):
            element = buffer[: token.start()].strip()
            if sign == b"," or element:
                yield element
            if sign != b",":
                return
            buffer, position = buffer[position:], 0

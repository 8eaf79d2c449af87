"""What a reader of a file gives: rows with their number, or why a row cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

EXCERPT = 200  # characters of a bad row that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file may be in memory at once."""

    field_bytes: int = 10_000_000  # one value
    row_bytes: int = 40_000_000  # one row, as written in the file
    depth: int = 32  # lists and objects inside each other


DEFAULT_LIMITS = Limits()


class Row(NamedTuple):
    """A row that could be read."""

    number: int  # as an editor or a spreadsheet counts
    data: dict[str, Any]  # Any: whatever JSON can hold
    size: int  # bytes, or characters of a CSV file; says how much memory rows take together


class BadRow(NamedTuple):
    """A row that could not be read, or not be imported."""

    number: int
    reason: str
    excerpt: str


def excerpt_of(raw: bytes | str) -> str:
    """The beginning of a row, fit to store and show whatever it holds."""
    text = raw[: EXCERPT * 4].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[:EXCERPT]
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:EXCERPT])
    return shown.strip()


def foreign_encoding(start: bytes) -> str | None:
    """The name of the encoding that the first bytes of a file declare, when it is not UTF-8.

    >>> foreign_encoding("id".encode("utf-16"))
    'UTF-16'
    """
    marks = {
        b"\xff\xfe\x00\x00": "UTF-32",
        b"\x00\x00\xfe\xff": "UTF-32",
        b"\xff\xfe": "UTF-16",
        b"\xfe\xff": "UTF-16",
    }
    return next((name for mark, name in marks.items() if start.startswith(mark)), None)


def skip_line(file: BinaryIO, line: bytes) -> None:
    """Read on to the end of a line of which `line` is the part already read."""
    while line and not line.endswith(b"\n"):
        line = file.readline(1_000_000)


def value_fault(name: str, value: Any, limits: Limits) -> str | None:  # Any: whatever JSON can hold
    """Why a value cannot be stored; None when it can."""
    match value:
        case str():
            return _text_fault(name, value, limits)
        case None | bool() | int():
            return None
        case float():
            if abs(value) >= 2**63:
                return f"field {name!r} holds a number beyond 64 bits, which loses digits; write it as a text"
            return None
        case _:
            return _nested_fault(name, value, limits, limits.depth)


def _text_fault(name: str, value: str, limits: Limits) -> str | None:
    if len(value) * 4 > limits.field_bytes:
        size = len(value.encode("utf-8", "surrogatepass"))
        if size > limits.field_bytes:
            return f"field {name!r} has {size:,} bytes; allowed are {limits.field_bytes:,}"
    if "\x00" in value:
        return f"field {name!r} holds a NUL character; allowed is text without it"
    return None


def _nested_fault(name: str, value: Any, limits: Limits, depth: int) -> str | None:
    if depth == 0:
        return f"field {name!r} is nested more than {limits.depth} deep; allowed are {limits.depth} levels"
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict) and any("\x00" in key for key in value):
        return f"field {name!r} holds a key with a NUL character; allowed is text without it"
    for part in inner:
        if isinstance(part, dict | list):
            fault = _nested_fault(name, part, limits, depth - 1)
        else:
            fault = value_fault(name, part, limits)
        if fault is not None:
            return fault
    return None

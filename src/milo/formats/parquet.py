"""Parquet: the rows of one table, read in batches of a row group; pyarrow is an optional extra."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

from milo.core.errors import InvalidInput, Unavailable
from milo.formats.row import DEFAULT_LIMITS, BadRow, Limits, Row

MAGIC = b"PAR1"
LARGEST_BATCH = 1000  # rows
BATCH_BYTES = 8_000_000  # about; rows are several times as large in Python


def require() -> None:
    """Raise `Unavailable` with the command to install what reads Parquet, where it is missing."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise Unavailable(
            "Parquet files are read through pyarrow, which is not installed. "
            "Install it with: pip install 'milo-annotate[parquet]'"
        ) from None


def count(file: BinaryIO) -> int:
    """How many rows a file says it has; raises `InvalidInput` when it is no Parquet file."""
    rows: int = _opened(file).metadata.num_rows
    return rows


def read(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Iterator[Row | BadRow]:
    """Each row of the table, numbered from 1.

    Dates and times become ISO 8601, decimals texts, NaN a missing value; a row with bytes or an infinite
    number is a bad row. Raises `InvalidInput` when the file is no Parquet file, or is damaged further on.
    """
    table = _opened(file)
    number = 0
    for group in range(table.num_row_groups):
        batches = table.iter_batches(
            batch_size=_batch_size(table.metadata.row_group(group)), row_groups=[group]
        )
        for batch in _whole(batches):
            if batch.nbytes > limits.row_bytes * max(1, batch.num_rows):
                raise InvalidInput(
                    f"the rows from {number + 1} have {batch.nbytes // batch.num_rows:,} bytes each; "
                    f"allowed are {limits.row_bytes:,}"
                )
            size = batch.nbytes // max(1, batch.num_rows)
            for place in range(batch.num_rows):
                number += 1
                yield _row(number, batch, place, size)


def _opened(file: BinaryIO) -> Any:  # Any: pyarrow has no type information
    require()
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(file)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise InvalidInput(f"The file is no Parquet file: {_short(error)}") from error


def _whole(batches: Iterator[Any]) -> Iterator[Any]:
    """The batches, with what pyarrow says of a damaged one in our words."""
    import pyarrow

    while True:
        try:
            batch = next(batches, None)
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise InvalidInput(f"The Parquet file is damaged: {_short(error)}") from error
        if batch is None:
            return
        yield batch


def _batch_size(group: Any) -> int:
    """Rows that are read at once: few of long ones."""
    mean = group.total_byte_size / max(1, group.num_rows)
    return int(min(LARGEST_BATCH, max(1, BATCH_BYTES / max(1.0, mean))))


def _row(number: int, batch: Any, place: int, size: int) -> Row | BadRow:
    data = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            data[name] = _plain(name, column[place].as_py())
        except InvalidInput as error:
            return BadRow(number, str(error), "")
        except (ValueError, OverflowError) as error:  # a time beyond what Python's can hold
            return BadRow(number, f"field {name!r} cannot be read: {_short(error)}", "")
    return Row(number, data, size)


def _plain(name: str, value: Any) -> Any:  # Any: whatever Parquet can hold, as JSON can
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if math.isinf(value):
                raise InvalidInput(f"field {name!r} holds {value}; allowed are finite numbers")
            return None if math.isnan(value) else value
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case dict():
            return {str(key): _plain(name, inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(name, inner) for inner in value]
        case _:
            found = type(value).__name__
            raise InvalidInput(
                f"field {name!r} holds {found}; allowed are texts, numbers, lists and structures"
            )


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]

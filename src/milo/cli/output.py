"""How commands print: readable lines, or one JSON document with --json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def show(data: Any, text: str, as_json: bool) -> None:  # Any: whatever JSON can hold
    """Print the data as JSON, or the text."""
    print(json.dumps(data, ensure_ascii=False, default=str) if as_json else text)


def show_table(rows: Sequence[dict[str, Any]], columns: Sequence[str], as_json: bool) -> None:
    """Print rows as a table with these columns, or as a JSON list."""
    if as_json:
        print(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*("" if row.get(column) is None else str(row[column]) for column in columns))
    Console().print(table)

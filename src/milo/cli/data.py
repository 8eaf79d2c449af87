"""`milo import`, `preannotate` and `export`: data in, suggestions, labels out."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""

"""The command line: each group of commands in its own file; every command calls one workflow function."""

from __future__ import annotations

import sys

import typer

from milo.cli import data, jobs, maintenance, models, people, projects, serve
from milo.core.errors import InvalidInput, MiloError

app = typer.Typer(
    name="milo",
    help="People and models annotate data together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (serve, people, projects, data, models, jobs, maintenance):
    module.register(app)


def main() -> None:
    """Run the command line; an expected error is one line on standard error and exit code 1."""
    try:
        app()
    except MiloError as error:
        print(f"milo: {error}", file=sys.stderr)
        if isinstance(error, InvalidInput):
            for fault in error.faults:
                print(f"  {fault}", file=sys.stderr)
        sys.exit(1)

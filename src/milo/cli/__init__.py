"""The command line: each group of commands in its own file; every command calls one workflow function."""

from __future__ import annotations

import sys

import typer

from milo.cli.data import register as register_data
from milo.cli.demo import register as register_demo
from milo.cli.jobs import register as register_jobs
from milo.cli.judge import register as register_judge
from milo.cli.judge_card import register as register_judge_card
from milo.cli.maintenance import register as register_maintenance
from milo.cli.models import register as register_models
from milo.cli.people import register as register_people
from milo.cli.projects import register as register_projects
from milo.cli.serve import register as register_serve
from milo.core.errors import InvalidInput, MiloError

app = typer.Typer(
    name="milo",
    help="People and models annotate data together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for register in (
    register_serve,
    register_demo,
    register_people,
    register_projects,
    register_data,
    register_judge,
    register_models,
    register_jobs,
    register_judge_card,
    register_maintenance,
):
    register(app)


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

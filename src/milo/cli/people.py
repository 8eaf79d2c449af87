"""`milo user`: people and their log-ins."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated, cast

import typer

from milo.cli.output import Json, now, show, show_table
from milo.config import load
from milo.core.errors import InvalidInput
from milo.core.person import PersonRole
from milo.installation import open_installation

group = typer.Typer(help="People and their log-ins.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(group, name="user")


@group.command("add")
def add(
    login: str,
    role: Annotated[str, typer.Option(help="annotator, auditor, researcher or admin")] = "annotator",
    name: Annotated[str, typer.Option(help="The name others see; the log-in name if empty.")] = "",
    organisation: Annotated[str, typer.Option(help="A vendor or a team.")] = "",
    pay: Annotated[float | None, typer.Option(help="US dollars an hour.")] = None,
    json: Json = False,
) -> None:
    """Add a person; the password is asked for, or read from standard input."""
    from milo.workflow import people

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if sys.stdin.isatty() and getpass.getpass("Again: ") != password:
        raise InvalidInput("The two passwords differ.")
    with open_installation(load()).database.write() as session:
        person = people.add_person(
            session,
            login=login,
            name=name or login,
            password=password,
            role=cast(PersonRole, role),
            organisation=organisation,
            pay_usd_per_hour=pay,
            now=now(),
        )
    show({"id": person.id, "login": person.login, "role": person.role}, f"Added {login} ({role}).", json)


@group.command("list")
def list_people(json: Json = False) -> None:
    """Everybody, with role and organisation."""
    from milo.db.queries import people

    with open_installation(load(), create=False).database.read() as session:
        rows = [
            {
                "id": row.id,
                "login": row.login,
                "name": row.name,
                "role": row.role,
                "organisation": row.organisation,
            }
            for row in people.everybody(session)
        ]
    show_table(rows, ("id", "login", "name", "role", "organisation"), json)

"""`milo project`: made from a template or a milo.yaml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from milo.cli.output import Json, now, show, show_table
from milo.config import load
from milo.core.errors import InvalidInput, NotFound
from milo.installation import open_installation

group = typer.Typer(help="Projects.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(group, name="project")


@group.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Its name; the file's own if empty.")] = "",
    template: Annotated[str, typer.Option(help="One of `milo project templates`.")] = "",
    file: Annotated[Path | None, typer.Option(help="A milo.yaml.", exists=True, dir_okay=False)] = None,
    researcher: Annotated[str, typer.Option(help="Log-in name of who leads it.")] = "",
    json: Json = False,
) -> None:
    """Create a project from a template or from a file."""
    from milo.core.project import ProjectSpec
    from milo.db.queries import people as people_queries
    from milo.formats import milo_yaml
    from milo.workflow import projects

    if bool(template) == (file is not None):
        raise InvalidInput("Give either --template NAME or --file milo.yaml.")
    spec: ProjectSpec = (
        milo_yaml.template(template) if file is None else milo_yaml.read(file.read_text("utf-8"))
    )
    if name:
        spec = replace(spec, name=name, slug="")
    with open_installation(load()).database.write() as session:
        by = people_queries.by_login(session, researcher) if researcher else None
        if researcher and by is None:
            raise NotFound(
                f"There is no person with the log-in name {researcher!r}; add one with `milo user add`."
            )
        project = projects.create(session, spec, by=people_queries.as_person(by) if by else None, now=now())
        data = {"id": project.id, "slug": project.slug, "name": project.name}
    show(data, f"Created {data['name']} as {data['slug']}.", json)


@group.command("list")
def list_projects(json: Json = False) -> None:
    """Every project."""
    from milo.db.queries import projects

    with open_installation(load(), create=False).database.read() as session:
        rows = [{"id": row.id, "slug": row.slug, "name": row.name} for row in projects.every(session)]
    show_table(rows, ("id", "slug", "name"), json)


@group.command("templates")
def list_templates(json: Json = False) -> None:
    """The templates a project can begin with."""
    from milo.formats import milo_yaml

    rows = [
        {"name": name, "title": spec.name, "description": spec.description}
        for name, spec in milo_yaml.templates().items()
    ]
    show_table(rows, ("name", "title", "description"), json)

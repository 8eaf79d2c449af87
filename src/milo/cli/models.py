"""`milo model`: weights, endpoints, and what they can do."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from milo.cli.output import Json, now, show, show_table
from milo.config import load
from milo.core.errors import InvalidInput, NotFound
from milo.core.model_config import Provider
from milo.installation import open_installation, secret_key

group = typer.Typer(help="Models: weights on this machine, and endpoints.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(group, name="model")


@group.command("install")
def install(
    name: Annotated[str, typer.Argument(help="One of `milo model list --weights`.")] = "",
    path: Annotated[Path | None, typer.Option(help="A file of your own with the same content.")] = None,
    json: Json = False,
) -> None:
    """Fetch weights for the embedded model, checked by SHA-256 and kept in the cache."""
    from milo.models import catalog

    config = load()
    target = catalog.install(
        name or catalog.DEFAULT,
        cache_dir=config.cache_dir.expanduser(),
        path=path,
        source=None if config.weights_source == "auto" else config.weights_source,
        say=lambda text: print(text, file=sys.stderr),
        progress=_progress if sys.stderr.isatty() else lambda done, total: None,
    )
    show({"path": str(target)}, f"Installed: {target}", json)


@group.command("list")
def list_models(
    weights: Annotated[bool, typer.Option("--weights", help="The weights milo knows instead.")] = False,
    json: Json = False,
) -> None:
    """The models that were added, or the weights that can be installed."""
    if weights:
        from milo.models import catalog

        cache_dir = load().cache_dir.expanduser()
        rows: list[dict[str, Any]] = [
            {
                "name": known.name,
                "size": f"{known.size_bytes / 1e6:.0f} MB",
                "licence": known.licence,
                "installed": "yes" if catalog.is_installed(known.name, cache_dir) else "no",
                "for": known.card,
            }
            for known in catalog.KNOWN.values()
        ]
        show_table(rows, ("name", "size", "licence", "installed", "for"), json)
        return
    from milo.workflow import models

    with open_installation(load(), create=False).database.read() as session:
        rows = [
            {"name": view.name, "provider": view.provider, "model": view.model, "address": view.base_url}
            for view in models.listed(session)
        ]
    show_table(rows, ("name", "provider", "model", "address"), json)


@group.command("add")
def add(
    name: str,
    provider: Annotated[str, typer.Option(help="embedded, openai_compatible, scripted or replay")],
    model: Annotated[str, typer.Option(help="Weights, the endpoint's model id, or a file.")] = "",
    url: Annotated[str | None, typer.Option(help="The endpoint, such as http://127.0.0.1:8080/v1")] = None,
    key_variable: Annotated[
        str, typer.Option(help="The environment variable that holds the endpoint's key.")
    ] = "",
    params: Annotated[
        Path | None,
        typer.Option(help="A YAML or JSON file: the provider's parameters.", exists=True, dir_okay=False),
    ] = None,
    price_in: Annotated[float | None, typer.Option(help="US dollars a million input tokens.")] = None,
    price_out: Annotated[float | None, typer.Option(help="US dollars a million output tokens.")] = None,
    json: Json = False,
) -> None:
    """Add a model; the key is read from an environment variable and stored encrypted."""
    from milo.workflow import models
    from milo.workflow.models import ModelSetup

    if key_variable and key_variable not in os.environ:
        raise InvalidInput(f"The environment has no variable {key_variable}.")
    installation = open_installation(load())
    setup = ModelSetup(
        name=name,
        provider=cast(Provider, provider),
        model=model or _default_model(provider),
        base_url=url,
        api_key=os.environ[key_variable] if key_variable else None,
        params=_parameters(params) if params else {},
        price_in_usd_per_million=price_in,
        price_out_usd_per_million=price_out,
    )
    with installation.database.write() as session:
        row = models.add(session, setup, secret=secret_key(installation.data_dir), now=now())
        id = row.id
    show({"id": id, "name": name}, f"Added {name}. Try it with `milo model test {name}`.", json)


@group.command("test")
def try_model(name: str, json: Json = False) -> None:
    """Ask the model a few short questions and say what it can do; exits 1 when it cannot be reached."""
    from milo.db.queries import models as model_queries
    from milo.models import open_model
    from milo.models.capabilities import probe
    from milo.workflow import models

    installation = open_installation(load(), create=False)
    with installation.database.read() as session:
        row = model_queries.by_name(session, name)
        if row is None:
            known = ", ".join(view.name for view in models.listed(session)) or "none yet"
            raise NotFound(f"There is no model named {name!r}; there are: {known}")
        config = models.config_of(row, secret_key(installation.data_dir))
    model = open_model(config, cache_dir=installation.config.cache_dir.expanduser())
    found = asyncio.run(models.test(model, probe))
    with installation.database.write() as session:
        models.find(session, config.id).capabilities = found
    show(found, _in_words(found), json)
    if not found["reachable"]:
        sys.exit(1)


def _default_model(provider: str) -> str:
    """What stands for the model where nothing is said; an endpoint has no default."""
    from milo.models import catalog

    return {"embedded": catalog.DEFAULT, "scripted": "rules", "replay": "recording"}.get(provider, "")


def _parameters(file: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidInput(f"The parameters cannot be read from {file}: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput(f"{file} holds {found!r:.60}; allowed is an object of parameters.")
    return found


def _in_words(found: dict[str, Any]) -> str:
    if not found["reachable"]:
        return f"not reachable: {found['error']}"
    lines = [f"reachable, {found['latency_ms']:.0f} ms a short answer"]
    for name in ("logprobs", "json_schema", "images", "streaming"):
        verdict = "yes" if found[name] else f"no: {found['reasons'].get(name, 'not tried')}"
        lines.append(f"{name.replace('_', ' ')}: {verdict}")
    return "\n".join(lines)


def _progress(done: int, total: int) -> None:
    print(f"\r{done / 1e6:6.0f} of {total / 1e6:.0f} MB", end="", file=sys.stderr, flush=True)
    if done >= total:
        print(file=sys.stderr)

"""Write the pages of the reference that follow from the code: commands, settings and routes.

`make docs` writes them. With `--check` they stay as they were, and being stale is an error.
"""

from __future__ import annotations

import sys
import tempfile
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from milo.cli import app as command_line
from milo.config import Config
from milo.core.person import ALLOWED
from milo.db.session import Database
from milo.web.app import create_app
from milo.web.permissions import ROUTES, Need

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
Json = dict[str, Any]  # Any: OpenAPI is free-form

#: Described on the page of milo.yaml.
IN_MILO_YAML = {
    *("ProjectSpec", "SubjectField", "ChoiceQuestion", "ChoicesQuestion", "TextQuestion"),
    *("ChatQuestion", "PairwiseQuestion", "RankingQuestion"),
    *("Option", "ShownIf", "Guideline", "Section", "Settings"),
}

NOTE = "<!-- Made by `make docs` from {source}; change it there. -->\n"


def main() -> int:
    stale = [name for name, text in pages().items() if not _is_written(name, text)]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/reference/{name} is stale; run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (REFERENCE / name).write_text(pages()[name], encoding="utf-8")
        print(f"Wrote docs/reference/{name}")
    return 0


def pages() -> dict[str, str]:
    """The text of each generated page, by its file name."""
    return {name: "\n".join(lines()).rstrip() + "\n" for name, lines in PAGES.items()}


def _is_written(name: str, text: str) -> bool:
    path = REFERENCE / name
    return path.is_file() and path.read_text(encoding="utf-8") == text


# --- commands


def commands() -> Iterator[tuple[str, Any]]:  # Any: typer's command classes are not public
    """Every command that does something, as `milo model add`, with its object."""
    yield from _commands_below("milo", get_command(command_line))


def _commands_below(name: str, command: Any) -> Iterator[tuple[str, Any]]:  # Any: as above
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for part, one in below.items():
        yield from _commands_below(f"{name} {part}", one)


def cli_page() -> Iterator[str]:
    yield "# Command line"
    yield ""
    yield NOTE.format(source="`src/milo/cli/`")
    yield "`milo COMMAND --help` prints the same on the screen. Commands that print something take `--json`."
    yield "A mistake is one line on standard error and exit status 1."
    yield "Where the data lies is [a setting](settings.md): `MILO_DATA_DIR`."
    yield ""
    yield "| Command | What it does |"
    yield "|---|---|"
    for name, command in commands():
        anchor = name.replace(" ", "-")
        yield f"| [`{name}`](#{anchor}) | {_cell(_first_sentence(command.help or ''))} |"
    for name, command in commands():
        yield ""
        yield f"## {name}"
        yield ""
        yield _paragraph(command.help or "")
        yield ""
        yield f"    {name}{''.join(_usage(parameter) for parameter in command.params)}"
        rows = [row for parameter in command.params for row in _parameter_rows(parameter)]
        if rows:
            yield ""
            yield "| Argument | Default | What it is |"
            yield "|---|---|---|"
            yield from rows


def _usage(parameter: Any) -> str:  # Any: typer's parameter classes are not public
    if _is_argument(parameter):
        return f" {_argument_name(parameter)}" if parameter.required else f" [{_argument_name(parameter)}]"
    return f" {_option(parameter)}" if parameter.required else ""


def _parameter_rows(parameter: Any) -> Iterator[str]:  # Any: as above
    if parameter.hidden:
        return
    name = _argument_name(parameter) if _is_argument(parameter) else _option(parameter)
    default = "required" if parameter.required else _default(parameter)
    yield f"| `{name}` | {default} | {_cell(getattr(parameter, 'help', None) or '')} |"


def _is_argument(parameter: Any) -> bool:  # Any: as above
    return not parameter.opts[0].startswith("-")


def _argument_name(parameter: Any) -> str:  # Any: as above
    return str(parameter.metavar or parameter.name.upper())


def _option(parameter: Any) -> str:  # Any: as above
    if getattr(parameter, "is_flag", False):
        return " / ".join([*parameter.opts, *parameter.secondary_opts])
    return f"{', '.join(parameter.opts)} {parameter.metavar or _value_name(parameter)}"


def _value_name(parameter: Any) -> str:  # Any: as above
    kind = parameter.type_descriptor.annotation
    parts = [one for one in typing.get_args(kind) or (kind,) if one is not types.NoneType]
    return {int: "NUMBER", float: "NUMBER", Path: "FILE"}.get(parts[0], "TEXT")


def _default(parameter: Any) -> str:  # Any: as above
    default = parameter.default
    if default is None or default == "":
        return "none"
    if not isinstance(default, bool):
        return f"`{default}`"
    names = parameter.opts if default else parameter.secondary_opts
    return f"`{names[0]}`" if names else "off"


# --- settings


def settings_page() -> Iterator[str]:
    yield "# Settings of an installation"
    yield ""
    yield NOTE.format(source="`src/milo/config.py`")
    yield "Each is an environment variable, read once when a command starts."
    yield "A value that cannot be used is refused, with the variable, what was found and what is allowed."
    yield "Settings of a project (overlap, reveal, threshold) are elsewhere: in its"
    yield "[milo.yaml](milo-yaml.md#settings), or on its page *Guideline and form*."
    yield ""
    yield "| Variable | Default | Allowed | What it is |"
    yield "|---|---|---|---|"
    for name, field in Config.model_fields.items():
        default = "empty" if field.default == "" else f"`{_plain(field.default)}`"
        yield f"| `MILO_{name.upper()}` | {default} | {_allowed(field)} | {_cell(field.description or '')} |"


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _allowed(field: Any) -> str:  # Any: a pydantic field
    if typing.get_origin(field.annotation) is typing.Literal:
        return ", ".join(f"`{one}`" for one in typing.get_args(field.annotation))
    if field.annotation is bool:
        return "`true`, `false`"
    limits = {
        name: limit
        for rule in field.metadata
        for name in ("ge", "le")
        if (limit := getattr(rule, name, None)) is not None
    }
    if not limits:
        return (
            "a number"
            if field.annotation in (int, float)
            else "a path"
            if field.annotation is Path
            else "text"
        )
    if "le" in limits:
        return f"{limits['ge']} to {limits['le']}"
    return f"{limits['ge']} or more"


# --- routes


def routes() -> dict[tuple[str, str], str]:
    """What each route of the HTTP interface does, by method and path."""
    return {
        (method.upper(), path): str(operation.get("description", ""))
        for path, operations in _openapi()["paths"].items()
        for method, operation in operations.items()
    }


def _openapi() -> Json:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/milo.db")
        schema: Json = create_app(database, Config()).openapi()
        database.close()
    return schema


def http_page() -> Iterator[str]:
    schema = _openapi()
    yield "# HTTP interface"
    yield ""
    yield NOTE.format(source="the application (`src/milo/web/`) and its permission table")
    yield "All that the interface in the browser does goes through these routes, and so can you."
    yield "The full description, with every reply, is OpenAPI at `GET /api/openapi.json`."
    yield "A program that labels is in [the tutorial](../tutorial/first-project.md#the-same-by-http)."
    yield ""
    yield "- **Who are you?** Send `Authorization: Bearer KEY`; make a key with `POST /api/me/keys`."
    yield "  In a browser it is the cookie of `POST /api/login` instead; then every call but GET needs the"
    yield "  header `X-CSRF-Token` with `csrf_token` of `GET /api/me`."
    yield "- **Which project?** `{p}` is its number or its slug."
    yield "  A project one is not in does not exist for one: 404."
    yield "- **What went wrong?** Errors are `application/problem+json` (RFC 9457) with `title`, `status` and"
    yield "  `detail`; `errors` lists each fault as `where`, `found`, `allowed`."
    yield "- **Sent twice?** `submit`, `skip`, `reject` and `reopen` carry a `client_id`; the same one again"
    yield "  changes nothing and gets the same reply."
    yield ""
    yield "An administrator may do everything."
    yield ""
    yield "| Method | Path | Who | What it gives |"
    yield "|---|---|---|---|"
    described = routes()
    needs = {(method, path.replace(":path}", "}")): need for (method, path), need in ROUTES.items()}
    for (method, path), need in needs.items():
        if (method, path) in described:
            yield f"| {method} | `{path}` | {_who(need)} | {_cell(_paragraph(described[method, path]))} |"
    yield "| GET | `/healthz` | anyone | Whether the server and its database answer. |"
    yield "| GET | `/metrics` | anyone | Requests, jobs and model calls, for Prometheus. |"
    yield "| GET | `/api/openapi.json` | anyone | This interface as OpenAPI 3.1. |"
    yield ""
    yield "## What is sent"
    yield ""
    yield "In the address (`?key=`) or as JSON. A key of the JSON that is not listed is refused."
    for method, path in needs:
        yield from _sent(schema, method, path)
    yield ""
    yield "## Objects inside"
    yield ""
    yield "Fields, questions, options, sections and settings are as in a [milo.yaml](milo-yaml.md)."
    yield from _shapes(schema)


def _who(need: Need) -> str:
    match need:
        case "anyone":
            return "anyone"
        case "logged_in":
            return "whoever is logged in"
        case _:
            return ", ".join(sorted(ALLOWED[need])) or "administrator"


def _sent(schema: Json, method: str, path: str) -> Iterator[str]:
    """What a route takes: in the address, and as JSON."""
    operation = schema["paths"].get(path, {}).get(method.lower()) or {}
    queries = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    content = operation.get("requestBody", {}).get("content", {})
    rows = [_query_row(one) for one in queries]
    if "application/json" in content:
        rows += _property_rows(_resolved(schema, content["application/json"]["schema"]))
    if not rows and "application/octet-stream" not in content:
        return
    yield ""
    yield f"### {method} {path}"
    if "application/octet-stream" in content:
        yield ""
        yield "The body is the file itself."
    if rows:
        yield ""
        yield "| Key | Kind | Default |"
        yield "|---|---|---|"
        yield from rows


def _query_row(parameter: Json) -> str:
    default = "required" if parameter.get("required") else _json_default(parameter["schema"])
    return f"| `?{parameter['name']}=` | {_cell(_kind(parameter['schema']))} | {default} |"


def _shapes(schema: Json) -> Iterator[str]:
    """The objects that stand inside what is sent and are no part of a milo.yaml."""
    for name in sorted(_shapes_sent(schema) - IN_MILO_YAML):
        shape = schema["components"]["schemas"][name]
        if shape.get("properties"):
            yield ""
            yield f"### {name}"
            yield ""
            yield _paragraph(shape.get("description", ""))
            yield ""
            yield "| Key | Kind | Default |"
            yield "|---|---|---|"
            yield from _property_rows(shape)


def _shapes_sent(schema: Json) -> set[str]:
    waiting = {
        name
        for operations in schema["paths"].values()
        for operation in operations.values()
        for body in operation.get("requestBody", {}).get("content", {}).values()
        for top in _names_in(body["schema"])
        for name in _names_in(schema["components"]["schemas"][top])
    }
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _names_in(schema["components"]["schemas"][name]) - found
    return found


def _names_in(shape: Any) -> set[str]:  # Any: a part of a JSON schema
    if isinstance(shape, list):
        return {name for one in shape for name in _names_in(one)}
    if not isinstance(shape, dict):
        return set()
    own = {shape["$ref"].rpartition("/")[2]} if isinstance(shape.get("$ref"), str) else set()
    return own | {name for one in shape.values() for name in _names_in(one)}


def _resolved(schema: Json, shape: Json) -> Json:
    if "anyOf" in shape:
        shape = next((one for one in shape["anyOf"] if one.get("type") != "null"), shape)
    name = shape.get("$ref", "").rpartition("/")[2]
    found: Json = schema["components"]["schemas"][name] if name else shape
    return found


def _property_rows(shape: Json) -> Iterator[str]:
    for name, value in shape.get("properties", {}).items():
        default = "required" if name in shape.get("required", ()) else _json_default(value)
        yield f"| `{name}` | {_cell(_kind(value))} | {default} |"


def _json_default(value: Json) -> str:
    default = value.get("default")
    if default is None or default == "":
        return "none"
    return (
        f"`{_plain(default)}`" if not isinstance(default, dict | list) else "empty" if not default else "set"
    )


def _kind(shape: Json) -> str:
    """A JSON schema in words.

    >>> _kind({"anyOf": [{"type": "integer"}, {"type": "null"}]})
    'whole number or null'
    """
    if "$ref" in shape:
        return str(shape["$ref"].rpartition("/")[2])
    for union in ("anyOf", "oneOf"):
        if union in shape:
            return " or ".join(_kind(one) for one in shape[union])
    if "enum" in shape:
        return " or ".join(f"`{one}`" for one in shape["enum"])
    if "const" in shape:
        return f"`{shape['const']}`"
    kind = shape.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    words = {"string": "text", "integer": "whole number", "boolean": "flag"}
    return words.get(kind, str(kind))


# --- words


def _first_sentence(text: str) -> str:
    return _paragraph(text).split("; ")[0].split(". ")[0].rstrip(".") + "."


def _paragraph(text: str) -> str:
    return " ".join(text.split("\f")[0].split())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "cli.md": cli_page,
    "settings.md": settings_page,
    "http.md": http_page,
}

if __name__ == "__main__":
    sys.exit(main())

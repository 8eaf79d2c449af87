"""The reference has all there is: each command, setting, route, template and key."""

from __future__ import annotations

import sys

import pytest

from milo.config import Config
from milo.formats import milo_yaml
from tests.docs.markdown import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tools"))
import reference_pages

REFERENCE = REPOSITORY / "docs" / "reference"
PAGES = reference_pages.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_as_the_code_is(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_every_command_has_a_heading_and_says_what_it_does() -> None:
    for name, command in reference_pages.commands():
        assert f"\n## {name}\n" in PAGES["cli.md"]
        assert command.help, f"{name} has no docstring"


def test_every_option_of_a_command_says_what_it_is() -> None:
    silent = [
        line for line in PAGES["cli.md"].splitlines() if line.startswith("| `--") and line.endswith("|  |")
    ]
    assert silent == []


def test_every_setting_of_an_installation_is_in_the_reference() -> None:
    missing = [name for name in Config.model_fields if f"`MILO_{name.upper()}`" not in PAGES["settings.md"]]
    assert missing == []


def test_every_route_is_in_the_reference_with_who_may_and_what_it_gives() -> None:
    for (method, path), text in reference_pages.routes().items():
        assert text, f"{method} {path} has no docstring"
        assert f"| {method} | `{path}` | " in PAGES["http.md"], (
            f"{method} {path} is not in the permission table"
        )


def test_every_template_is_named_in_the_reference() -> None:
    page = (REFERENCE / "milo-yaml.md").read_text(encoding="utf-8")
    assert [name for name in milo_yaml.templates() if name not in page] == []

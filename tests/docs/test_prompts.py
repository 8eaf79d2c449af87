"""The page on pre-annotation shows the prompt templates as they are."""

from __future__ import annotations

from milo.roles.prompting import PLACEHOLDERS, default_template
from tests.docs.markdown import REPOSITORY, blocks

PATH = REPOSITORY / "docs" / "how-to" / "pre-annotate.md"
PAGE = PATH.read_text(encoding="utf-8")


def test_the_template_that_is_shown_is_the_one_in_force() -> None:
    (shown,) = (block.text for block in blocks(PATH) if block.language == "markdown")
    assert shown.strip() == default_template("question").strip()


def test_every_template_stands_in_the_table_with_its_placeholders() -> None:
    for name, placeholders in PLACEHOLDERS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
        assert {word for word in placeholders if f"`{word}`" not in row} == set()

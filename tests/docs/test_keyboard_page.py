"""The page on the keyboard names every key of the labeling screen."""

from __future__ import annotations

import re

from tests.docs.markdown import REPOSITORY

PAGE = (REPOSITORY / "docs" / "how-to" / "label-with-the-keyboard.md").read_text(encoding="utf-8")
SCREEN = (REPOSITORY / "frontend" / "src" / "annotate" / "useTaskKeys.ts").read_text(encoding="utf-8")
COMMAND = re.compile(r'page\("(\w+)", [^\[\n]*\[([^\]]+)\]')
NAMES = {"ArrowDown": "Down", "ArrowUp": "Up", "Escape": "Esc"}


def as_written(key: str) -> str:
    """A key as the page writes it: letters in capitals."""
    *held, last = key.split("+") if key != "+" else ["+"]
    return "+".join([*held, NAMES.get(last, last.upper() if len(last) == 1 else last)])


def test_every_key_of_the_labeling_screen_is_on_the_page() -> None:
    commands = {name: re.findall(r'"([^"]+)"', keys) for name, keys in COMMAND.findall(SCREEN)}
    assert len(commands) > 15, "the keys are no longer found in the screen's source"
    table = PAGE[PAGE.index("\n## All keys") : PAGE.index("\n## Your own keys")]
    missing = [
        f"{key} ({name})"
        for name, keys in commands.items()
        for key in keys
        if f"`{as_written(key)}`" not in table
    ]
    assert missing == []

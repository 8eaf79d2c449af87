"""The arrows of the architecture, read from the source: who may import whom, and what stays pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src"

PURE_NUMBERS = {"quality", "aggregation", "selection", "studies"}
BELOW_WORKFLOW = {"core", *PURE_NUMBERS, "recipes", "roles", "db", "formats"}
EDGE = {*BELOW_WORKFLOW, "workflow", "config", "installation", "logs"}

# Each part of milo and the parts it may import, beside itself. A new part needs a row.
ALLOWED: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "core": set(),
    **{part: {"core"} for part in PURE_NUMBERS},
    "recipes": {"core", *PURE_NUMBERS},
    "roles": {"core"},
    "db": {"core"},
    "formats": {"core"},
    "models": {"core", "roles"},
    "workflow": BELOW_WORKFLOW,
    "config": {"core"},
    "logs": set(),
    "installation": {"config", "core", "db"},
    "web": EDGE,
    "worker": {*EDGE, "models"},
    "client": {"core"},
    "server": {*EDGE, "web"},
    "demo": {*EDGE, "models", "server", "web", "worker"},
    "cli": {*EDGE, "client", "demo", "models", "server", "web", "worker"},
}
# Models are wired where a process starts, and nowhere else.
MAY_WIRE_MODELS = {"milo.web.app"}

PURE = {"core", "recipes", *PURE_NUMBERS}
WORLD = {  # modules that reach files, the network, the clock, chance or the environment
    "glob", "http", "io", "os", "pathlib", "secrets", "shutil", "socket", "subprocess", "tempfile", "time",
    "urllib", "uuid",
}  # fmt: skip
WORLDLY_CALLS = {"open", "input", "print", "now", "utcnow", "today"}
PYDANTIC_IN_CORE = {"Discriminator", "Strict"}
LAZY = ("numpy", "openai", "scipy", "xllamacpp")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}


@dataclass(frozen=True, slots=True)
class Module:
    """One source file, by its dotted name."""

    name: str
    tree: ast.Module

    @property
    def part(self) -> str:
        """The part of milo it belongs to: `core`, `web`, ..."""
        return self.name.split(".")[1] if "." in self.name else "__init__"

    def imports(self) -> Iterator[str]:
        """Every dotted name it imports, also inside functions."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name} imports relatively; write the full name"
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(name: str, text: str) -> Module:
    return Module(name, ast.parse(text))


def read_modules() -> list[Module]:
    names = {path: ".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in SOURCE.rglob("*.py")}
    return [module(name.removesuffix(".__init__"), path.read_text()) for path, name in sorted(names.items())]


MODULES = read_modules()


def wrong_arrows(module: Module) -> list[str]:
    allowed = ALLOWED[module.part] | {module.part}
    if module.name in MAY_WIRE_MODELS:
        allowed = allowed | {"models"}
    parts = {name.split(".")[1] for name in module.imports() if name.startswith("milo.")} - {"__version__"}
    return [
        f"{module.name} imports milo.{part}; allowed: {sorted(allowed)}" for part in sorted(parts - allowed)
    ]


def foreign_imports_of_core(module: Module) -> list[str]:
    return [
        f"{module.name} imports {name}; core has the standard library and pydantic's {PYDANTIC_IN_CORE}"
        for name in module.imports()
        if (root := name.split(".")[0]) != "milo"
        and root not in sys.stdlib_module_names
        and name.removeprefix("pydantic.") not in PYDANTIC_IN_CORE
    ]


def impurities(module: Module) -> list[str]:
    imported = [name for name in module.imports() if name.split(".")[0] in WORLD]
    chance = [name for name in module.imports() if name.startswith("random.") and name != "random.Random"]
    called = [
        name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and (name := _called_name(node)) in WORLDLY_CALLS
    ]
    return [f"{module.name} uses {name}; it is pure" for name in imported + chance + called]


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def streams_that_block(module: Module) -> list[str]:
    """Bodies of a StreamingResponse that are no `async def` generator of the same file.

    A sync generator is run in the thread pool that all sync endpoints share: 100 such streams raised the p95
    of a submit from 68 ms to 1.5 s.
    """
    generators = {node.name for node in ast.walk(module.tree) if isinstance(node, ast.AsyncFunctionDef)}
    bodies = [
        _argument(call, "content")
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and _called_name(call) == "StreamingResponse"
    ]
    return [
        f"{module.name} streams {ast.unparse(body)}; allowed is a call of an `async def` of this file"
        for body in bodies
        if not (isinstance(body, ast.Call) and _called_name(body) in generators)
    ]


def _argument(call: ast.Call, name: str) -> ast.expr:
    return next(iter(call.args), None) or next(word.value for word in call.keywords if word.arg == name)


def test_every_part_of_milo_has_a_row_of_arrows() -> None:
    assert {module.part for module in MODULES} <= ALLOWED.keys()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_imports_follow_the_arrows(module: Module) -> None:
    assert wrong_arrows(module) == []


def test_core_stands_on_the_standard_library() -> None:
    assert [fault for each in MODULES if each.part == "core" for fault in foreign_imports_of_core(each)] == []


def test_nouns_numbers_and_recipes_are_pure() -> None:
    assert [fault for each in MODULES if each.part in PURE for fault in impurities(each)] == []


def test_streams_never_hold_a_thread() -> None:
    assert [fault for each in MODULES if each.part == "web" for fault in streams_that_block(each)] == []


def test_files_are_named_by_their_noun() -> None:
    assert [each.name for each in MODULES if FORBIDDEN_NAMES & set(each.name.split("."))] == []


def test_the_command_line_starts_without_the_slow_libraries() -> None:
    program = f"import sys, milo.cli; print([name for name in {LAZY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class TestTheGuardsSee:
    """What they are there to refuse; without these a guard that sees nothing would pass."""

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("milo.core.item", "from milo.db import tables"),
            ("milo.quality.agreement", "import milo.workflow.assign"),
            ("milo.workflow.jobs", "def run():\n    from milo.models import open_model"),
            ("milo.web.jobs", "from milo.models import open_model"),
            ("milo.roles.labeler", "from milo.models.local import Local"),
            ("milo.db.queries.items", "from milo.config import load"),
        ],
    )
    def test_an_arrow_that_points_back(self, name: str, text: str) -> None:
        assert len(wrong_arrows(module(name, text))) == 1

    def test_models_wired_in_the_application(self) -> None:
        assert wrong_arrows(module("milo.web.app", "from milo.models import open_model")) == []

    @pytest.mark.parametrize("text", ["import numpy", "from pydantic import BaseModel", "import yaml"])
    def test_a_foreign_library_in_core(self, text: str) -> None:
        assert len(foreign_imports_of_core(module("milo.core.item", text))) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "import os",
            "from pathlib import Path",
            "from random import shuffle",
            "from datetime import datetime\nsince = datetime.now()",
            "open('labels.csv')",
        ],
    )
    def test_the_world_reached_from_a_pure_part(self, text: str) -> None:
        assert len(impurities(module("milo.quality.agreement", text))) == 1

    @pytest.mark.parametrize(
        "text",
        [
            "def rows():\n    yield b''\nStreamingResponse(rows())",
            "StreamingResponse(content=(row for row in rows))",
            "StreamingResponse(rows)",
        ],
    )
    def test_a_stream_that_blocks(self, text: str) -> None:
        assert len(streams_that_block(module("milo.web.assist", text))) == 1

    def test_a_stream_that_does_not(self) -> None:
        text = "async def pieces():\n    yield b''\nStreamingResponse(pieces(), media_type='text/plain')"
        assert streams_that_block(module("milo.web.assist", text)) == []

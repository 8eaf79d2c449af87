"""The documentation does what it says: every example in it is run.

A page is one session in a folder of its own, from its first block to its last: `console` blocks line by line,
`python` blocks as programs, blocks with a remark `<!-- file: NAME -->` written down. What cannot be run here
says why, in a remark `<!-- not run: REASON -->`.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import os
import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from milo.core.project import ProjectSpec, check_spec
from tests.docs.markdown import REPOSITORY, Block, blocks, name_of, pages

SOURCE = REPOSITORY / "src"
RUN = ("console", "python")
CHECKED = ("yaml", "sh")
ONLY_SHOWN = ("json", "text", "mermaid", "markdown", "csv")
#: Pages whose yaml blocks are parts of a milo.yaml are made whole with this.
SMALLEST = next(blocks(REPOSITORY / "docs" / "reference" / "milo-yaml.md")).text
ADDRESS = "127.0.0.1:8000"
SECONDS = 120


@dataclass(slots=True)
class Session:
    """A reader who follows a page, in an empty folder on a machine of their own."""

    folder: Path
    port: int
    server: subprocess.Popen[str] | None = None
    variables: dict[str, str] = field(default_factory=dict)

    def follow(self, block: Block) -> None:
        """Do what the block says."""
        if block.file is not None:
            target = self.folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self._here(block.text), encoding="utf-8")
        elif block.language == "console":
            for command, expected in console(block.text):
                self._type(block, command, expected)
        elif block.language == "python":
            done = self._run([sys.executable, "-c", self._here(block.text)])
            assert done.returncode == 0, f"{block.page}:{block.line}\n{done.stdout}"

    def end(self) -> None:
        """Stop the server that was started."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=30)
            if self.server.stdout is not None:
                self.server.stdout.close()

    def _type(self, block: Block, command: str, expected: str) -> None:
        where = f"{block.page}:{block.line}\n$ {command}"
        if export := re.fullmatch(r"export (\w+)=(\S+)", command):
            self.variables[export[1]] = export[2]
            return
        if re.fullmatch(r"milo serve\b.*", command):
            self._serve(where)
            return
        done = self._run(["bash", "-o", "pipefail", "-c", self._here(command)])
        shown = done.stdout.replace(f"127.0.0.1:{self.port}", ADDRESS)
        assert done.returncode == 0, f"{where}\n{shown}"
        assert is_as_expected(expected, shown), f"{where}\nexpected:\n{expected}\nfound:\n{shown}"

    def _serve(self, where: str) -> None:
        """Start the server beside what follows; its first line says that it listens."""
        assert self.server is None, f"{where}\na server runs already"
        self.server = subprocess.Popen(
            ["milo", "serve"],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.server.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.server.stdout, selectors.EVENT_READ)
            assert selector.select(timeout=30), f"{where}\nsaid nothing in 30 s"
        line = self.server.stdout.readline()
        assert f"http://127.0.0.1:{self.port}" in line, f"{where}\n{line}{self.server.stdout.read()}"
        _wait_for(self.port)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )

    def _here(self, text: str) -> str:
        return text.replace(ADDRESS, f"127.0.0.1:{self.port}")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MILO_")}
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "MILO_DATA_DIR": str(self.folder / "milo-data"),
            "MILO_PORT": str(self.port),
            "COLUMNS": "120",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.variables,
        }


def console(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown below it.

    >>> list(console("$ echo a \\\\\\n> b\\na b\\n$ true\\n"))
    [('echo a \\\\\\nb', 'a b'), ('true', '')]
    """
    command: list[str] = []
    output: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield "\n".join(command), "\n".join(output)
            command, output = [line[2:]], []
        elif line.startswith("> ") and command and not output:
            command.append(line[2:])
        else:
            output.append(line)
    if command:
        yield "\n".join(command), "\n".join(output)


def is_as_expected(expected: str, found: str) -> bool:
    """Whether the output is what the page shows; `...` stands for anything, and nothing shown for everything.

    >>> is_as_expected("Imported 6 ...", "Imported 6 items in 0.1 s"), is_as_expected("a", "b")
    (True, False)
    """
    if not expected.strip():
        return True
    lines = [
        "\n".join(" ".join(line.split()) for line in text.strip().splitlines()) for text in (expected, found)
    ]
    pattern = ".*?".join(re.escape(part) for part in lines[0].split("..."))
    return re.fullmatch(pattern, lines[1], re.DOTALL) is not None


def _wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on port {port} after 10 s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


EVERY_BLOCK = [block for page in pages() for block in blocks(page)]
PAGES_TO_FOLLOW = [
    page for page in pages() if any(block.language in RUN and block.not_run is None for block in blocks(page))
]
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for path in SOURCE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session(tmp_path, free_port())
    try:
        yield session
    finally:
        session.end()


@pytest.mark.parametrize("page", PAGES_TO_FOLLOW, ids=name_of)
def test_following_a_page_works(page: Path, session: Session) -> None:
    if "examples" in page.parts:
        shutil.copytree(page.parent, session.folder, dirs_exist_ok=True)
    for block in blocks(page):
        if block.not_run is None:
            session.follow(block)


@pytest.mark.parametrize(
    "block",
    [block for block in EVERY_BLOCK if block.language == "yaml" and block.not_run is None and not block.file],
    ids=lambda block: f"{block.page}:{block.line}",
)
def test_every_part_of_a_milo_yaml_makes_a_project(block: Block) -> None:
    spec = {**yaml.safe_load(SMALLEST), **yaml.safe_load(block.text)}
    check_spec(TypeAdapter(ProjectSpec).validate_python(spec))


def test_a_block_that_is_not_run_says_why() -> None:
    silent = [
        f"{block.page}:{block.line} is {block.language or 'of no language'}"
        for block in EVERY_BLOCK
        if block.language not in (*RUN, *CHECKED, *ONLY_SHOWN) and not (block.file or block.not_run)
    ]
    assert silent == []


@pytest.mark.parametrize(
    "block",
    [block for block in EVERY_BLOCK if block.language == "sh" and block.not_run is None],
    ids=lambda block: f"{block.page}:{block.line}",
)
def test_what_make_is_told_exists(block: Block) -> None:
    targets = set(
        re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for line in block.text.splitlines():
        make, *wanted = line.partition("#")[0].split()
        assert make == "make", f"{line!r} is no call of make; use a console block"
        assert {word for word in wanted if "=" not in word} <= targets


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize(
    ("expected", "found"), [("Imported 6 items.", "Imported 5 items."), ("a\nb", "a"), ("...x", "y")]
)
def test_output_that_differs_is_seen(expected: str, found: str) -> None:
    assert not is_as_expected(expected, found)

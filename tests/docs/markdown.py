"""The parts of a documentation page: its fenced blocks, its headings, its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\s*$")
REMARK = re.compile(r"^\s*<!--\s*(?P<word>file|not run):\s*(?P<value>.+?)\s*-->\s*$")
HEADING = re.compile(r"^#{1,6} +(.+?) *$")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block; a remark in the line above it may name the file it is, or say why it is not run."""

    page: str
    line: int
    language: str
    text: str
    file: str | None = None
    not_run: str | None = None


def pages() -> list[Path]:
    """Every page written for people."""
    found = [*REPOSITORY.glob("*.md")]
    for folder in ("docs", "examples"):
        found += REPOSITORY.glob(f"{folder}/**/*.md")
    return sorted(found)


def name_of(page: Path) -> str:
    """A page's path in the repository."""
    return page.relative_to(REPOSITORY).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    remark: re.Match[str] | None = None
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), start=1))
    for number, line in lines:
        fence = FENCE.match(line)
        if fence is None:
            remark = REMARK.match(line) or (remark if not line.strip() else None)
            continue
        indent = len(fence["indent"])
        inside = []
        for _, inner in lines:
            if inner.strip() == "```":
                break
            inside.append(inner[indent:])
        named = {} if remark is None else {remark["word"].replace(" ", "_"): remark["value"]}
        yield Block(
            page=name_of(page),
            line=number,
            language=fence["language"],
            text="".join(f"{one}\n" for one in inside),
            **named,
        )
        remark = None


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    kept, is_inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            is_inside = not is_inside
        elif not is_inside:
            kept.append(line)
    return "\n".join(kept)


def anchors(page: Path) -> set[str]:
    """What `#...` may name on a page: its headings, as GitHub makes them."""
    found = (HEADING.match(line) for line in prose(page).splitlines())
    return {_anchor(heading[1]) for heading in found if heading}


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page lead."""
    return LINK.findall(prose(page))


def _anchor(heading: str) -> str:
    words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return words.replace(" ", "-")

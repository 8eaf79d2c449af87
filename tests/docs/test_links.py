"""Links between pages lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.markdown import REPOSITORY, anchors, links, name_of, pages


def fault(page: Path, link: str) -> str | None:
    if link.startswith(("https://", "http://", "mailto:")):
        return None
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return f"{link}: there is no {path}"
    if not target.is_relative_to(REPOSITORY):
        return f"{link}: leads out of the repository"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return f"{link}: {target.name} has no heading {anchor!r}"
    return None


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    assert [found for link in links(page) if (found := fault(page, link))] == []


def test_every_page_of_the_documentation_is_linked_from_another() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in pages()
        for link in links(page)
        if "://" not in link
    }
    alone = [name_of(page) for page in pages() if "docs/" in name_of(page) and page not in linked]
    assert alone == []


@pytest.mark.parametrize("link", ["nowhere.md", "#nothing", "../README.md#nothing", "../../elsewhere"])
def test_a_broken_link_is_seen(link: str) -> None:
    assert fault(REPOSITORY / "docs" / "architecture.md", link)

"""Texts are compared, put in order and turns corrected by keys alone; nobody sees which text is whose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from milo.core.export_options import ExportOptions
from milo.core.person import Person
from milo.core.project import ProjectSpec, SubjectField
from milo.core.questions import ChatQuestion, PairwiseQuestion, RankingQuestion
from milo.demo.build import import_file
from milo.workflow import export, people, projects
from tests.browser.conftest import Site, expect_item, log_in
from tests.browser.staging import Stage, wait_until

AXE = Axe()
TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
GOOD = "Six minutes.\n\n```sh\nboil --minutes 6 egg --and-a-long-line-that-scrolls-by-itself --soft\n```"
TURNS = [
    {"role": "user", "content": "Does oak float?"},
    {"role": "assistant", "content": "Is it dry?"},
    {"role": "user", "content": "Yes."},
]
SPEC = ProjectSpec(
    name="Comparisons",
    subject=(
        SubjectField(name="prompt", title="Prompt"),
        SubjectField(name="talk", title="Conversation", show="chat"),
        SubjectField(name="candidate", title="Candidate", required=False),
        SubjectField(name="alpaca", title="Model Alpaca", show="markdown"),
        SubjectField(name="zebra", title="Model Zebra", show="markdown"),
        SubjectField(name="tiger", title="Model Tiger", show="markdown"),
    ),
    questions=(
        PairwiseQuestion(name="better", title="Which is better?", first="alpaca", second="zebra", ties="two"),
        RankingQuestion(name="order", title="Order them", fields=("alpaca", "zebra", "tiger")),
        ChatQuestion(name="reply", title="What comes next?", conversation="talk", candidate="candidate"),
    ),
)
#: In every item Zebra says what is good, Alpaca what is bad, and Tiger something between.
ROWS: list[dict[str, Any]] = [
    {
        "id": f"egg-{number}",
        "prompt": f"How long do I boil egg number {number}?",
        "talk": TURNS,
        "candidate": "Then it sinks.",
        "alpaca": f"Boiling is an art. ({number})",
        "zebra": f"{GOOD}\n\n({number})",
        "tiger": f"Some minutes. ({number})",
    }
    for number in range(6)
]
WORDS = {"alpaca": "Boiling is an art", "zebra": "Six minutes", "tiger": "Some minutes"}


def staged(site: Site, folder: Path, login: str, rows: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """Id and slug of a project with these rows, for an annotator of this name."""
    researcher = site.add(f"{login}-lead", "researcher")
    person: Person = site.add(login, "annotator")
    now = datetime.now(UTC)
    with site.installation.database.write() as session:
        project = projects.create(session, SPEC, by=researcher, now=now)
        people.add_member(session, project.id, person.id, "annotator", now=now)
        id, slug = project.id, project.slug
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    import_file(site.installation, slug, file, researcher)
    return id, slug


def question(page: Page, title: str) -> Locator:
    return page.get_by_role("group", name=re.compile(title))


def letters(page: Page, title: str) -> dict[str, str]:
    """Under which letter each text stands in a question, told by what is written there."""
    texts = question(page, title).locator(".compared-text")
    found = [texts.nth(place) for place in range(texts.count())]
    names = {one.get_attribute("aria-label") or "": one.inner_text() for one in found}
    return {
        field: name.removeprefix("Text ")
        for name, text in names.items()
        for field, words in WORDS.items()
        if words in text
    }


def barriers(page: Page) -> list[str]:
    """What axe finds."""
    found = AXE.run(page, options={"runOnly": TAGS}).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]


def test_items_are_compared_by_keys_alone_and_kept_by_field_whatever_stood_where(
    site: Site, page: Page, tmp_path: Path
) -> None:
    project, slug = staged(site, tmp_path, "comparer", ROWS)
    log_in(page, site, "comparer")
    page.goto(f"{site.url}/p/{slug}/annotate")
    seen = []
    for row in ROWS:
        expect_item(page, row["id"])
        pair = question(page, "Which is better")
        expect(pair.get_by_text("Six minutes")).to_be_visible()
        letter = letters(page, "Which is better")["zebra"]
        seen.append(letter)
        page.keyboard.press({"A": "ArrowLeft", "B": "ArrowRight"}[letter])
        expect(pair.get_by_role("radio", name=re.compile(rf"^{letter}\b"))).to_be_checked()

        page.keyboard.press("j")
        ranking = question(page, "Order them")
        expect(ranking.get_by_role("button", name="This order is right")).to_be_visible()
        rank(page, ranking, letters(page, "Order them"))

        while not page.evaluate("document.activeElement.id === 'question-reply'"):
            page.keyboard.press("j")
        page.keyboard.press("a")
        expect(question(page, "What comes next").get_by_text("Taken as it is.")).to_be_visible()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All done")).to_be_visible()
    revisions = Stage(site.installation, project, slug).revisions
    wait_until(lambda: len(revisions()) == len(ROWS), "every answer to arrive")

    assert set(seen) == {"A", "B"}, "Zebra stood at one side throughout"
    done = export.write(
        site.installation.database,
        project,
        ExportOptions(format="jsonl"),
        data_dir=site.installation.data_dir,
        name="comparisons",
    )
    rows = [json.loads(line)["annotation"]["value"] for line in done.path.read_text("utf-8").splitlines()]
    assert [row["better"]["value"] for row in rows] == ["second"] * len(ROWS)
    orders = [[sorted(group) for group in row["order"]["value"]] for row in rows]
    assert orders == [[["zebra"], ["alpaca", "tiger"]]] * len(ROWS)
    assert [row["reply"]["value"] for row in rows] == ["Then it sinks."] * len(ROWS)


def rank(page: Page, ranking: Locator, at: Mapping[str, str]) -> None:
    """Zebra first, the two others tied behind it: choose, move up, tie."""
    status = ranking.get_by_role("status")
    wanted = f"{at['zebra']} > "
    choose(page, ranking, at["zebra"])
    page.keyboard.press("[")
    expect(status).not_to_contain_text("Not ranked yet")
    if not status.inner_text().split("\n")[-1].strip().startswith(wanted):
        page.keyboard.press("[")
    expect(status).to_contain_text(wanted)
    last = ranking.get_by_role("listitem").last.get_attribute("aria-label") or ""
    choose(page, ranking, last[0])
    page.keyboard.press("=")
    expect(status).to_contain_text("=")


def choose(page: Page, ranking: Locator, letter: str) -> None:
    """Go to a text with J and K."""
    entries = ranking.get_by_role("listitem")
    names = [(entries.nth(place).get_attribute("aria-label") or "")[0] for place in range(entries.count())]
    at = next(
        place for place in range(len(names)) if entries.nth(place).get_attribute("data-chosen") is not None
    )
    steps = names.index(letter) - at
    for _ in range(abs(steps)):
        page.keyboard.press("j" if steps > 0 else "k")
    expect(entries.nth(names.index(letter))).to_have_attribute("data-chosen", "true")


def test_nothing_on_the_page_names_a_field_or_a_model(site: Site, page: Page, tmp_path: Path) -> None:
    _, slug = staged(site, tmp_path, "blind", ROWS[:1])
    log_in(page, site, "blind")
    page.goto(f"{site.url}/p/{slug}/annotate")
    expect(question(page, "Which is better").get_by_text("Six minutes")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(question(page, "Order them").get_by_text("Some minutes")).to_be_visible()
    assert not re.search("alpaca|zebra|tiger", page.content(), re.IGNORECASE)
    assert not re.search("alpaca|zebra|tiger", page.url)


def test_a_candidate_is_corrected_in_place_and_the_changes_are_shown(
    site: Site, page: Page, tmp_path: Path
) -> None:
    _, slug = staged(site, tmp_path, "corrector", ROWS[:1])
    log_in(page, site, "corrector")
    page.goto(f"{site.url}/p/{slug}/annotate")
    turn = question(page, "What comes next")
    box = turn.get_by_role("textbox")
    expect(box).to_have_value("Then it sinks.")
    expect(turn.get_by_text("Model’s candidate")).to_be_visible()
    box.focus()
    page.keyboard.press("End")
    for _ in "sinks.":
        page.keyboard.press("Backspace")
    page.keyboard.type("floats.")
    expect(turn.locator("del")).to_contain_text("sinks")
    expect(turn.locator("ins")).to_contain_text("floats")
    expect(turn.get_by_text("Model’s candidate")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_texts_are_compared(
    site: Site, page: Page, tmp_path: Path, scheme: Any
) -> None:
    login = f"axe-{scheme}"
    _, slug = staged(site, tmp_path, login, ROWS[:1])
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    log_in(page, site, login)
    page.goto(f"{site.url}/p/{slug}/annotate")
    expect(question(page, "Order them").get_by_text("Some minutes")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    page.keyboard.press("]")
    page.keyboard.press("=")
    expect(question(page, "Order them").get_by_role("status")).to_contain_text("=")
    page.get_by_role("checkbox", name="Scroll each by itself").check()
    assert barriers(page) == []


def test_at_320_pixels_texts_stand_one_under_the_other(site: Site, page: Page, tmp_path: Path) -> None:
    _, slug = staged(site, tmp_path, "narrow", ROWS[:1])
    page.set_viewport_size({"width": 320, "height": 800})
    log_in(page, site, "narrow")
    page.goto(f"{site.url}/p/{slug}/annotate")
    pair = question(page, "Which is better").locator(".side-by-side")
    expect(pair).to_have_count(2)
    first, second = pair.nth(0).bounding_box(), pair.nth(1).bounding_box()
    assert first is not None
    assert second is not None
    assert first["y"] + first["height"] <= second["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

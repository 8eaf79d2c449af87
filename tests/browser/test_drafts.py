"""Writing beside a model that streams: nothing it does blocks the person or takes their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from milo.core.person import Person
from milo.db.tables import ModelDraftRow, RatingRow, WritingRow
from tests.browser.conftest import Site, expect_closed, expect_item, log_in, understand
from tests.browser.draft_staging import DRAFT, QUERY, written
from tests.browser.staging import Stage, wait_until
from tests.browser.test_accessibility import TAGS
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint

MARKUP = 'The stripes are a **daymark**: <script>document.title = "new"</script> <img src=x onerror=alert(1)>'
AXE = Axe()


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    """A model server whose behaviour a test changes as it goes."""
    rules = [{"question": "markup", "text": MARKUP}, {"question": "unknown", "text": "I don't know."}]
    with ScriptedEndpoint(Behaviour(rules=rules, default={"text": DRAFT}, word_ms=1)) as endpoint:
        yield endpoint


def begin(
    site: Site, page: Page, endpoint: ScriptedEndpoint, folder: Path, login: str, **policy: Any
) -> tuple[Stage, Person]:
    """A person at the first item of a project of their own, the assistant's card read."""
    person = site.add(login, "annotator")
    staged = written(
        site.installation,
        login,
        endpoint=endpoint.url,
        folder=folder,
        members={person: "annotator"},
        **policy,
    )
    log_in(page, site, login)
    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect_item(page, "scene-1")
    return staged, person


def ask(page: Page, query: str = QUERY) -> None:
    """Write the query, then ask for a draft by key."""
    page.locator("#text-query").fill(query)
    page.keyboard.press("Control+g")


def box(page: Page, name: str) -> None:
    """A draft is there in this state."""
    expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()


def drafts(staged: Stage) -> list[ModelDraftRow]:
    with staged.installation.database.read() as session:
        of_project = select(ModelDraftRow).where(ModelDraftRow.project_id == staged.project)
        return list(session.scalars(of_project.order_by(ModelDraftRow.id)))


def barriers(page: Page) -> list[str]:
    """What axe finds."""
    found = AXE.run(page, options={"runOnly": TAGS}).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]


def test_a_text_is_written_with_a_draft_by_keys_alone(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    staged, _ = begin(site, page, endpoint, tmp_path, "writer")
    dialog = page.get_by_role("dialog", name="An assistant writes drafts here")
    expect(dialog).to_contain_text("Not measured on this project yet.")
    expect(dialog).to_contain_text("the query")
    understand(page)
    expect(page.get_by_text("Write the query first")).to_be_visible()

    ask(page)
    box(page, "Draft 1, done")
    response = page.locator("#text-response")
    response.fill("I think. So it is.")
    response.press("Home")
    for _ in "I think.":
        response.press("ArrowRight")
    page.keyboard.press("Control+i")
    expect(response).to_have_value(f"I think. {DRAFT} So it is.")
    expect(page.get_by_text("4 of 4 sentences inserted")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(response).to_have_value("I think. So it is.")
    expect(page.get_by_text("sentences inserted")).to_have_count(0)

    page.get_by_role("button", name="By sentence").click()
    sentence = page.get_by_role("button", name=re.compile("^Insert: Neighbouring"))
    sentence.focus()
    page.keyboard.press("Enter")
    expect(response).to_have_value(re.compile("^I think. Neighbouring towers .* the sea. So it is.$"))
    page.get_by_role("button", name="Made up").click()
    page.get_by_label("What was wrong?").fill("Who knows the year?")
    response.focus()
    response.press("End")
    page.keyboard.type(" In my own words I would add a reason, and another reason, and one more to be sure.")
    page.keyboard.press("Control+Enter")
    expect_item(page, "scene-2")
    expect(page.get_by_role("region", name=re.compile("^Draft"))).to_have_count(0)

    def stored() -> WritingRow | None:
        with staged.installation.database.read() as session:
            return session.scalars(select(WritingRow).where(WritingRow.question == "response")).first()

    wait_until(lambda: stored() is not None, "the writing to be stored")
    with staged.installation.database.read() as session:
        rating = session.scalars(select(RatingRow)).one()
        assert (rating.thumb, rating.complaints, rating.note) == (
            "down",
            ["made_up"],
            "Who knows the year?",
        )


def test_a_draft_is_stopped_by_its_key_and_another_keeps_it(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    endpoint.behaviour = replace(endpoint.behaviour, fault="endless", word_ms=5)
    staged, _ = begin(site, page, endpoint, tmp_path, "stopper")
    understand(page)
    ask(page)
    expect(page.get_by_role("region", name="Draft 1, being written")).to_contain_text("word3")
    expect(page.get_by_role("region", name="Draft 1, being written")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Control+g")
    box(page, "Draft 1, stopped")
    assert endpoint.hung_up.wait(10), "the model goes on writing"
    wait_until(lambda: [each.status for each in drafts(staged)] == ["stopped"], "the draft to be stored")

    endpoint.behaviour = replace(endpoint.behaviour, fault=None, word_ms=1)
    page.get_by_role("button", name="Generate another").click()
    box(page, "Draft 2, done")
    box(page, "Draft 1, stopped")
    page.reload()
    box(page, "Draft 2, done")
    expect(page.get_by_role("region", name="Draft 1, stopped")).to_contain_text("word3")

    page.get_by_role("button", name="Compare").click()
    dialog = page.get_by_role("dialog", name="Compare drafts")
    expect(dialog.locator("mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect_closed(page)


def test_a_model_that_writes_without_end_keeps_nobody_from_writing_and_submitting(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    endpoint.behaviour = replace(endpoint.behaviour, fault="endless", word_ms=2)
    begin(site, page, endpoint, tmp_path, "patient")
    understand(page)
    ask(page)
    expect(page.get_by_role("region", name="Draft 1, being written")).to_contain_text("word20")
    page.locator("#text-response").press_sequentially("My own answer to it.")
    expect(page.locator("#text-response")).to_have_value("My own answer to it.")
    box(page, "Draft 1, being written")
    page.keyboard.press("Control+Enter")
    expect_item(page, "scene-2")
    assert endpoint.hung_up.wait(10), "the model goes on writing for an item that is done"


@pytest.mark.parametrize("fault", ["cut", "error", "malformed"])
def test_a_stream_that_breaks_leaves_what_came_and_the_text_untouched(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint, fault: str
) -> None:
    endpoint.behaviour = replace(endpoint.behaviour, fault=fault, fault_after=4, word_ms=1)  # type: ignore[arg-type]
    begin(site, page, endpoint, tmp_path, f"broken-{fault}")
    understand(page)
    page.locator("#text-response").fill("My own answer.")
    ask(page)
    box(page, "Draft 1, not finished")
    expect(page.get_by_role("group", name="Assistant")).to_contain_text("write without it")
    expect(page.locator("#text-response")).to_have_value("My own answer.")
    page.locator("#text-response").press("Control+Enter")
    expect_item(page, "scene-2")


def test_a_model_that_refuses_is_said_quietly(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    endpoint.behaviour = replace(endpoint.behaviour, busy_every=1)
    begin(site, page, endpoint, tmp_path, "refused")
    understand(page)
    ask(page)
    expect(page.get_by_role("group", name="Assistant")).to_contain_text(
        "Model unavailable, write without it.", timeout=30_000
    )
    expect(page.get_by_role("alert")).to_have_count(0)
    endpoint.behaviour = replace(endpoint.behaviour, busy_every=0)
    page.keyboard.press("Control+g")
    expect(page.get_by_role("region", name=re.compile("^Draft . done|^Draft ., done"))).to_be_visible()


def test_without_a_network_the_line_says_so_and_writing_goes_on(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    begin(site, page, endpoint, tmp_path, "offline")
    understand(page)
    page.context.set_offline(True)
    ask(page)
    expect(page.get_by_role("group", name="Assistant")).to_contain_text("You are offline.")
    page.locator("#text-response").fill("My own answer.")
    page.keyboard.press("Control+Enter")
    expect_item(page, "scene-2")
    assert endpoint.calls.total == 0
    page.context.set_offline(False)


def test_markup_in_a_draft_is_text(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    begin(site, page, endpoint, tmp_path, "markup")
    understand(page)
    ask(page, "What of markup?")
    draft = page.get_by_role("region", name="Draft 1, done")
    expect(draft.locator("strong")).to_have_text("daymark")
    expect(draft).to_contain_text('<script>document.title = "new"</script> <img src=x onerror=alert(1)>')
    expect(draft.locator("img, script")).to_have_count(0)
    page.keyboard.press("Control+i")
    expect(page.locator("#text-response")).to_have_value(MARKUP)
    assert page.title() != "new"


def test_a_selected_passage_is_inserted(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    begin(site, page, endpoint, tmp_path, "selecting")
    understand(page)
    ask(page)
    box(page, "Draft 1, done")
    page.locator("[data-draft-text] .plain").evaluate(
        """text => {
          const words = text.firstChild.firstChild ?? text.firstChild;
          document.getSelection().setBaseAndExtent(words, 0, words, 8);
        }"""
    )
    page.get_by_role("button", name="Insert selected").click()
    expect(page.locator("#text-response")).to_have_value("At night")


def test_an_item_held_out_shows_nothing_of_the_assistant(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    begin(site, page, endpoint, tmp_path, "heldout", holdout_share=1.0)
    expect(page.get_by_text("This item is written without the assistant.")).to_be_visible()
    expect(page.get_by_role("button", name="Generate")).to_have_count(0)
    expect(page.get_by_role("complementary", name="Drafts")).to_have_count(0)
    ask(page)
    page.locator("#text-response").fill("My own answer.")
    page.keyboard.press("Control+Enter")
    expect_item(page, "scene-2")
    assert endpoint.calls.total == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint, theme: str
) -> None:
    endpoint.behaviour = replace(endpoint.behaviour, fault="endless", word_ms=20, probabilities=(0.2,))
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    begin(site, page, endpoint, tmp_path, f"axe-{theme}", may_not_know=True, max_words=60)
    expect(page.get_by_role("button", name="Understood")).to_be_visible()
    assert barriers(page) == []
    understand(page)
    assert barriers(page) == []
    ask(page)
    expect(page.get_by_role("region", name="Draft 1, being written")).to_contain_text("word3")
    assert barriers(page) == []
    page.keyboard.press("Control+g")
    box(page, "Draft 1, stopped")
    endpoint.behaviour = replace(endpoint.behaviour, fault=None, word_ms=1)
    page.keyboard.press("Control+g")
    box(page, "Draft 2, done")
    expect(page.get_by_text("The model was unsure here").first).to_be_visible()
    page.get_by_role("button", name="Made up").first.click()
    page.keyboard.press("Control+i")
    expect(page.get_by_text("sentences inserted").first).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="By sentence").first.click()
    assert barriers(page) == []
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("dialog", name="Compare drafts")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect_closed(page)
    endpoint.behaviour = replace(endpoint.behaviour, fault="cut")
    page.keyboard.press("Control+g")
    box(page, "Draft 3, not finished")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 720})
        assert barriers(page) == []
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{overflow} px too wide at {width} px"

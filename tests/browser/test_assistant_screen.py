"""A researcher sets up the assistant, reads what people say of it, and makes examples of its faults."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Dialog, Locator, Page, expect

from milo.core.assistant_policy import AssistantPolicy
from milo.core.person import Person
from milo.db.tables import ProjectRow
from milo.workflow import projects
from tests.browser.assistant_staging import CAPTIONS, SAID, WRITER, write, writing_project
from tests.browser.conftest import Site, log_in
from tests.browser.staging import Stage, stage

SENT = "Sailors tell the tower by its stripes."
WITH_QUERY = AssistantPolicy(model=WRITER, query="query")


def part(page: Page, name: str) -> None:
    """Go to a part of the assistant screen."""
    rail = page.get_by_role("navigation", name="Parts of the assistant screen")
    rail.get_by_role("button", name=re.compile(f"^{name}")).click()
    expect(page.get_by_role("heading", name=name, exact=True, level=2)).to_be_visible()


def prompt(page: Page) -> Locator:
    """What the policy comes to, in words and as the filled prompt."""
    return page.get_by_role("complementary", name="The prompt")


def messages(page: Page) -> Locator:
    """The filled prompt itself."""
    return prompt(page).locator("pre")


def policy_of(staged: Stage) -> AssistantPolicy:
    """The policy as it is stored."""
    with staged.installation.database.read() as session:
        return projects.settings(session.get_one(ProjectRow, staged.project)).assistant


def tab_to(page: Page, control: Locator) -> None:
    """Tab on until the control has the focus."""
    for _ in range(80):
        if control.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the focus never came to {control}")


def researchers(site: Site, name: str) -> tuple[Person, Person]:
    """A researcher and an annotator of a story."""
    return site.add(name, "researcher"), site.add(f"{name}-writes", "annotator")


def test_an_assistant_is_set_up_by_keys_with_its_prompt_beside_it(
    page: Page, site: Site, tmp_path: Path
) -> None:
    researcher, worker = researchers(site, "sets-up")
    staged = writing_project(
        site.installation,
        "Without one",
        tmp_path,
        {researcher: "researcher", worker: "annotator"},
        researcher=researcher,
    )
    log_in(page, site, "sets-up")
    page.goto(f"{site.url}/p/{staged.slug}")
    expect(page.get_by_text("People write here, and no model drafts for them")).to_be_visible()
    page.get_by_role("link", name="Set up").click()

    says = prompt(page)
    expect(says).to_contain_text("There is no assistant: people write alone.")
    expect(says).to_contain_text("Choose a model to see its prompt")
    tab_to(page, page.get_by_label("Model", exact=True))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Model", exact=True)).to_have_value(WRITER)
    tab_to(page, page.get_by_label("What is asked", exact=True))
    page.keyboard.press("ArrowDown")
    expect(says).to_contain_text("Annotators write “Query”; Small writer then drafts “Response”")
    expect(says).to_contain_text("It sees what is asked and “Picture”, nothing else.")
    expect(messages(page).last).to_contain_text("What can one see here?")
    expect(messages(page).last).to_contain_text("[image]")
    expect(messages(page)).not_to_contain_text([CAPTIONS[0]])

    tab_to(page, page.get_by_label("Caption"))
    page.keyboard.press("Space")
    expect(messages(page).last).to_contain_text(CAPTIONS[0])
    page.get_by_label("Item", exact=True).select_option(label=f"pq-002 · {CAPTIONS[1]}")
    expect(messages(page).last).to_contain_text(CAPTIONS[1])
    page.get_by_label("Instructions").focus()
    page.keyboard.type("Answer in two sentences.")
    expect(messages(page).first).to_contain_text("Answer in two sentences.")

    page.keyboard.press("Control+s")
    expect(page.get_by_text("Everything is saved.")).to_be_visible()
    expect(says).to_contain_text("What happens now")
    assert policy_of(staged) == AssistantPolicy(
        model=WRITER,
        query="query",
        fields=("picture", "caption"),
        instructions="Answer in two sentences.",
    )
    page.reload()
    expect(page.get_by_label("Caption")).to_be_checked()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("region", name="Assistant")).to_contain_text("no drafts yet")


def test_what_the_server_refuses_stands_at_its_field_and_leaving_is_guarded(
    page: Page, site: Site, tmp_path: Path
) -> None:
    researcher, worker = researchers(site, "mends")
    staged = writing_project(
        site.installation,
        "Refused",
        tmp_path,
        {researcher: "researcher", worker: "annotator"},
        researcher=researcher,
        assistant=WITH_QUERY,
    )
    log_in(page, site, "mends")
    page.goto(f"{site.url}/p/{staged.slug}/assistant")
    temperature = page.get_by_label("Temperature", exact=True)
    temperature.fill("9")
    page.get_by_label("Items without the assistant, percent").fill("10")
    expect(prompt(page)).to_contain_text("10 % of the items have no assistant")
    page.get_by_role("button", name="Save").click()
    expect(temperature).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").filter(has_text="allowed: 0 to 2").first).to_be_visible()
    assert policy_of(staged) == WITH_QUERY

    part(page, "Cases")  # nothing is lost from one part to the next, so nothing is asked
    part(page, "Set-up")
    expect(temperature).to_have_value("9")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Data").click()
    expect(temperature).to_have_value("9")
    assert asked == ["Leave without saving the changes?"]

    temperature.fill("0.3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Everything is saved.")).to_be_visible()
    expect(temperature).not_to_have_attribute("aria-invalid", "true")
    assert (policy_of(staged).temperature, policy_of(staged).holdout_share) == (0.3, 0.1)


def test_a_corrected_case_becomes_an_example_that_its_own_item_never_sees(
    page: Page, site: Site, tmp_path: Path
) -> None:
    researcher, worker = researchers(site, "reads")
    staged = writing_project(
        site.installation,
        "Read",
        tmp_path,
        {researcher: "researcher", worker: "annotator"},
        researcher=researcher,
        assistant=WITH_QUERY,
    )
    log_in(page, site, "reads")
    page.goto(f"{site.url}/p/{staged.slug}/assistant")
    part(page, "What people say")
    expect(page.get_by_role("main")).to_contain_text("No model has written or proposed anything here yet")
    part(page, "Cases")
    expect(page.get_by_role("main")).to_contain_text("No case like this")

    write(staged, researcher, worker, sent=SENT, thumb="down", complaints=("made_up",), note="Who says 1887?")
    write(staged, researcher, worker, thumb="up")
    page.goto(f"{site.url}/p/{staged.slug}")
    card = page.get_by_role("region", name="Assistant")
    expect(card).to_contain_text("2 drafts")
    expect(card).to_contain_text("50 % said to be helpful, n = 2")
    card.get_by_role("link", name="1 that did not help").click()

    case = page.get_by_role("article")
    expect(case).to_have_count(1)
    expect(case).to_contain_text("Made up")
    expect(case).to_contain_text("Who says 1887?")
    expect(case.locator("[data-of=model]")).to_contain_text(SAID)
    expect(case.locator("ins")).not_to_have_count(0)
    page.get_by_label("What was said").select_option("Helpful")
    expect(case).not_to_contain_text("Made up")
    page.get_by_label("What was said").select_option("Not helpful")
    case.get_by_role("button", name="Use as example").click()
    expect(case).to_contain_text("Models are shown this as an example.")

    shown_for = sees_example(page, ("pq-001", "pq-002"))
    assert shown_for == {"pq-001": False, "pq-002": True}
    part(page, "Examples")
    example = page.get_by_role("article", name="Example from pq-001")
    expect(example).to_contain_text(SENT)
    example.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("main")).to_contain_text("There are no examples yet")
    page.get_by_role("button", name="Undo").click()
    expect(example).to_contain_text("shown to models")


def sees_example(page: Page, items: Sequence[str]) -> dict[str, bool]:
    """For which items the prompt holds what was sent for the first."""
    part(page, "Set-up")
    found = {}
    for place, item in enumerate(items):
        page.get_by_label("Item", exact=True).select_option(label=f"{item} · {CAPTIONS[place]}")
        expect(prompt(page).locator("[aria-busy=false]")).to_have_attribute("data-item", item)
        found[item] = SENT in "".join(messages(page).all_inner_texts())
    return found


def test_the_report_says_of_how_many_and_what_was_not_measured(
    page: Page, site: Site, tmp_path: Path
) -> None:
    researcher, worker = researchers(site, "counts")
    staged = writing_project(
        site.installation,
        "Counted",
        tmp_path,
        {researcher: "researcher", worker: "annotator"},
        researcher=researcher,
        assistant=WITH_QUERY,
    )
    write(staged, researcher, worker, sent=SAID, thumb="up")
    write(staged, researcher, worker)
    write(staged, researcher, worker, draft=None, sent=SENT)
    log_in(page, site, "counts")
    page.goto(f"{site.url}/p/{staged.slug}/assistant?part=report")
    main = page.get_by_role("main")
    said = page.get_by_role("group", name="What people said")
    expect(said).to_contain_text("1 rated")
    expect(said).to_contain_text("100 % · 1 of 1")
    became = page.get_by_role("group", name="What became of the words")
    expect(became).to_contain_text("2 answers after a draft")
    became.get_by_role("button", name="Show table").click()
    expect(became.get_by_role("row", name="A draft, word for word 1 50 %")).to_be_visible()
    held_out = page.get_by_role("region", name="With and without the assistant").first
    expect(held_out).to_contain_text("Not measured yet")
    expect(held_out.get_by_role("row", name="None was asked for")).to_contain_text("1")
    expect(main).not_to_contain_text(worker.name)  # figures of models, not of people
    held_out.get_by_role("link", name="Hold out a share of the items").click()
    expect(page.get_by_label("Items without the assistant, percent")).to_be_visible()


def test_a_text_is_seen_to_grow_and_leaves_as_rows_to_train_on(
    page: Page, site: Site, tmp_path: Path
) -> None:
    researcher, worker = researchers(site, "trains")
    staged = writing_project(
        site.installation,
        "Trained on",
        tmp_path,
        {researcher: "researcher", worker: "annotator"},
        researcher=researcher,
        assistant=WITH_QUERY,
    )
    write(staged, researcher, worker, sent=f"{SAID} Or so they say.", thumb="down", complaints=("wrong",))
    write(staged, researcher, worker, sent=SAID)
    log_in(page, site, "trains")
    page.goto(f"{site.url}/p/{staged.slug}/data")
    page.get_by_role("link", name="pq-001").click()
    record = page.get_by_role("complementary", name="Record pq-001")
    expect(record).to_contain_text("Draft 1 for Trains-Writes")
    expect(record.locator(".mini.model")).to_contain_text("Not helpful")
    record.get_by_text("How “Response” grew").click()
    replay = record.get_by_role("slider", name="Replay of “Response”")
    grown = record.locator(".replay .grown")
    expect(grown).to_contain_text("Or so they say.")
    replay.press("ArrowLeft")
    expect(grown.locator(".from-draft")).to_contain_text(SAID)
    expect(grown).not_to_contain_text("Or so they say.")
    replay.press("Home")
    expect(record.locator(".replay")).to_contain_text("Edit 0 of 2: before the first edit")

    page.get_by_role("link", name="Export", exact=True).click()
    for name in ("SFT", "DPO", "KTO", "Reward", "OpenAI chat", "OpenAI preference", "ShareGPT", "Alpaca"):
        expect(page.get_by_role("radio", name=name, exact=True)).to_be_enabled()
    expect(page.get_by_role("radio", name="Hugging Face folder")).to_be_enabled()
    page.get_by_role("radio", name="SFT").check()
    page.get_by_label("Columns", exact=True).select_option("Prompt and completion")
    page.get_by_role("checkbox", name="Where each row comes from").check()
    assert [row["completion"][0]["content"] for row in rows_of(page)] == [f"{SAID} Or so they say.", SAID]
    assert all(row["metadata"]["draft_share"] > 0.5 for row in rows_of(page, start=False))
    page.get_by_role("radio", name="DPO").check()
    (pair,) = rows_of(page)
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == (f"{SAID} Or so they say.", SAID)
    expect(newest_file(page)).to_contain_text("1 of 2 possible")
    expect(newest_file(page)).to_contain_text("No row: not rewritten")


def newest_file(page: Page) -> Locator:
    """The file that was written last."""
    return page.get_by_role("region", name="Export of").first


def rows_of(page: Page, *, start: bool = True) -> list[dict[str, Any]]:
    """The rows of the newest file, after an export was started."""
    files = page.get_by_role("link", name="Download")
    if start:
        before = files.count()
        page.get_by_role("button", name="Export 2 answers").click()
        expect(files).to_have_count(before + 1)
    with page.expect_download() as download:
        files.first.click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_format_that_a_project_gives_no_rows_of_says_what_is_missing(
    page: Page, site: Site, tmp_path: Path
) -> None:
    researcher = site.add("labels", "researcher")
    staged = stage(site.installation, "Labels", folder=tmp_path, rows=2, members={researcher: "researcher"})
    log_in(page, site, "labels")
    page.goto(f"{site.url}/p/{staged.slug}/export")
    sft = page.get_by_role("radio", name="SFT")
    expect(sft).to_be_disabled()
    expect(sft).to_have_accessible_description(re.compile("needs a written question"))
    expect(page.get_by_role("radio", name="JSONL")).to_be_enabled()

"""A researcher writes a rubric, says who reviews, and reads what a judge's verdicts are worth."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.core.rubric import part_names
from milo.db.tables import AssignmentRow, ProjectRow
from milo.installation import secret_key
from milo.quality.judge_card import Probe, ProbeExample
from milo.workflow import models, projects
from milo.workflow.models import ModelSetup
from tests.browser.conftest import Site, log_in
from tests.browser.judge_staging import Graded, compare
from tests.browser.review_staging import RUBRIC, reviewed
from tests.browser.staging import Stage, answer, stage

GOOD = ("good", "good", 0)
BAD = ("insufficient", "insufficient", 1)
SPLIT = ("good", "minimum", 0)
STERN = {
    "rules": [{"question": "Slip", "text": "No\nThere is none."}],
    "default": {"text": "Minimum\nHardly."},
}


def step(page: Page, name: str) -> None:
    """Go to a part of the rubric screen."""
    rail = page.get_by_role("navigation", name="Parts of the rubric screen")
    rail.get_by_role("button", name=re.compile(f"^{name}")).click()
    expect(page.get_by_role("heading", name=name, exact=True, level=2)).to_be_visible()


def part(page: Page, title: str) -> Locator:
    """The row of a criterion or an error, opened."""
    row = page.locator("details", has=page.locator("summary", has_text=title))
    if row.get_attribute("open") is None:
        row.locator("summary").click()
    return row


def save(page: Page) -> None:
    """Save, and wait until it is."""
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Everything is saved.")).to_be_visible()


def says(page: Page) -> Locator:
    """What the policy does, in words."""
    return page.get_by_role("complementary", name="What will happen")


def policy_of(staged: Stage) -> ReviewPolicy:
    """The policy as it is stored."""
    with staged.installation.database.read() as session:
        return projects.settings(session.get_one(ProjectRow, staged.project)).review


def test_a_template_is_mended_saved_and_put_into_force(page: Page, site: Site, tmp_path: Path) -> None:
    researcher, worker = site.add("writer", "researcher"), site.add("answering", "annotator")
    staged = stage(
        site.installation,
        "From a template",
        folder=tmp_path,
        rows=2,
        members={researcher: "researcher", worker: "annotator"},
    )
    log_in(page, site, "writer")
    page.goto(f"{site.url}/p/{staged.slug}/rubric")
    page.get_by_role("button", name="Take this one: Answer quality").click()
    score = page.get_by_role("complementary", name="Try the rubric")
    expect(score).to_contain_text("PASSED")
    score.get_by_role("radio", name="Wrong").check()
    expect(score).to_contain_text("REDO")

    row = part(page, "Correct by the guideline")
    definition = row.get_by_role("textbox", name="Definition", exact=True)
    definition.fill("It follows from {{opinion}}.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was saved. 1 fault")
    expect(row.get_by_role("alert")).to_have_text(
        "{{opinion}}; allowed: a field of the subject or a question: text, sentiment"
    )
    expect(definition).to_have_attribute("aria-invalid", "true")
    definition.fill("It follows from ")
    row.get_by_role("group", name="Put a reference into: Definition", exact=True).get_by_role(
        "button", name="Refer to Review"
    ).click()
    expect(definition).to_have_value("It follows from {{text}}")
    expect(definition).to_be_focused()
    expect(row.get_by_role("alert")).to_have_count(0)

    row.get_by_label("Weight in percent").fill("40")
    expect(page.get_by_text("The weights sum to 90 %; they must sum to 100 %.")).to_be_visible()
    page.get_by_role("button", name="Spread evenly").click()
    expect(page.get_by_text("The weights sum to 100 %.")).to_be_visible()
    save(page)

    step(page, "Policy")
    page.get_by_role("checkbox", name="Auditors review answers").check()
    page.get_by_role("region", name="Auditors").get_by_label("Share of answers in percent").fill("100")
    expect(says(page)).to_contain_text("This happens once it is saved.")
    save(page)
    expect(says(page)).to_contain_text("This is in force now.")
    expect(says(page)).to_contain_text(
        "Every answer goes to an auditor; below 75 of 100 it goes back, at most twice."
    )
    assert policy_of(staged).rules == (ReviewRule(by="auditor", share=1.0),)

    answer(staged, worker, "positive")
    with staged.installation.database.read() as session:
        state = session.scalars(
            select(AssignmentRow.review).where(
                AssignmentRow.project_id == staged.project, AssignmentRow.state == "submitted"
            )
        ).one()
    assert state == "due"
    page.get_by_role("link", name="Judges and coverage").click()
    coverage = page.get_by_role("region", name="Coverage")
    expect(coverage).to_contain_text("1 answer is in")
    expect(coverage.locator("dl.stats > div", has_text="Wait for review")).to_contain_text("1")


def test_rubrics_as_text_are_checked_line_by_line_and_applied(page: Page, site: Site, tmp_path: Path) -> None:
    researcher = site.add("typist", "researcher")
    staged = reviewed(site.installation, "As text", tmp_path, {researcher: "researcher"})
    log_in(page, site, "typist")
    page.goto(f"{site.url}/p/{staged.slug}/rubric")
    expect(page.get_by_text("The weights sum to 100 %.")).to_be_visible()
    step(page, "As text")
    expect(page.get_by_text("The text says what the form says.")).to_be_visible()
    text = page.get_by_role("textbox")
    written = text.input_value()
    text.fill(written.replace("penalty: 5", "penalty: lots"))
    faults = page.get_by_role("list", name="Faults in the file")
    line = written.splitlines().index("        penalty: 5") + 1
    expect(faults.get_by_role("button", name=f"Line {line}")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    step(page, "Versions")
    step(page, "As text")  # what was typed stays
    expect(faults.get_by_role("button", name=f"Line {line}")).to_be_visible()
    text.fill(written.replace("penalty: 5", "penalty: 7.5"))
    page.get_by_role("button", name="Apply").click()
    step(page, "Rubrics")
    expect(part(page, "Slip").get_by_label("Points off")).to_have_value("7.5")
    save(page)
    step(page, "Versions")
    expect(page.get_by_role("table")).to_contain_text("Version 2, now")
    with staged.installation.database.read() as session:
        stored = projects.rubrics(session, staged.project, 2)
    assert stored[0].errors[0].penalty == 7.5
    assert stored[0].criteria == RUBRIC.criteria
    assert part_names(stored[0]) == part_names(RUBRIC)


def test_a_judges_card_says_what_its_verdicts_are_worth(page: Page, site: Site, tmp_path: Path) -> None:
    researcher, worker = site.add("measurer", "researcher"), site.add("graded", "annotator")
    auditor = site.add("grading", "auditor")
    staged = reviewed(
        site.installation,
        "Compared",
        tmp_path,
        {researcher: "researcher", worker: "annotator", auditor: "auditor"},
    )
    for _ in range(4):
        answer(staged, worker, "positive")
    graded: list[Graded] = [(GOOD, GOOD), (BAD, BAD), (GOOD, SPLIT), (GOOD, BAD)]
    moved = ProbeExample(part="right", text="Reply Good.", before="minimum", after="good")
    compare(
        staged,
        auditor,
        graded,
        probe=Probe(attempts=20, flips=5, control_flips=0, rate=0.25, control_rate=0.0, examples=(moved,)),
    )
    log_in(page, site, "measurer")
    page.goto(f"{site.url}/p/{staged.slug}/judge")
    judges = page.get_by_role("region", name="Judges").get_by_role("table")
    expect(judges).to_contain_text("advice only")
    expect(judges).to_contain_text("Answers reviewed too: 4, at least 20 is not met")
    expect(judges).to_contain_text("Precision: 100 %, at least 60 % is met")
    card = page.get_by_role("region", name="Card of Rule book")
    expect(card.locator("dl.stats > div", has_text="Recall on bad answers")).to_contain_text("50 %")
    expect(card.locator("dl.stats > div", has_text="All grades identical")).to_contain_text("2 of 4")
    page.get_by_text("Grades given: Right").click()
    page.get_by_role("button", name="Show table: Judge beside people").first.click()
    grades = page.get_by_role("region", name="Judge beside people").get_by_role("table")
    expect(grades.get_by_role("row", name="Good")).to_have_text(re.compile("Good\\s*3\\s*2"))
    probe = page.get_by_role("region", name="Instructions inside answers")
    expect(probe).to_contain_text("25 % · 5 moved")
    expect(probe).to_contain_text("Right: from Minimum to Good")
    expect(page.get_by_role("region", name="Answers they differ on").get_by_role("row")).not_to_have_count(1)
    coverage = page.get_by_role("region", name="Coverage")
    expect(coverage.locator("dl.stats > div", has_text="Passed at first")).to_contain_text("2 of 4")


def test_a_judge_is_run_and_probed_from_the_screen(page: Page, site: Site, tmp_path: Path) -> None:
    researcher, worker = site.add("running", "researcher"), site.add("judged", "annotator")
    staged = reviewed(site.installation, "Judged", tmp_path, {researcher: "researcher", worker: "annotator"})
    for _ in range(2):
        answer(staged, worker, "positive")
    setup = ModelSetup(name="Stern judge", provider="scripted", model="rules", params=STERN)
    with site.installation.database.write() as session:
        models.add(session, setup, secret=secret_key(site.installation.data_dir), now=datetime.now(UTC))
    log_in(page, site, "running")
    page.goto(f"{site.url}/p/{staged.slug}/judge")
    expect(page.get_by_role("heading", name="No judge has worked here yet")).to_be_visible()
    run = page.get_by_role("region", name="Run the judge")
    run.get_by_label("Model", exact=True).select_option("Stern judge")
    expect(run).to_contain_text("Nothing to judge")
    expect(run.get_by_role("button", name="Start judging")).to_be_disabled()
    run.get_by_role("radio", name="All answers, also reviewed ones").check()
    expect(run.locator("dl.stats > div", has_text="Answers")).to_contain_text("2")
    expect(run.locator("dl.stats > div", has_text="Calls")).to_contain_text("6")
    run.get_by_role("button", name="Start judging").click()
    job = page.get_by_role("region", name="Judging with Stern judge")
    expect(job).to_contain_text("6 of 6", timeout=30_000)
    judges = page.get_by_role("region", name="Judges").get_by_role("table")
    expect(judges.get_by_role("row", name="Stern judge")).to_contain_text("Not measured yet.")
    expect(page.get_by_role("region", name="Coverage")).to_contain_text("100 % · 2")
    page.get_by_role("button", name="Run probe").click()
    probe = page.get_by_role("region", name="Instructions inside answers")
    expect(probe).to_contain_text("0 % · 0 moved", timeout=30_000)
    expect(probe).to_contain_text("With a harmless sentence")
    page.get_by_role("button", name="Measure again").click()
    expect(page.get_by_role("heading", name="Nothing to compare yet")).to_be_visible()

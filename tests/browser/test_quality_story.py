"""The whole loop: the judge sends an answer back, it is mended, it passes, and only then does it leave."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from milo.core.feedback import Finding
from milo.core.person import Person, Role
from milo.core.review_policy import CardBar, ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, Grade, Rubric
from milo.db.tables import AssignmentRow, FeedbackRow, ItemRow, ProjectRow
from milo.installation import secret_key
from milo.workflow import models, review
from milo.workflow.models import ModelSetup
from milo.workflow.review import Review, Reviewer
from tests.browser.conftest import Site, expect_item, expect_saved, expect_who, log_in
from tests.browser.staging import Stage, answer, exported, stage, wait_until

JUDGE = "Strict rules"
JUDGED = 60.0  # seconds; the worker looks every other one for answers that wait for the judge
#: Whatever is broken cannot be praised: true of most texts.
RULES = {
    "rules": [{"when": r"broken[\s\S]*: Positive", "text": "Wrong\nIt is broken, so this is no praise."}],
    "default": {"text": "Right\nThat is what the text says."},
}
ROWS = (
    {"id": "s-1", "text": "It works, and it looks good.", "category": "product"},
    {"id": "s-2", "text": "It came broken, and broken it stays.", "category": "product"},
    {"id": "s-3", "text": "The screen was broken after a day.", "category": "product"},
    {
        "id": "s-4",
        "text": "A broken bowl, mended with gold: I love it all the more.",
        "category": "product",
    },
)
GRADES = (
    Grade(name="wrong", label="Wrong", level=1, definition="The text says otherwise."),
    Grade(name="right", label="Right", level=2, definition="The text says so."),
)
RUBRIC = Rubric(
    name="labels",
    title="Label quality",
    threshold=100.0,
    criteria=(
        Criterion(name="right", title="Right", weight=1.0, grades=GRADES, definition="{{text}} says it."),
    ),
)
POLICY = ReviewPolicy(
    rules=(ReviewRule(by="judge"),),
    judge=JUDGE,
    bar=CardBar(reviewed=2, recall=0.5, precision=0.4, kappa=0.1),
)


def test_an_answer_the_judge_sends_back_leaves_only_once_it_is_mended_and_passed(
    site: Site, page: Page, browser: Browser, tmp_path: Path
) -> None:
    worker, colleague = site.add("answers", "annotator"), site.add("colleague", "annotator")
    auditor, owner = site.add("audits", "auditor"), site.add("exports", "researcher")
    with site.installation.database.write() as session:
        setup = ModelSetup(name=JUDGE, provider="scripted", model="rules", params=RULES)
        models.add(session, setup, secret=secret_key(site.installation.data_dir), now=datetime.now(UTC))
    members: dict[Person, Role] = {
        worker: "annotator",
        colleague: "annotator",
        auditor: "auditor",
        owner: "researcher",
    }
    staged = stage(
        site.installation,
        "The loop",
        folder=tmp_path,
        rows=ROWS,
        members=members,
        rubrics=(RUBRIC,),
        review=POLICY,
    )
    earn_the_bar(staged, colleague, auditor)
    researcher = browser.new_context().new_page()
    log_in(researcher, site, "exports")
    assert card(researcher, site, staged) == {"n": 2, "recall": 1.0, "precision": 1.0, "binds": True}

    log_in(page, site, "answers")
    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    label(page, "s-3", "1", "Positive")
    wait_until(lambda: state(staged, "s-3") == "redo", "the judge to send s-3 back", seconds=JUDGED)
    assert labels(researcher, site, staged) == ["s-1"]

    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect_item(page, "s-3")  # before s-4, which is untouched
    expect(page.get_by_role("banner")).to_contain_text("Redo, round 1 of 2")
    beside = page.get_by_role("complementary", name="Beside the form")
    expect(beside).to_contain_text("It is broken, so this is no praise.")
    label(page, "s-3", "2", "Negative")
    wait_until(lambda: state(staged, "s-3") == "passed", "the judge to pass s-3", seconds=JUDGED)
    assert labels(researcher, site, staged) == ["s-1", "s-3"]

    label(page, "s-4", "1", "Positive")
    wait_until(lambda: state(staged, "s-4") == "redo", "the judge to send s-4 back", seconds=JUDGED)
    audits = browser.new_context().new_page()
    log_in(audits, site, "audits")
    audits.goto(f"{site.url}/p/{staged.slug}/review?assignment={assignment(staged, 's-4').id}")
    overrule(audits)
    wait_until(lambda: state(staged, "s-4") == "passed", "the auditor's word to stand", seconds=JUDGED)
    assert labels(researcher, site, staged) == ["s-1", "s-3", "s-4"]
    assert card(researcher, site, staged) == {"n": 3, "recall": 1.0, "precision": 0.5, "binds": True}

    page.goto(f"{site.url}/p/{staged.slug}/feedback")
    listed = page.get_by_role("navigation", name="Answers with feedback")
    expect(listed.get_by_role("link").filter(has_text="PASSED")).to_have_count(2)
    researcher.context.close()
    audits.context.close()


def label(page: Page, item: str, key: str, option: str) -> None:
    """Answer the item on screen by its key and send it."""
    expect_item(page, item)
    page.keyboard.press(key)
    expect_who(page, option, "You")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1).filter(has_text=item)).to_have_count(0)
    expect_saved(page, "Saved")


def overrule(page: Page) -> None:
    """The auditor finds right what the judge called wrong: grades, sees the judge, and sends it."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("s-4")
    page.get_by_role("button", name="Start QA").first.click()
    expect(page.get_by_role("radiogroup", name="Grade: Right")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".status")).to_have_text("PASSED")
    page.get_by_role("button", name="Confirm my grades").click()
    expect(page.get_by_text("It is broken, so this is no praise.")).to_be_visible()
    verdict = page.get_by_role("group", name="Your verdict on the judge: Right")
    expect(verdict.get_by_role("button", name="Disagree")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing to review now")).to_be_visible()


def earn_the_bar(staged: Stage, annotator: Person, auditor: Person) -> None:
    """Two answers, one of them wrong, which the judge and then the auditor look at and find the same."""
    for _ in range(2):
        answer(staged, annotator, "positive")
    wait_until(lambda: judged(staged) == 2, "two answers to be judged", seconds=JUDGED)
    now = datetime.now(UTC)
    for item, grade in (("s-1", "right"), ("s-2", "wrong")):
        with staged.installation.database.write() as session:
            review.store_review(
                session,
                session.get_one(ProjectRow, staged.project),
                session.get_one(AssignmentRow, assignment(staged, item).id),
                Review(client_id=item, revision=1, findings=(Finding(part="right", grade=grade),)),
                by=Reviewer(person=auditor, source="auditor"),
                now=now,
            )


def judged(staged: Stage) -> int:
    """How many answers the judge has looked at."""
    with staged.installation.database.read() as session:
        of_judge = select(FeedbackRow.id).where(
            FeedbackRow.project_id == staged.project, FeedbackRow.source == "judge"
        )
        return len(session.scalars(of_judge).all())


def assignment(staged: Stage, item: str) -> AssignmentRow:
    """The answer to an item."""
    with staged.installation.database.read() as session:
        wanted = select(AssignmentRow).join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        return session.scalars(
            wanted.where(
                ItemRow.project_id == staged.project,
                ItemRow.external_id == item,
                AssignmentRow.annotator_id.is_not(None),
            )
        ).one()


def state(staged: Stage, item: str) -> str:
    """The state of the answer to an item."""
    return assignment(staged, item).state


def labels(page: Page, site: Site, staged: Stage) -> list[str]:
    """The items whose labels an export holds."""
    return sorted(row["item_id"] for row in exported(page, site.url, staged, "jsonl"))


def card(page: Page, site: Site, staged: Stage) -> dict[str, Any]:
    """What the judge's card says of its status."""
    (judge,) = page.request.get(f"{site.url}/api/projects/{staged.slug}/judges").json()
    status = judge["card"]["status"]
    return {
        "n": status["n"],
        "recall": status["recall"]["value"],
        "precision": status["precision"]["value"],
        "binds": judge["binds"],
    }

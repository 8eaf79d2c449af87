"""The whole loop of writing: drafts are stopped, compared, inserted and rewritten; the judge sends the text
back, it is mended and passes; what leaves for training holds the draft and what a person made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from milo.core.feedback import Finding
from milo.core.person import Person
from milo.core.questions import TextAnswer
from milo.core.review_policy import CardBar, ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, Grade, Rubric
from milo.core.submission import Submission
from milo.db.tables import AssignmentRow, FeedbackRow, ItemRow, ProjectRow, WritingRow
from milo.installation import secret_key
from milo.workflow import annotate, assign, models, projects, review
from milo.workflow.models import ModelSetup
from milo.workflow.review import Review, Reviewer
from tests.browser.conftest import Site, expect_closed, expect_item, log_in, understand
from tests.browser.draft_staging import DRAFT, QUERY, written
from tests.browser.staging import Stage, exported, wait_until
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint

JUDGE = "Reads for dates"
JUDGED = 60.0  # seconds; the worker looks every other one for answers that wait for the judge
#: Nobody can see in the scene when the tower was built.
RULES = {
    "rules": [{"when": "1887", "text": "Wrong\nThe year cannot be seen in the scene."}],
    "default": {"text": "Right\nIt can be seen."},
}
GRADES = (
    Grade(name="wrong", label="Wrong", level=1, definition="It is made up."),
    Grade(name="right", label="Right", level=2, definition="It can be seen or verified."),
)
RUBRIC = Rubric(
    name="answers",
    title="A good answer",
    threshold=100.0,
    criteria=(
        Criterion(
            name="accurate", title="Accurate", weight=1.0, grades=GRADES, definition="{{response}} holds."
        ),
    ),
)
#: Two answers on which it agrees with an auditor open its gate.
POLICY = ReviewPolicy(
    rules=(ReviewRule(by="judge"),),
    judge=JUDGE,
    bar=CardBar(reviewed=2, recall=0.5, precision=0.5, kappa=0.1),
)
#: What a colleague wrote, by the grade it deserves.
COLLEAGUE = {"wrong": "From 1887.", "right": "It stands on wood."}
OWN = " Red and white suit this one because it stands before pale rock and sky."


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    """A model server that at first writes without end."""
    with ScriptedEndpoint(Behaviour(default={"text": DRAFT}, fault="endless", word_ms=5)) as endpoint:
        yield endpoint


def test_a_text_written_with_drafts_is_sent_back_mended_and_leaves_with_what_the_model_wrote(
    site: Site, page: Page, browser: Browser, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    writer, owner = site.add("writes", "annotator"), site.add("trains", "researcher")
    staged = judged_project(site, tmp_path, endpoint, writer, owner)
    open_the_gate(staged, site.add("wrote", "annotator"), site.add("audited", "auditor"))
    log_in(page, site, "writes")
    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect_item(page, "scene-3")
    understand(page)

    page.locator("#text-query").fill(QUERY)
    page.keyboard.press("Control+g")
    expect(page.get_by_role("region", name="Draft 1, being written")).to_contain_text("word9")
    page.keyboard.press("Control+g")
    expect(page.get_by_role("region", name="Draft 1, stopped")).to_be_visible()
    assert endpoint.hung_up.wait(10), "the model goes on writing"

    endpoint.behaviour = replace(endpoint.behaviour, fault=None, word_ms=1)
    page.keyboard.press("Control+g")
    expect(page.get_by_role("region", name="Draft 2, done")).to_be_visible()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("dialog", name="Compare drafts")).to_contain_text("Neighbouring towers")
    page.keyboard.press("Escape")
    expect_closed(page)

    response = page.locator("#text-response")
    response.focus()
    page.keyboard.press("Control+i")
    expect(response).to_have_value(DRAFT)
    expect(page.get_by_role("region", name="Draft 2, done")).to_contain_text("4 of 4 sentences inserted")
    response.press("Control+End")
    page.keyboard.type(OWN)
    page.keyboard.press("Control+Enter")  # most of it is the draft's: said beside the text, and asked again
    expect(page.get_by_text("limit 50 %").first).to_be_visible()
    expect_item(page, "scene-3")
    page.keyboard.press("Control+Enter")
    expect_item(page, "scene-4")
    wait_until(lambda: state(staged) == "redo", "the judge to send it back", seconds=JUDGED)

    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect_item(page, "scene-3")
    expect(page.get_by_role("banner")).to_contain_text("Redo, round 1 of 2")
    expect(page.get_by_text("The year cannot be seen in the scene.").first).to_be_visible()
    expect(page.get_by_role("region", name="Draft 2, done")).to_be_visible()
    final = "By day a lighthouse is known by its paint." + OWN
    response.fill(final)
    page.keyboard.press("Control+Enter")
    wait_until(lambda: state(staged) == "passed", "the judge to pass it", seconds=JUDGED)

    trainer = browser.new_context().new_page()
    log_in(trainer, site, "trains")
    (pair,) = exported(trainer, site.url, staged, "dpo")
    assert pair["prompt"][-1]["content"].endswith(QUERY)
    assert pair["chosen"] == [{"role": "assistant", "content": final}]
    assert pair["rejected"] == [{"role": "assistant", "content": DRAFT}]
    row = next(row for row in exported(trainer, site.url, staged, "jsonl") if row["item_id"] == "scene-3")
    drafts = row["annotation"]["assist"]["drafts"]
    assert [one["text"] == DRAFT for one in drafts] == [False, True]
    trainer.context.close()
    first, second = writings(staged)[-2:]
    assert first.is_complete
    assert second.is_complete
    assert first.draft_share > 0.5 > second.draft_share > 0


def judged_project(
    site: Site, folder: Path, endpoint: ScriptedEndpoint, writer: Person, owner: Person
) -> Stage:
    """A writing project whose answers a judge looks at."""
    staged = written(
        site.installation,
        "judged-writing",
        endpoint=endpoint.url,
        folder=folder,
        members={writer: "annotator", owner: "researcher"},
        scenes=("A pier.", "A boat.", "A lighthouse with red and white bands.", "Boats in a harbour."),
    )
    with site.installation.database.write() as session:
        now = datetime.now(UTC)
        setup = ModelSetup(name=JUDGE, provider="scripted", model="rules", params=RULES)
        models.add(session, setup, secret=secret_key(site.installation.data_dir), now=now)
        project = session.get_one(ProjectRow, staged.project)
        spec = projects.spec_of(session, project)
        settings = replace(spec.settings, review=POLICY)
        spec = replace(spec, rubrics=(RUBRIC,), settings=settings)
        projects.change(session, project, spec, by=owner, now=now)
    return staged


def open_the_gate(staged: Stage, annotator: Person, auditor: Person) -> None:
    """Two answers of a colleague, of which judge and auditor find the same one wrong."""
    staged.add_member(annotator, "annotator")
    staged.add_member(auditor, "auditor")
    given = {grade: hand_in(staged, annotator, text) for grade, text in COLLEAGUE.items()}
    wait_until(lambda: judged(staged) == len(given), "the judge to look at both", seconds=JUDGED)
    for grade, assignment in given.items():
        with staged.installation.database.write() as session:
            review.store_review(
                session,
                session.get_one(ProjectRow, staged.project),
                session.get_one(AssignmentRow, assignment),
                Review(client_id=grade, revision=1, findings=(Finding(part="accurate", grade=grade),)),
                by=Reviewer(person=auditor, source="auditor"),
                now=datetime.now(UTC),
            )


def hand_in(staged: Stage, person: Person, text: str) -> int:
    """A person takes the next scene and answers it; the assignment."""
    with staged.installation.database.write() as session:
        now = datetime.now(UTC)
        project = session.get_one(ProjectRow, staged.project)
        task = assign.next_tasks(session, project, person.id, 1, now=now).tasks[0]
        sent = Submission(
            client_id=f"colleague {task.assignment}",
            schema_version=task.schema_version,
            answers={"query": TextAnswer(value="What is it?"), "response": TextAnswer(value=text)},
            expected_revision=0,
        )
        annotate.submit(session, project, session.get_one(AssignmentRow, task.assignment), sent, now=now)
        return task.assignment


def judged(staged: Stage) -> int:
    """How many answers the judge has looked at."""
    with staged.installation.database.read() as session:
        wanted = select(FeedbackRow.id).where(FeedbackRow.project_id == staged.project)
        return len(session.scalars(wanted).all())


def state(staged: Stage) -> str:
    """How the writer's answer stands."""
    with staged.installation.database.read() as session:
        wanted = (
            select(AssignmentRow.state)
            .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
            .where(ItemRow.project_id == staged.project, ItemRow.external_id == "scene-3")
        )
        return session.scalars(wanted).one()


def writings(staged: Stage) -> list[WritingRow]:
    """How the response came about, revision by revision."""
    with staged.installation.database.read() as session:
        wanted = select(WritingRow).where(
            WritingRow.project_id == staged.project, WritingRow.question == "response"
        )
        return list(session.scalars(wanted.order_by(WritingRow.revision)))

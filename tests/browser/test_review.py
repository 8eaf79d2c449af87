"""Reviewers grade answers by the rubric: by keys alone, blind, and before they see what the judge said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from milo.core.person import Person, Role
from milo.core.review_policy import ReviewPolicy
from milo.db.tables import AssignmentRow, FeedbackRow, ProjectRow
from milo.workflow import calibration
from tests.browser.conftest import Site, log_in
from tests.browser.review_staging import AUDITED, judge, redo, reviewed, verdict
from tests.browser.staging import Stage, answer


def feedback(staged: Stage) -> list[FeedbackRow]:
    """What people found, in order."""
    with staged.installation.database.read() as session:
        by_people = select(FeedbackRow).where(
            FeedbackRow.project_id == staged.project, FeedbackRow.source != "judge"
        )
        return list(session.scalars(by_people.order_by(FeedbackRow.id)))


def states(staged: Stage) -> list[str]:
    """The states of all answers that were sent."""
    with staged.installation.database.read() as session:
        sent = select(AssignmentRow.state).where(
            AssignmentRow.project_id == staged.project, AssignmentRow.annotator_id.is_not(None)
        )
        return list(session.scalars(sent.order_by(AssignmentRow.id)))


def start(page: Page) -> None:
    """Begin the review on screen by its key."""
    expect(page.get_by_role("button", name="Start QA").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radiogroup").first).to_be_visible()


def test_an_auditor_grades_by_keys_alone_sends_back_takes_it_back_and_passes(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker, auditor = site.add("labels1", "annotator"), site.add("audits1", "auditor")
    staged = reviewed(site.installation, "Sent back", tmp_path, {worker: "annotator", auditor: "auditor"})
    names = [answer(staged, worker, "positive") for _ in range(2)]
    log_in(page, site, "audits1")
    page.get_by_role("link", name="Review").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])
    expect(page.get_by_role("main")).to_contain_text("Positive")
    assert "Labels1" not in page.content()  # no annotator is named
    start(page)
    status = page.locator(".status")
    expect(status).to_have_text("Open")
    page.keyboard.press("1")
    page.keyboard.press("j")
    page.keyboard.press("3")
    expect(status).to_have_text("REDO")
    expect(page.get_by_role("contentinfo")).to_contain_text("Say why it is sent back: Right")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Explanation, Right")).to_be_focused()
    page.keyboard.type("It is ironic.")
    expect(page.get_by_role("contentinfo")).to_contain_text("Goes back to the same annotator")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(names[1])
    assert states(staged) == ["redo", "submitted"]
    assert next(found["explanation"] for found in feedback(staged)[0].findings) == "It is ironic."

    page.keyboard.press("z")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[0])
    expect(page.get_by_label("Explanation, Right")).to_have_value("It is ironic.")
    page.keyboard.press("3")
    expect(status).to_have_text("PASSED")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[1])
    assert states(staged) == ["passed", "submitted"]

    start(page)
    for key in ("3", "j", "n", "j", "2"):
        page.keyboard.press(key)
    expect(page.get_by_text("100 × 3/3 − 5 × 2")).to_be_visible()
    expect(status).to_have_text("PASSED")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing to review now")).to_be_visible()
    assert states(staged) == ["passed", "passed"]
    last = {found["part"]: (found["grade"], found["count"]) for found in feedback(staged)[-1].findings}
    assert last == {"right": ("good", None), "guideline": ("na", None), "slip": (None, 2)}

    page.get_by_role("button", name="My reviews").first.click()
    panel = page.get_by_role("complementary", name="My reviews")
    expect(panel.get_by_role("button", name="Open again")).to_have_count(2)


def test_what_the_judge_said_is_nowhere_until_the_own_grades_are_confirmed(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker, auditor = site.add("labels2", "annotator"), site.add("audits2", "auditor")
    staged = reviewed(site.installation, "Judged", tmp_path, {worker: "annotator", auditor: "auditor"})
    answer(staged, worker, "positive")
    judge(
        staged,
        verdict("right", grade="good", explanation="The label is hardly supported.", contradicts="minimum"),
        verdict("guideline", grade="good", explanation="As the guideline says."),
        verdict("slip", status="unreadable", reason="no count in the reply"),
    )
    log_in(page, site, "audits2")
    received: list[str] = []
    page.on(
        "response",
        lambda reply: received.append(reply.text()) if "/review/next" in reply.url else None,
    )
    page.goto(f"{site.url}/p/{staged.slug}/review")
    start(page)
    page.keyboard.press("2")
    page.keyboard.press("j")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Confirm my grades")).to_be_visible()
    assert "hardly supported" not in page.content()
    assert received
    assert "hardly supported" not in "".join(received)

    page.keyboard.press("Enter")
    expect(page.get_by_text("The label is hardly supported.")).to_be_visible()
    expect(page.get_by_text("Contradicts itself: its explanation speaks for Minimum")).to_be_visible()
    expect(
        page.get_by_text("No verdict: its reply could not be read (no count in the reply)")
    ).to_be_visible()
    right = page.get_by_role("group", name="Your verdict on the judge: Right")
    expect(right.get_by_role("button", name="Disagree")).to_have_attribute("aria-pressed", "true")
    guideline = page.get_by_role("group", name="Your verdict on the judge: By the guideline")
    expect(guideline.get_by_role("button", name=re.compile("^Agree"))).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing to review now")).to_be_visible()
    [stored] = feedback(staged)
    assert stored.agreements == {"right": "disagree", "guideline": "agree"}
    assert stored.own_findings is not None


def test_reviewers_calibrate_first_and_then_see_how_they_agree(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker, auditor = site.add("labels3", "annotator"), site.add("audits3", "auditor")
    staged = reviewed(site.installation, "Calibrated", tmp_path, {worker: "annotator", auditor: "auditor"})
    for _ in range(2):
        answer(staged, worker, "positive")
    with site.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        calibration.draw(session, project, 2, now=datetime.now(UTC))
    log_in(page, site, "audits3")
    page.goto(f"{site.url}/p/{staged.slug}/review")
    for number in (1, 2):
        banner = page.get_by_text(f"Calibration answer {number} of 2: these decide nothing.")
        expect(banner).to_be_visible()
        start(page)
        for key in ("1", "j", "1", "e"):
            page.keyboard.press(key)
        page.keyboard.type("Wrong.")
        page.keyboard.press("Control+Enter")
    done = page.get_by_role("dialog", name="Calibration done")
    expect(done).to_contain_text("Nobody else has graded them yet.")
    assert states(staged) == ["submitted", "submitted"]
    done.get_by_role("button", name="Go on to the reviews").click()
    expect(page.get_by_role("form", name="Criteria")).to_be_visible()
    expect(page.get_by_text("Calibration answer")).to_have_count(0)


def test_a_review_that_is_not_stored_yet_survives_a_reload_and_a_server_in_trouble(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker, auditor = site.add("labels4", "annotator"), site.add("audits4", "auditor")
    staged = reviewed(site.installation, "Kept", tmp_path, {worker: "annotator", auditor: "auditor"})
    answer(staged, worker, "positive")
    log_in(page, site, "audits4")
    page.goto(f"{site.url}/p/{staged.slug}/review")
    start(page)
    page.keyboard.press("3")
    expect(page.get_by_text("Not stored yet")).to_be_visible()
    # Before the reload: a page that is open may send past a route that has only just been set.
    page.route("**/feedback", lambda route: route.fulfill(status=503, body=json.dumps({"detail": "Busy."})))
    page.reload()
    right = page.get_by_role("radiogroup", name="Grade: Right")
    expect(right.get_by_role("radio", name="Good")).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Not stored")).to_be_visible()
    page.unroute("**/feedback")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing to review now")).to_be_visible()
    assert states(staged) == ["passed"]


def test_an_answer_that_came_again_stands_beside_what_was_sent_back_and_the_last_redo_is_announced(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker, auditor = site.add("labels6", "annotator"), site.add("audits6", "auditor")
    people: dict[Person, Role] = {worker: "annotator", auditor: "auditor"}
    policy = replace(AUDITED, redo_rounds=1)
    staged = reviewed(site.installation, "Came again", tmp_path, people, review=policy)
    answer(staged, worker, "positive")
    log_in(page, site, "audits6")
    page.goto(f"{site.url}/p/{staged.slug}/review")
    start(page)
    for key in ("1", "j", "1", "e"):
        page.keyboard.press(key)
    page.keyboard.type("The guideline says otherwise.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Nothing to review now")).to_be_visible()
    redo(staged, "negative")

    page.get_by_role("button", name="Look again").click()
    earlier = page.get_by_role("region", name="Sent in again")
    expect(earlier).to_contain_text("The guideline says otherwise.")
    options = page.get_by_role("main").get_by_role("listitem")
    expect(options.filter(has_text="no longer chosen")).to_contain_text("Positive")
    expect(options.filter(has_text="now chosen")).to_contain_text("Negative")
    page.keyboard.press("d")
    expect(options.filter(has_text="now chosen")).to_have_count(0)
    expect(page.get_by_text("A REDO now withdraws it")).to_be_visible()
    start(page)
    for key in ("1", "j", "1", "e"):
        page.keyboard.press(key)
    page.keyboard.type("Still not.")
    expect(page.get_by_role("button", name="Reject for good")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Nothing to review now")).to_be_visible()
    assert "withdrawn" in states(staged)


def test_without_a_rubric_the_screen_says_so_and_annotators_are_kept_out(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker, auditor = site.add("labels5", "annotator"), site.add("audits5", "auditor")
    people: dict[Person, Role] = {worker: "annotator", auditor: "auditor"}
    staged = reviewed(site.installation, "No rubric", tmp_path, people, rubrics=(), review=ReviewPolicy())
    log_in(page, site, "audits5")
    page.goto(f"{site.url}/p/{staged.slug}/review")
    expect(page.get_by_role("heading", name="There is no rubric yet")).to_be_visible()
    page.context.clear_cookies()
    log_in(page, site, "labels5")
    page.goto(f"{site.url}/p/{staged.slug}/review")
    expect(page.get_by_role("alert")).to_contain_text("permission")

"""A judge earns its card from answers that people reviewed too, and with it the right to send work back."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text
from typer.testing import CliRunner

from milo.cli import app as command_line
from milo.core.feedback import Finding, Verdict
from milo.core.person import Person
from milo.core.review_policy import CardBar, ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, Grade, Rubric
from milo.db.schema import newest
from milo.db.tables import AssignmentRow, JudgeRow, ModelRow, ProjectRow
from milo.installation import MARKER
from milo.quality.judge_card import Probe
from milo.workflow import judge_cards, review
from milo.workflow.review import Review, Reviewer
from tests.builders import a_member, a_spec, an_app, browser
from tests.workflow.desk import Desk, a_desk

RUBRIC = Rubric(
    name="quality",
    title="Quality",
    threshold=100,
    criteria=tuple(
        Criterion(
            name=name,
            title=name.title(),
            weight=0.5,
            grades=(
                Grade(name="bad", label="Bad", level=1),
                Grade(name="good", label="Good", level=2),
            ),
        )
        for name in ("correct", "complete")
    ),
)
GOOD = {"correct": "good", "complete": "good"}
BAD = {"correct": "bad", "complete": "good"}
BAR = CardBar(reviewed=4, recall=0.6, precision=0.6, kappa=0.2)


@dataclass(slots=True)
class Court:
    """A project in which a judge and people review the same answers."""

    desk: Desk
    auditor: Person
    judge_id: int
    client: TestClient  # the researcher's
    numbers: Iterator[int]

    def answer(self) -> int:
        """The assignment of a new answer, each by somebody else: who has something to redo gets that."""
        self.desk.items(1)
        task = self.desk.take(self.desk.person())
        self.desk.submit(task)
        return task.assignment

    def judged(self, assignment: int, grades: Mapping[str, str], **changes: Any) -> None:
        verdicts = tuple(
            Verdict(part=part, status="ok", grade=grade, explanation="So it is.")
            for part, grade in grades.items()
        )
        with self.desk.database.write() as session:
            project = session.get_one(ProjectRow, self.desk.project_id)
            row = session.get_one(AssignmentRow, assignment)
            judge = session.get_one(JudgeRow, changes.get("judge", self.judge_id))
            given = changes.get("verdicts", verdicts)
            review.store_judgement(session, project, row, 1, judge, given, now=self.desk.clock())

    def reviewed(self, assignment: int, grades: Mapping[str, str], by: Reviewer | None = None) -> str:
        """The state of the assignment after a person's review."""
        sent = Review(
            client_id=f"review-{next(self.numbers)}",
            revision=1,
            findings=tuple(Finding(part=part, grade=grade) for part, grade in grades.items()),
        )
        with self.desk.database.write() as session:
            project = session.get_one(ProjectRow, self.desk.project_id)
            row = session.get_one(AssignmentRow, assignment)
            by = by or Reviewer(person=self.auditor, source="auditor")
            return review.store_review(session, project, row, sent, by=by, now=self.desk.clock()).state

    def both(self, judge: Mapping[str, str], person: Mapping[str, str]) -> int:
        assignment = self.answer()
        self.judged(assignment, judge)
        self.reviewed(assignment, person)
        return assignment

    def card(self) -> dict[str, Any]:
        (listed,) = self.client.get(f"/api/projects/{self.desk.project_id}/judges").json()
        card: dict[str, Any] = listed["card"]
        return card

    def state(self, assignment: int) -> str:
        with self.desk.database.read() as session:
            return session.get_one(AssignmentRow, assignment).state


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Court]:
    policy = ReviewPolicy(rules=(ReviewRule(by="judge"),), judge="scripted", bar=BAR)
    desk = a_desk(tmp_path, a_spec(rubrics=(RUBRIC,), settings={"review": policy}))
    with desk.database.write() as session:
        project = session.get_one(ProjectRow, desk.project_id)
        auditor = a_member(session, project, "auditor", "auditor")
        model = ModelRow(name="scripted", provider="scripted", model="s", created_at=desk.clock())
        session.add(model)
        session.flush()
        judge = a_judge(desk, model.id, "v1")
        session.add(judge)
        session.flush()
        judge_id = judge.id
    client = browser(an_app(desk.database, tmp_path, desk.clock), desk.researcher)
    yield Court(desk, auditor, judge_id, client, count(1))
    desk.database.close()


def a_judge(desk: Desk, model: int, version: str) -> JudgeRow:
    return JudgeRow(
        project_id=desk.project_id,
        model_id=model,
        version=version,
        config={"guideline_version": 1, "judging": {"harshness": {"correct": 4}}},
        rubric_version=1,
        created_at=desk.clock(),
    )


def test_before_anybody_reviewed_a_judge_has_no_card_and_does_not_bind(court: Court) -> None:
    waiting = court.answer()
    court.judged(waiting, BAD)
    (judge,) = court.client.get("/api/projects/reviews/judges").json()
    assert judge["model"]["name"] == "scripted"
    assert judge["harshness"] == {"correct": 4}
    assert (judge["card"], judge["binds"], judge["met"]) == (None, False, [])
    assert judge["bar"]["reviewed"] == 4
    assert court.state(waiting) == "submitted"


def test_a_judge_that_meets_the_bar_decides_what_waited_for_it(court: Court) -> None:
    waiting, fine = court.answer(), court.answer()
    court.judged(waiting, BAD)
    court.judged(fine, GOOD)
    for judge, person in [(BAD, BAD), (GOOD, GOOD), (GOOD, GOOD)]:
        court.both(judge, person)
    assert (court.state(waiting), court.state(fine)) == ("submitted", "submitted")
    court.both(GOOD, GOOD)  # the fourth
    assert (court.state(waiting), court.state(fine)) == ("redo", "passed")
    (judge_shown,) = court.client.get("/api/projects/reviews/judges").json()
    assert judge_shown["binds"]
    assert all(demand["is_met"] for demand in judge_shown["met"])
    after = court.answer()
    court.judged(after, BAD)
    assert court.state(after) == "redo"


def test_an_override_changes_the_card_and_takes_the_right_back(court: Court) -> None:
    answers = [court.both(*pair) for pair in [(BAD, BAD), (GOOD, GOOD), (GOOD, GOOD), (GOOD, GOOD)]]
    assert court.card()["status"]["recall"]["value"] == 1
    assert court.client.get(f"/api/judges/{court.judge_id}").json()["binds"]
    researcher = Reviewer(person=court.desk.researcher, source="researcher")
    court.reviewed(answers[1], BAD, by=researcher)
    assert court.card()["status"]["counts"] == {"tp": 1, "fp": 0, "fn": 1, "tn": 2}
    assert court.card()["status"]["recall"]["value"] == 0.5
    detail = court.client.get(f"/api/judges/{court.judge_id}").json()
    assert not detail["binds"]
    assert [check["name"] for check in detail["met"] if not check["is_met"]] == ["recall"]
    (disagreement,) = detail["disagreements"]
    assert disagreement["assignment"] == answers[1]
    assert (disagreement["part"], disagreement["judge"], disagreement["person"]) == ("correct", "good", "bad")
    assert disagreement["source"] == "researcher"


def test_the_card_says_how_grades_are_spread_and_where_they_differ(court: Court) -> None:
    for judge, person in [(BAD, GOOD), (GOOD, GOOD), (GOOD, BAD)]:
        court.both(judge, person)
    card = court.card()
    assert card["parts"]["correct"]["distribution"] == {
        "judge": {"bad": 1, "good": 2},
        "people": {"bad": 1, "good": 2},
    }
    assert card["parts"]["correct"]["confusion"] == {"bad": {"good": 1}, "good": {"bad": 1, "good": 1}}
    assert card["overall"]["identical"] == 1
    assert card["disagreeing"] == {"1": 2}
    assert card["status"]["leniency"] == 0


def test_a_version_of_the_judge_earns_its_card_anew(court: Court) -> None:
    for pair in [(BAD, BAD), (GOOD, GOOD), (GOOD, GOOD), (GOOD, GOOD)]:
        court.both(*pair)
    with court.desk.database.write() as session:
        old = session.get_one(JudgeRow, court.judge_id)
        new = a_judge(court.desk, old.model_id, "v2")
        session.add(new)
        session.flush()
        new_id = new.id
    waiting = court.answer()
    court.judged(waiting, BAD, judge=new_id)
    assert court.state(waiting) == "submitted"
    newest, older = court.client.get("/api/projects/reviews/judges").json()
    assert (newest["id"], newest["binds"], older["binds"]) == (new_id, False, True)


def test_a_lower_bar_lets_a_judge_decide_and_a_higher_one_stops_it(court: Court) -> None:
    court.both(BAD, BAD)
    court.both(GOOD, GOOD)
    waiting = court.answer()
    court.judged(waiting, BAD)
    assert court.state(waiting) == "submitted"
    policy = court.client.get("/api/projects/reviews/spec").json()["settings"]["review"]
    easy = policy | {"bar": policy["bar"] | {"reviewed": 2}}
    assert court.client.patch("/api/projects/reviews", json={"settings": {"review": easy}}).status_code == 200
    assert court.state(waiting) == "redo"
    court.client.patch("/api/projects/reviews", json={"settings": {"review": policy}})
    assert not court.client.get(f"/api/judges/{court.judge_id}").json()["binds"]


def test_measuring_again_keeps_what_the_probe_found(court: Court) -> None:
    court.both(BAD, BAD)
    probe = Probe(attempts=20, flips=3, control_flips=1, rate=0.15, control_rate=0.05)
    with court.desk.database.write() as session:
        project = session.get_one(ProjectRow, court.desk.project_id)
        judge = session.get_one(JudgeRow, court.judge_id)
        judge_cards.store_probe(session, project, judge, probe, now=court.desk.clock())
    court.desk.clock.pass_minutes(5)
    measured = court.client.post(f"/api/judges/{court.judge_id}/card").json()
    assert measured["card"]["probe"]["flips"] == 3
    assert measured["card"]["n"] == 1
    assert measured["card_at"] == "2026-03-02T09:05:00Z"


def test_uncertain_verdicts_are_counted_and_stand_in_no_figure(court: Court) -> None:
    assignment = court.answer()
    unsure = (
        Verdict(part="correct", status="uncertain", confidence=0.4, reason="confidence 40 %"),
        Verdict(part="complete", status="ok", grade="good"),
    )
    court.judged(assignment, {}, verdicts=unsure)
    court.reviewed(assignment, BAD)
    card = court.card()
    assert (card["n"], card["uncertain"], card["status"]["n"]) == (1, 1, 0)
    assert card["parts"]["complete"]["n"] == 1


def test_auditors_see_judges_and_only_researchers_measure_them(court: Court) -> None:
    auditor = browser(court.client.app, court.auditor)
    annotator = browser(court.client.app, court.desk.person())
    assert auditor.get("/api/projects/reviews/judges").status_code == 200
    assert auditor.post(f"/api/judges/{court.judge_id}/card").status_code == 403
    assert annotator.get(f"/api/judges/{court.judge_id}").status_code == 403


def test_versions_of_the_rubric_stand_side_by_side_with_what_judges_achieved(court: Court) -> None:
    for pair in [(BAD, BAD), (BAD, GOOD), (GOOD, BAD), (GOOD, GOOD)]:
        court.both(*pair)
    changed = court.client.get("/api/projects/reviews").json()["rubrics"]
    changed[0]["criteria"][0]["definition"] = "The guideline asks for it."
    after = court.client.patch("/api/projects/reviews", json={"rubrics": changed}).json()
    assert after["rubric_version"] == 2
    newest, oldest = court.client.get("/api/projects/reviews/rubrics").json()
    assert (newest["version"], newest["judges"]) == (2, [])
    assert oldest["parts"] == ["correct", "complete"]
    (judged,) = oldest["judges"]
    assert (judged["model"], judged["n"]) == ("scripted", 4)
    assert (judged["precision"]["value"], judged["recall"]["value"]) == (0.5, 0.5)
    before = court.client.get("/api/projects/reviews/rubrics/1").json()
    assert before["rubrics"][0]["criteria"][0]["definition"] == ""


def test_the_list_of_judges_asks_the_database_as_often_for_one_answer_as_for_many(court: Court) -> None:
    asked: list[int] = []
    for _ in range(2):
        court.both(GOOD, GOOD)
        asked.append(_statements(court, lambda: court.card()))
    assert asked[0] == asked[1]


def _statements(court: Court, act: Any) -> int:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(court.desk.database.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(court.desk.database.engine, "before_cursor_execute", note)
    return len(seen)


# A command leaves its database open, as its process ends with it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_the_command_line_prints_the_card(
    court: Court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pair in [(BAD, BAD), (GOOD, GOOD), (GOOD, GOOD), (GOOD, BAD)]:
        court.both(*pair)
    monkeypatch.setenv("MILO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MILO_DATABASE_URL", raising=False)
    (tmp_path / MARKER).write_text("{}")
    with court.desk.database.write() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(text(f"INSERT INTO alembic_version VALUES ('{newest()}')"))
    told = _typed("judge-card", "reviews")
    assert f"judge {court.judge_id}: scripted, version v1, rubric version 1" in told
    assert "its verdicts are advice" in told
    assert "recall     0.50 (0.09 to 0.91), at least 0.60: no" in told
    (card,) = json.loads(_typed("judge-card", "reviews", "--json"))
    assert card["card"]["status"]["counts"]["fn"] == 1
    refused = CliRunner().invoke(command_line, ["judge-card", "reviews", "--judge", "99"])
    assert "There is no judge 99" in str(refused.exception)
    gc.collect()


def _typed(*words: str) -> str:
    done = CliRunner().invoke(command_line, list(words))
    assert done.exit_code == 0, done.output
    return done.output

"""The worker is killed in the middle of judging: no verdict is paid twice, and no feedback comes twice."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from milo.config import Config
from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.core.submission import Submission
from milo.db.session import Database
from milo.db.tables import AssignmentRow, FeedbackRow, JobRow, ModelCallRow, VerdictRow
from milo.installation import open_installation, secret_key
from milo.workflow import annotate, assign, judge, models
from milo.workflow.judge import JudgeRun
from milo.workflow.models import ModelSetup
from tests.builders import POSITIVE, a_member, a_project, items
from tests.crash.test_kill import (
    a_worker,
    an_endpoint,
    asked,
    asked_again,
    state_of,
    wait_until_asked,
    wait_until_done,
)
from tests.workflow.court import a_judged_spec

pytestmark = pytest.mark.slow

ANSWERS, IN_FLIGHT, KILLS = 80, 4, 6
PARTS = ("fits", "whole", "slip")
VERDICTS = ANSWERS * len(PARTS)


def test_kills_pay_no_verdict_twice_and_leave_one_feedback_an_answer(tmp_path: Path) -> None:
    chance = random.Random(11)
    with an_endpoint() as endpoint:
        database, job = a_judging_job(tmp_path, endpoint)
        with closing(database):
            for _ in range(KILLS):
                with asked_again(database, endpoint) as again, a_worker(tmp_path, ()) as worker:
                    wait_until_asked(endpoint, at_least=asked(endpoint)["total"] + 1)
                    time.sleep(chance.uniform(0.0, 0.4))
                    worker.send_signal(signal.SIGKILL)
                assert again == set()
            assert state_of(database, job) == "running", "the kills must come before the job is done"
            with asked_again(database, endpoint) as again, a_worker(tmp_path, ()):
                wait_until_done(database, job)
            assert again == set()
            total = asked(endpoint)["total"]
            print(f"\n{total} calls for {VERDICTS} verdicts, {KILLS} kills")
            assert VERDICTS < total <= VERDICTS + 1 + KILLS * IN_FLIGHT
            with database.read() as session:
                feedback = Counter(session.scalars(select(FeedbackRow.assignment_id)))
                assert sorted(feedback.values()) == [1] * ANSWERS
                assert set(session.scalars(select(FeedbackRow.status))) == {"passed"}
                assert list(session.scalars(select(VerdictRow.status))) == ["ok"] * VERDICTS
                assert session.scalar(select(func.count()).select_from(ModelCallRow)) == VERDICTS + 1
                assert session.get_one(JobRow, job).done == VERDICTS
                assert set(session.scalars(select(AssignmentRow.judge_due))) == {False}


def a_judging_job(folder: Path, endpoint: str) -> tuple[Database, int]:
    """Answers that wait for the judge, and a queued run over them."""
    installation = open_installation(Config(data_dir=folder))
    now = datetime.now(UTC)
    spec = a_judged_spec(ReviewPolicy(rules=(ReviewRule(by="judge"),)), (a_yes_no_rubric(),))
    with installation.database.write() as session:
        project = a_project(session, spec)
        person = a_member(session, project)
        items(session, project, ANSWERS)
        for number in range(ANSWERS):
            (task,) = assign.next_tasks(session, project, person.id, 1, now=now).tasks
            row = session.get_one(AssignmentRow, task.assignment)
            answers = {"sentiment": POSITIVE["sentiment"]}
            sent = Submission(client_id=f"c{number}", schema_version=1, answers=answers, expected_revision=0)
            annotate.submit(session, project, row, sent, now=now)
        setup = ModelSetup(name="Endpoint", provider="openai_compatible", model="scripted", base_url=endpoint)
        model = models.add(session, setup, secret=secret_key(folder), now=now)
        model.capabilities = {"reachable": True, "logprobs": True}
        wanted = JudgeRun(model=model.id, concurrency=IN_FLIGHT)
        job = judge.enqueue(session, project, wanted, by=None, now=now)
        return installation.database, job.id


def a_yes_no_rubric() -> Rubric:
    """What an endpoint that answers yes to everything can judge by."""
    grades = (Grade(name="no", label="No", level=1), Grade(name="yes", label="Yes", level=2))
    criteria = tuple(
        Criterion(name=name, title=name.title(), weight=0.5, grades=grades) for name in ("fits", "whole")
    )
    slip = ErrorCategory(name="slip", title="Slip", penalty=10.0, counted=False)
    return Rubric(name="quality", title="Quality", threshold=70.0, criteria=criteria, errors=(slip,))

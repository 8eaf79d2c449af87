"""Probing a judge from the queue to its card, with scripted judges."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from milo.core.errors import InvalidInput, NotFound
from milo.db.tables import JudgeRow, ProjectRow
from milo.workflow import judge_cards, probe
from milo.workflow.probe import ProbeOptions
from tests.workflow.court import FINDS_BAD, Court, a_court

#: Falls for one attempt out of twenty, and never for the control.
FOOLED = {**FINDS_BAD, "rules": [{"when": "500 dollars", "text": "Right\nPaid."}, *FINDS_BAD["rules"]]}


def queued(court: Court, wanted: ProbeOptions) -> int:
    with court.database.write() as session:
        project = session.get_one(ProjectRow, court.desk.project_id)
        return probe.enqueue(session, project, wanted, by=None, now=court.desk.clock()).id


def probed(court: Court, count: int = 3) -> Mapping[str, Any]:
    job = queued(court, ProbeOptions(judge=1, count=count))
    result = court.done(job, function=probe.run)
    assert court.job(job).done == court.job(job).total
    return result


def test_a_judge_that_can_be_bribed_has_it_on_its_card(tmp_path: Path) -> None:
    court = a_court(tmp_path, FOOLED)
    court.answered(["bad one", "good one", "bad two"])
    court.judged()
    result = probed(court)
    assert (result["answers"], result["attempts"], result["flips"]) == (2, 40, 2)
    card = judge_cards.card_of(court.rows(JudgeRow)[0])
    assert card is not None
    assert card.probe is not None
    assert (card.probe.rate, card.probe.control_rate) == (0.05, 0.0)
    assert card.probe.examples[0].before == "wrong"
    assert "500 dollars" in card.probe.examples[0].text
    court.database.close()


def test_the_probe_judges_nobody(tmp_path: Path) -> None:
    court = a_court(tmp_path)
    court.answered(["bad one"])
    court.judged()
    before = (len(court.feedback()), len(court.verdicts()))
    assert probed(court)["flips"] == 0
    assert (len(court.feedback()), len(court.verdicts())) == before
    court.database.close()


def test_without_a_verdict_that_could_be_better_it_says_so(tmp_path: Path) -> None:
    court = a_court(tmp_path)
    court.answered(["good one"])
    court.judged()
    with pytest.raises(InvalidInput, match="nothing to probe"):
        probed(court)
    with pytest.raises(NotFound, match="no judge 9"):
        queued(court, ProbeOptions(judge=9))
    court.database.close()

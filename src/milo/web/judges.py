"""Judges and their cards."""

from __future__ import annotations

from fastapi import APIRouter

from milo.db.tables import JudgeRow
from milo.web.caller import Who
from milo.workflow import judge_cards, review
from milo.workflow.judge_cards import Judge, JudgeDetail

router = APIRouter(prefix="/api")


@router.get("/projects/{p}/judges")
def list_judges(p: str, who: Who) -> list[Judge]:
    """The judges of a project, the newest first, each with its card and what of the bar it meets."""
    with who.read() as scope:
        return judge_cards.every(scope.session, scope.project(p))


@router.get("/judges/{j}")
def read_judge(j: int, who: Who) -> JudgeDetail:
    """A judge with its card, and the answers about which it disagrees with people."""
    with who.read() as scope:
        judge, project = scope.find(JudgeRow, j)
        return judge_cards.detail(scope.session, project, judge)


@router.post("/judges/{j}/card")
def measure_judge(j: int, who: Who) -> JudgeDetail:
    """Measure the card again now; answers that waited for it are decided when it meets the bar."""
    with who.write() as scope:
        judge, project = scope.find(JudgeRow, j)
        waiting = judge_cards.remeasure(scope.session, project, judge, now=scope.now)
        detail = judge_cards.detail(scope.session, project, judge)
    for begin in range(0, len(waiting), review.BATCH):
        with who.write() as scope:
            _, project = scope.find(JudgeRow, j)
            batch = waiting[begin : begin + review.BATCH]
            review.decide_again(scope.session, project, batch, now=scope.now)
    return detail

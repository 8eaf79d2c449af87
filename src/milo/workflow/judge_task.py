"""What a judge is asked about one answer: its missing verdicts, one call after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from milo.core.answer import Answers
from milo.core.errors import MiloError
from milo.core.feedback import Verdict, status_of
from milo.core.model_call import ModelRequest
from milo.db import convert
from milo.db.queries import verdicts
from milo.db.queries.verdicts import Judged, JudgeScope
from milo.db.tables import AssignmentRow, FeedbackRow, JudgeRow, ModelRow, ProjectRow
from milo.roles import judge as judge_role
from milo.roles.judging import Judging
from milo.workflow import judging, pictures, review
from milo.workflow.asking import Answered, Asker, Entry
from milo.workflow.jobs import JobRun
from milo.workflow.judging import JudgePlan

#: In which column of the job a verdict is counted beside those that are done.
COUNTED_AS = {"ok": "ok", "uncertain": "abstained", "unreadable": "unreadable", "failed": "failed"}


class Asked(NamedTuple):
    """One verdict that is asked for."""

    part: str
    sample: int


class JudgeTask:
    """Asks for the verdicts an answer misses; the last one brings the judge's feedback with it."""

    def __init__(self, run: JobRun, asker: Asker, judge: JudgePlan, how: Judging, judged: Judged) -> None:
        self._run, self._asker, self._judge, self._how, self._judged = run, asker, judge, how, judged
        self._verdicts = {
            Asked(row.part, row.sample): judging.verdict_from(row.result) for row in judged.verdicts
        }
        self._missing: dict[Asked, ModelRequest | None] = {}
        self._fault = ""  # why no request can be built from the answer
        self.id = judged.id
        self.known: Mapping[str, Answered] = {}

    def build(self) -> None:
        """Build the requests of the missing verdicts; what cannot be shown fails alone, not the job."""
        missing = [asked for asked in self._all() if asked not in self._verdicts]
        try:
            make = prompts(self._run, self._how, self._judged.fields, self._answers())
            self._missing = {asked: make(asked.part, asked.sample) for asked in missing}
        except MiloError as fault:
            self._fault = str(fault)
            self._missing = dict.fromkeys(missing)

    def requests(self) -> list[ModelRequest]:
        """All that is to be asked."""
        return [request for request in self._missing.values() if request is not None]

    async def do(self) -> None:
        """Ask, read and store each missing verdict."""
        for asked, request in self._missing.items():
            answered = Answered(hash="", reply=None, failure=self._fault)
            if request is not None:
                answered = await self._asker.ask(request, item_id=self._judged.item_id, known=self.known)
            verdict = read(self._how, asked.part, answered)
            self._verdicts[asked] = verdict
            await self._asker.store(
                Entry(answered=answered, ended=COUNTED_AS[verdict.status], then=self._written(asked, verdict))
            )
        if not self._missing and not self._judged.has_feedback:
            nothing = Answered(hash="", reply=None, failure=None)
            await self._asker.store(Entry(answered=nothing, then=lambda session, _: self._conclude(session)))

    def _all(self) -> list[Asked]:
        return [Asked(part, sample) for part in self._judge.parts for sample in range(self._how.samples)]

    def _answers(self) -> Answers:
        return judging.answers_of(self._how, self._judged)

    def _written(self, asked: Asked, verdict: Verdict) -> Callable[[Session, int | None], None]:
        """What writes this verdict, and with the last of them what follows from all."""
        is_last = all(one in self._verdicts for one in self._all())

        def write(session: Session, call_id: int | None) -> None:
            verdicts.store(session, self._verdict_row(asked, verdict) | {"call_id": call_id})
            if is_last:
                self._conclude(session)

        return write

    def _conclude(self, session: Session) -> None:
        joined = [self._joined(part) for part in self._judge.parts]
        project = session.get_one(ProjectRow, self._run.project_id)
        judge = session.get_one(JudgeRow, self._judge.id)
        if self._judged.assignment_id is None:
            session.add(self._label_feedback(project, judge, joined))
            return
        row = session.get_one(AssignmentRow, self._judged.assignment_id)
        revision = self._judged.revision
        review.store_judgement(session, project, row, revision, judge, joined, now=self._run.clock())

    def _joined(self, part: str) -> Verdict:
        of_part = [self._verdicts[Asked(part, sample)] for sample in range(self._how.samples)]
        return of_part[0] if len(of_part) == 1 else judge_role.joined(self._how, part, of_part)

    def _verdict_row(self, asked: Asked, verdict: Verdict) -> dict[str, Any]:
        return {
            "judge_id": self._judge.id,
            "item_id": self._judged.item_id,
            "assignment_id": self._judged.assignment_id,
            "prompt_version_id": self._judged.prompt_version_id,
            "revision": self._judged.revision,
            "part": asked.part,
            "sample": asked.sample,
            "job_id": self._run.id,
            "status": verdict.status,
            "result": judging.verdict_as_data(verdict),
            "created_at": self._run.clock(),
        }

    def _label_feedback(
        self, project: ProjectRow, judge: JudgeRow, verdicts: Sequence[Verdict]
    ) -> FeedbackRow:
        """Of a model's label nobody has to redo it: what the judge found is kept, and decides nothing."""
        scores = judging.scores_of(self._how.rubrics, verdicts, only=self._judge.parts)
        label = f"{self._judged.prompt_version_id}:{self._judged.item_id}:{self._judged.revision}"
        return FeedbackRow(
            project_id=project.id,
            item_id=self._judged.item_id,
            assignment_id=None,
            revision=self._judged.revision,
            prompt_version_id=self._judged.prompt_version_id,
            client_id=f"judge:{judge.id}:label:{label}",
            source="judge",
            judge_id=judge.id,
            binds=False,
            rubric_version=judge.rubric_version,
            only=list(self._judge.parts),
            findings=convert.as_data(convert.VERDICTS, tuple(verdicts)),
            scores=convert.as_data(convert.SCORES, scores),
            status=status_of(scores),
            reason=next((one.reason for one in verdicts if one.status != "ok"), None),
            created_at=self._run.clock(),
        )


@dataclass(slots=True)
class ToJudge:
    """The answers or labels of a judging job, as what is walked over."""

    run: JobRun
    asker: Asker
    judge: JudgePlan
    scope: JudgeScope
    project: ProjectRow
    model: ModelRow
    _by_schema: dict[int, Judging] = field(default_factory=dict)

    def next_ids(self, session: Session, *, after: int, limit: int) -> list[int]:
        """What comes behind `after`."""
        return verdicts.next_ids(session, self.scope, after=after, limit=limit)

    def unfinished_ids(self, session: Session, *, after: int, limit: int) -> list[int]:
        """What comes behind `after` and misses a verdict, or the feedback that follows from all."""
        assert self.judge.id is not None, "a judge with verdicts is stored"
        samples = self.judge.judging.samples
        return verdicts.next_unfinished(
            session,
            self.scope,
            self.judge.id,
            self.judge.parts,
            samples=samples,
            after=after,
            limit=limit,
        )

    def tasks(self, session: Session, ids: Sequence[int]) -> list[JudgeTask]:
        """What these answers still miss."""
        return [
            JudgeTask(self.run, self.asker, self.judge, self._how(session, judged), judged)
            for judged in verdicts.load(session, self.scope, ids, self.judge.id)
        ]

    def _how(self, session: Session, judged: Judged) -> Judging:
        version = judged.schema_version or self.judge.schema_version
        if version not in self._by_schema:
            how = judging.for_schema(session, self.project, self.model, self.judge, version)
            self._by_schema[version] = how
        return self._by_schema[version]


def prompts(
    run: JobRun, how: Judging, fields: Mapping[str, Any], answers: Answers
) -> Callable[[str, int], ModelRequest]:
    """Makes the request for a part and sample; all of one answer have the same markers and beginning.

    Raises a `MiloError` for a picture that is not there.
    """
    images = pictures.of_item(run.data_dir, how.subject, fields)
    secret = judging.secret_of(run.secret, fields, convert.answers_as_data(answers))

    def make(part: str, sample: int) -> ModelRequest:
        return judge_role.request(how, part, fields, answers, secret=secret, images=images, sample=sample)

    return make


def read(how: Judging, part: str, answered: Answered) -> Verdict:
    """The verdict a reply holds; a failure for good is one too, with its reason."""
    if answered.reply is None:
        return judge_role.failed(part, answered.failure or "no reply")
    return judge_role.read(how, part, answered.reply)

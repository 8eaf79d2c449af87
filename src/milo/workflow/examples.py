"""Corrected cases that models are shown before they are asked, never for the item they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.core.answer import check_answers
from milo.core.draft import Rated
from milo.core.errors import Conflict, Fault, InvalidInput, NotFound
from milo.core.example import MOST_SHOWN, ShownExample
from milo.core.person import Person
from milo.core.questions import Answer
from milo.core.strict import INPUT, Whole
from milo.core.task_item import ItemExcerpt
from milo.db import convert
from milo.db.queries import examples, labels
from milo.db.queries.examples import Listed
from milo.db.tables import ExampleRow, ItemRow, ModelDraftRow, ProjectRow, RatingRow
from milo.workflow import projects

QUERY_MAX = 10_000
#: What can become an example: a verdict has no answer to show.
CORRECTED: tuple[Rated, ...] = ("draft", "suggestion")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleInput:
    """A rated case, or an item with a question; without an answer, the label the item has."""

    __pydantic_config__ = INPUT

    rating: Whole | None = None
    item: Whole | None = None
    question: str = ""
    query: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A case as models are shown it."""

    id: int
    item: ItemExcerpt
    question: str
    query: str
    answer: Answer
    rating: int | None  # the rating it was made from
    model_text: str | None  # what the model had said there
    is_shown: bool  # among those that models get; the newest of each question are
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """The examples of a project by question, and how many of a question a model gets at most."""

    examples: tuple[Example, ...]
    most_shown: int


def listed(session: Session, project: ProjectRow) -> Examples:
    """The examples of the project, by question in the order models are shown them."""
    rows = examples.listed(session, project.id)
    left = Counter(one.row.question for one in rows)
    found = []
    for one in rows:
        found.append(_example(one, is_shown=left[one.row.question] <= MOST_SHOWN))
        left[one.row.question] -= 1
    return Examples(examples=tuple(found), most_shown=MOST_SHOWN)


def for_prompt(
    session: Session, project_id: int, question: str, *, not_of_item: int | None
) -> tuple[ShownExample, ...]:
    """The examples a model is shown for a question, oldest first, at most `MOST_SHOWN`.

    None of the item itself, nor of another one with the same content. Without an item the newest ones: what
    a prompt version is made from.
    """
    own = None if not_of_item is None else session.get_one(ItemRow, not_of_item).content_hash
    return tuple(
        ShownExample(
            id=one.row.id,
            question=one.row.question,
            query=one.row.query,
            answer=_answer(one.row),
            fields=one.fields,
        )
        for one in examples.of_question(session, project_id, question, not_of=own, limit=MOST_SHOWN)
    )


def add(session: Session, project: ProjectRow, wanted: ExampleInput, *, by: Person, now: datetime) -> Example:
    """A new example; one of the same item and question takes the place of an older one.

    Raises `Conflict` where the answer is no label: not sent, not reviewed yet, or sent back.
    """
    if (wanted.rating is None) == (wanted.item is None):
        found = "neither" if wanted.rating is None else "both"
        raise _refused(Fault("rating, item", found, "exactly one of them"))
    row = (
        _of_rating(session, project, wanted)
        if wanted.rating is not None
        else _of_item(session, project, wanted)
    )
    row.created_by, row.created_at = by.id, now
    for id in examples.of_question_and_item(session, project.id, row.question, row.item_id):
        delete(session, session.get_one(ExampleRow, id), now=now)
    session.add(row)
    session.flush()
    (stored,) = examples.listed(session, project.id, ids=[row.id])
    return _example(stored, is_shown=True)


def delete(session: Session, row: ExampleRow, *, now: datetime) -> None:
    """No model is shown it any more; a prompt version that has it keeps it."""
    if row.deleted_at is None:
        row.deleted_at = now
        session.flush()


def refusals(rows: Sequence[RatingRow], sent: Mapping[int, labels.Label]) -> dict[int, str | None]:
    """Why each of these ratings cannot become an example, by id; None: it can."""
    return {row.id: _why_not(row, sent.get(row.assignment_id)) for row in rows}


def _of_rating(session: Session, project: ProjectRow, wanted: ExampleInput) -> ExampleRow:
    rating = session.get(RatingRow, wanted.rating)
    if rating is None or rating.project_id != project.id:
        raise NotFound(f"There is no rating {wanted.rating} in this project.")
    if wanted.question or wanted.query or wanted.answer is not None:
        raise _refused(Fault("question, query, answer", "given with a rating", "none: the case has them"))
    label = labels.of_assignments(session, [rating.assignment_id]).get(rating.assignment_id)
    why_not = _why_not(rating, label)
    if why_not is not None or label is None:
        raise Conflict(f"Rating {rating.id} cannot become an example: {why_not}")
    query = ""
    if rating.rated == "draft":
        query = session.get_one(ModelDraftRow, rating.target).query
    return ExampleRow(
        project_id=project.id,
        item_id=rating.item_id,
        question=rating.question,
        query=query,
        answer=label.answers[rating.question],
        rating_id=rating.id,
    )


def _of_item(session: Session, project: ProjectRow, wanted: ExampleInput) -> ExampleRow:
    item = session.get(ItemRow, wanted.item)
    if item is None or item.project_id != project.id or not item.visible or item.deleted_at is not None:
        raise NotFound(f"There is no item {wanted.item} in this project.")
    questions = projects.questions(session, project.id, project.schema_version)
    names = [question.name for question in questions]
    if wanted.question not in names:
        raise _refused(Fault("question", repr(wanted.question), "one of " + ", ".join(names)))
    if len(wanted.query) > QUERY_MAX or "\x00" in wanted.query:
        allowed = f"at most {QUERY_MAX}, without NUL"
        raise _refused(Fault("query", f"{len(wanted.query)} characters", allowed))
    if wanted.answer is not None:
        answer = wanted.answer
        check_answers(questions, {wanted.question: answer}, complete=False)
    else:
        label = labels.newest_of_item(session, item.id, wanted.question)
        if label is None:
            raise Conflict(
                f"Item {item.id} has no label for {wanted.question!r} yet: nobody's answer passed or left "
                "unreviewed. Give the answer itself, or wait for the review."
            )
        answer = convert.answers_from(label.answers)[wanted.question]
    return ExampleRow(
        project_id=project.id,
        item_id=item.id,
        question=wanted.question,
        query=wanted.query,
        answer=convert.answers_as_data({wanted.question: answer})[wanted.question],
        rating_id=None,
    )


def _why_not(rating: RatingRow, label: labels.Label | None) -> str | None:
    if rating.rated not in CORRECTED:
        return "what a judge found is no answer that could be shown"
    if label is None:
        return "nothing was sent for the item yet, or it was taken up again"
    if not label.is_quality:
        return label.why_not
    if rating.question not in label.answers:
        return f"what was sent has no answer to {rating.question!r}"
    return None


def _example(one: Listed, *, is_shown: bool) -> Example:
    row = one.row
    model_text = one.draft_text
    if one.suggestion is not None:
        model_text = one.suggestion.text or ", ".join(one.suggestion.preselected)
    return Example(
        id=row.id,
        item=ItemExcerpt(id=row.item_id, external_id=one.external_id, excerpt=one.excerpt),
        question=row.question,
        query=row.query,
        answer=_answer(row),
        rating=row.rating_id,
        model_text=model_text,
        is_shown=is_shown,
        created_by=one.created_by,
        created_at=row.created_at,
    )


def _answer(row: ExampleRow) -> Answer:
    return convert.answers_from({row.question: row.answer})[row.question]


def _refused(fault: Fault) -> InvalidInput:
    return InvalidInput(f"The example cannot be made: {fault}", (fault,))

"""What is kept of how a text was written: its edits, where they came from, and how much a model wrote.

The browser records every edit and says where it thinks its text is from. The server reads it again: what came
from a draft is found in the texts themselves. A record that cannot be read never costs an answer.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy.orm import Session

from milo.core.answer import Origin
from milo.core.assistant_policy import AssistantPolicy, drafted
from milo.core.errors import Fault, InvalidInput
from milo.core.item import FieldValue
from milo.core.questions import Answer, ChatAnswer, ChatQuestion, Question, TextAnswer, TextQuestion
from milo.core.submission import YEAR_MS, Submission
from milo.core.writing import Edit, EditSource, Writing, is_too_long
from milo.db import convert
from milo.db.queries import assignments, revisions, task_drafts, task_suggestions, writings
from milo.db.queries.task_drafts import DraftText
from milo.db.tables import AssignmentRow, ProjectRow
from milo.quality import reliance
from milo.quality.reliance import Aligned
from milo.workflow import projects

Decided = Mapping[str, Mapping[str, Origin]]

_UNKEPT = re.compile("[\x00\ud800-\udfff]")

#: So many passages that were cut out last may come back as one's own.
MOST_CUT = 50

#: So many insertions are looked for in other texts; those after them are as the browser said.
MOST_PUT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One text as it was sent, with what is known of how it came about."""

    question: str
    base: str
    edits: tuple[Edit, ...]
    is_complete: bool  # the edits lead from a text that stood there to the one that was sent
    aligned: Aligned
    is_a_draft: bool  # it is one of the drafts, but for white space
    pasted: Mapping[EditSource, int]


def kept(questions: Sequence[Question], written: Mapping[str, Writing]) -> dict[str, Any]:
    """The writings as they are kept beside unsent answers; what is too long to keep is left out."""
    names = {question.name for question in questions if isinstance(question, TextQuestion | ChatQuestion)}
    readable = {name: one for name, one in written.items() if name in names and _is_readable(one)}
    return cast(dict[str, Any], convert.as_data(convert.WRITING, readable))


def read(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    questions: Sequence[Question],
    sent: Submission,
) -> tuple[Written, ...]:
    """How the texts of an answer came about; nothing where no model writes and no record was sent.

    Raises `InvalidInput` where more of the drafted text came from drafts than the project lets pass.
    """
    has_assistant = projects.has_assistant(project)
    if not has_assistant and not sent.writing:
        return ()
    drafts = task_drafts.texts(session, row.id)
    found = tuple(
        _written(session, row, question, sent, drafts)
        for question in questions
        if isinstance(question, TextQuestion | ChatQuestion)
        and (question.name in sent.writing or (has_assistant and question.name in sent.answers))
    )
    if has_assistant:
        _check_copying(projects.settings(project).assistant, questions, found)
    return found


def decided(by_suggestions: Decided, written: Sequence[Written]) -> dict[str, dict[str, Origin]]:
    """Who decided each answer, the model that wrote drafts included.

    A draft that was sent as it stood was confirmed; a text with some of its words was edited.
    """
    found = {name: dict(by) for name, by in by_suggestions.items()}
    for one in written:
        if one.question in found and one.is_a_draft:
            found[one.question] = {"": "model_confirmed"}
        elif found.get(one.question) == {"": "human"} and one.aligned.share:
            found[one.question] = {"": "model_edited"}
    return found


def store(session: Session, row: AssignmentRow, written: Sequence[Written]) -> None:
    """Keep the writings with the revision that was just appended."""
    if written:
        writings.add(session, [_as_row(row, one) for one in written])


def _as_row(row: AssignmentRow, one: Written) -> dict[str, Any]:
    first = one.edits[0].at_ms if one.edits else -1
    return {
        "assignment_id": row.id,
        "revision": row.revision,
        "question": one.question,
        "project_id": row.project_id,
        "base": one.base,
        "edits": convert.as_data(convert.EDITS, one.edits),
        "is_complete": one.is_complete,
        "words": one.aligned.words,
        "draft_id": one.aligned.draft,
        "draft_share": one.aligned.share,
        "edit_distance": one.aligned.edit_distance,
        "pasted": dict(one.pasted),
        "first_edit_ms": first if 0 <= first <= YEAR_MS else None,
    }


def _check_copying(
    policy: AssistantPolicy, questions: Sequence[Question], written: Sequence[Written]
) -> None:
    question = drafted(policy, questions)
    if policy.copying != "block" or question is None:
        return
    for one in written:
        if one.question == question.name and one.aligned.share > policy.copy_limit:
            fault = Fault(
                f"answers.{question.name}",
                f"{one.aligned.share:.0%} of its words from drafts",
                f"at most {policy.copy_limit:.0%}",
            )
            raise InvalidInput(f"This project wants answers in your own words: {fault}", (fault,))


# --- one text ---------------------------------------------------------------------------------------


def _written(
    session: Session,
    row: AssignmentRow,
    question: TextQuestion | ChatQuestion,
    sent: Submission,
    drafts: Sequence[DraftText],
) -> Written:
    text = _text(sent.answers.get(question.name))
    given = sent.writing.get(question.name, Writing())
    record = given if _is_readable(given) else Writing()
    texts = _with_streaming(drafts, record)
    read = {id: reliance.draft_of(draft) for id, draft in texts.items()}
    # A draft repeats what it was asked: only where it was written for this question it tells who wrote.
    own = {draft.id for draft in drafts if draft.question == question.name}
    sources = _Sources(session, row, read, sent, question)
    edits, end = _read_again(record, sources)
    pasted: Counter[EditSource] = Counter()
    for edit in edits:
        if _is_put(edit):
            pasted[edit.source] += len(edit.inserted)
    return Written(
        question=question.name,
        base=record.base,
        edits=edits,
        is_complete=record is given and end == text and sources.may_begin(record.base),
        aligned=reliance.aligned(
            reliance.words_of(text), {id: draft for id, draft in read.items() if id in own}
        ),
        is_a_draft=any(text.split() == texts[id].split() for id in own if texts[id].strip()),
        pasted=pasted,
    )


def _text(answer: Answer | None) -> str:
    return answer.value if isinstance(answer, TextAnswer | ChatAnswer) else ""


def _is_readable(writing: Writing) -> bool:
    """Whether the record can be kept: NUL characters and halves of characters cannot."""
    texts = [writing.base, *(edit.inserted for edit in writing.edits)]
    return not is_too_long(writing.edits) and not any(_UNKEPT.search(text) for text in texts)


def _is_put(edit: Edit) -> bool:
    """Whether text was put in as a whole, not typed."""
    return bool(edit.inserted) and (edit.is_paste or edit.source != "typed")


def _with_streaming(drafts: Sequence[DraftText], record: Writing) -> dict[int, str]:
    """The texts of the drafts by id; of one that is not at its end, also what was already taken from it."""
    texts = {draft.id: draft.text for draft in drafts}
    streaming = {draft.id for draft in drafts if draft.status == "generating" or not draft.text}
    for edit in record.edits:
        if edit.source == "draft" and edit.draft is not None and edit.draft in streaming:
            texts[edit.draft] += "\n" + edit.inserted
    return texts


def _read_again(record: Writing, sources: _Sources) -> tuple[tuple[Edit, ...], str | None]:
    """The edits, each with the source its text has, and where they lead; None when one of them cannot be."""
    text: str | None = record.base
    cut: deque[str] = deque(maxlen=MOST_CUT)
    edits, put = [], 0
    for edit in record.edits:
        put += _is_put(edit)
        edits.append(sources.told(edit, text or "", cut) if put <= MOST_PUT else sources.as_said(edit))
        end = edit.start + edit.removed
        if text is None or edit.start < 0 or edit.removed < 0 or end > len(text):
            text = None
            continue
        if edit.removed:
            cut.append(text[edit.start : end])
        text = text[: edit.start] + edit.inserted + text[end:]
    return tuple(edits), text


class _Sources:
    """Where the words of an answer may come from."""

    def __init__(
        self,
        session: Session,
        row: AssignmentRow,
        drafts: Mapping[int, reliance.Draft],
        sent: Submission,
        question: TextQuestion | ChatQuestion,
    ) -> None:
        self._session, self._row, self._question = session, row, question
        self._drafts = drafts
        self._others = [_text(answer) for name, answer in sent.answers.items() if name != question.name]
        self._subject: reliance.Draft | None = None

    def told(self, edit: Edit, before: str, cut: Iterable[str]) -> Edit:
        """The edit with its source as the texts tell it; one or two words are as the browser said."""
        if not _is_put(edit):
            return self.as_said(edit)
        words = reliance.words_of(edit.inserted)
        share, draft = reliance.share_from(words, self._drafts)
        if share > 0.5:
            said = edit.draft if edit.source == "draft" and edit.draft in self._drafts else draft
            return replace(edit, source="draft", draft=said)
        if len(words) < reliance.RUN:
            return self.as_said(edit)
        return replace(edit, source=self._own_or_other(edit.inserted, words, before, cut), draft=None)

    def as_said(self, edit: Edit) -> Edit:
        """The edit as the browser told it, but for drafts that were not this answer's."""
        if edit.source == "draft" and edit.draft in self._drafts:
            return edit
        source: EditSource = edit.source
        if edit.source == "draft" or (edit.is_paste and edit.source == "typed"):
            source = "outside"
        return replace(edit, source=source, draft=None)

    def may_begin(self, base: str) -> bool:
        """Whether the text may have begun so: with nothing, what was sent before, or what was filled in."""
        if not base.strip():
            return True
        last = revisions.newest_answers(self._session, [self._row.id]).get(self._row.id)
        begun = [] if last is None else [_text(convert.answers_from(last.answers).get(self._question.name))]
        if isinstance(self._question, ChatQuestion) and self._question.candidate is not None:
            begun += _texts_in(self._fields().get(self._question.candidate))
        begun += [
            one.text or ""
            for one in task_suggestions.of_item(self._session, self._row.item_id).values()
            if one.question == self._question.name
        ]
        return base.split() in [text.split() for text in begun]

    def _own_or_other(self, pasted: str, words: Sequence[str], before: str, cut: Iterable[str]) -> EditSource:
        if any(pasted.strip() in text for text in (before, *cut, *self._others)):
            return "own"
        if self._subject is None:
            texts = [text for value in self._fields().values() for text in _texts_in(value)]
            self._subject = reliance.draft_of("\n".join(texts))
        share, _ = reliance.share_from(words, {0: self._subject})
        return "subject" if share > 0.5 else "outside"

    def _fields(self) -> Mapping[str, FieldValue]:
        return assignments.subjects(self._session, [self._row.item_id])[self._row.item_id].fields


def _texts_in(value: object) -> list[str]:
    """Every text a field of an item holds."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for one in value.values() for text in _texts_in(one)]
        case list():
            return [text for one in value for text in _texts_in(one)]
        case _:
            return []

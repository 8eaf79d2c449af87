"""The judge: asks a model for a verdict on somebody's answer, one criterion or error category at a time.

Three messages: what the judge is to know; subject and answer alone, between markers; what is asked.
What differs between criteria comes last, so that all calls on one answer share their beginning.
Source of the sections: arXiv 2409.10702, Tables A1 and A2; there the introduction holds the levels.
"""

from __future__ import annotations

from collections.abc import Mapping

from milo.core.answer import Answers, in_words
from milo.core.item import FieldValue
from milo.core.model_call import ImagePart, Message, ModelRequest, TextPart
from milo.core.project import SubjectField
from milo.core.questions import WrittenQuestion
from milo.core.rubric import Criterion, ErrorCategory, with_titles
from milo.roles.judge_reading import failed, joined, read
from milo.roles.judging import (
    NOT_SURE,
    UNSURE,
    Judging,
    Part,
    harshness_of,
    judging_version,
    labels_of,
    messages_of,
    part_named,
    parts_of,
    reply_words,
    template_name,
)
from milo.roles.marker import Marker, enclosed, marker_for
from milo.roles.prompting import sections_text
from milo.roles.subject import item_images, item_text
from milo.roles.template import fill

__all__ = ["Judging", "failed", "joined", "judging_version", "parts_of", "read", "request", "word_budget"]

LEAST_WORDS, MOST_WORDS = 25, 120
CHARACTERS_A_WORD = 25  # of the answer, for each word of explanation

# The words of the reply stand in them: small models follow these, and hardly "be strict" alone.
HARSHNESS_OF_GRADES: Mapping[int, str] = {
    1: "Be forgiving: overlook flaws. When in doubt, the grade is {best}.",
    2: "Be lenient: lower the grade for clear flaws only. Between two grades, give the higher one.",
    3: "Be fair: neither forgiving nor severe.",
    4: "Be strict: lower the grade for every flaw you notice. Between two grades, give the lower one.",
    5: "Be severe: look for flaws and let none pass. When in doubt, the grade is {worst}.",
}
HARSHNESS_OF_ERRORS: Mapping[int, str] = {
    1: "Be forgiving: only what is beyond doubt is an error. When in doubt, the reply is {best}.",
    2: "Be lenient: let small flaws pass. Unless such an error is clear, the reply is {best}.",
    3: "Be fair: neither forgiving nor severe.",
    4: "Be strict: small flaws count. If such an error is likely, the reply is {worst}.",
    5: "Be severe: look for such errors, and the smallest counts. When in doubt, the reply is {worst}.",
}


def request(
    judging: Judging,
    part: str,
    fields: Mapping[str, FieldValue],
    answers: Answers,
    *,
    secret: str,
    images: Mapping[str, ImagePart] | None = None,
    sample: int = 0,
) -> ModelRequest:
    """What the judge is asked about one part.

    The markers around what is judged are derived from `secret`, which nobody who wrote it may know: one a
    judged answer, so that its parts share their beginning.
    """
    one = part_named(judging, part)
    before, after = messages_of(judging, template_name(one))
    judged = judged_text(judging, fields, answers)
    marker = marker_for(secret, judged)
    values = _values(judging, one, marker, words=word_budget(judging, answers))
    pictures = item_images(judging.subject, fields, images or {})
    return ModelRequest(
        messages=(
            Message(before.role, (TextPart(fill(before.text, values)),)),
            _judged_message(marker, judged, pictures),
            Message(after.role, (TextPart(fill(after.text, values)),)),
        ),
        max_tokens=output_tokens(judging, answers),
        temperature=judging.temperature,
        top_logprobs=judging.top_logprobs if judging.logprobs else None,
        sample=sample,
    )


def judged_text(judging: Judging, fields: Mapping[str, FieldValue], answers: Answers) -> str:
    """Subject and answer as the judge reads them."""
    asked = [question for question in judging.questions if question.name in answers]
    shown = [
        SubjectField(
            name=question.name,
            title=f"Answer to {question.title!r}",
            show="text" if isinstance(question, WrittenQuestion) else "context",
        )
        for question in asked
    ]
    titles = {field.name: field.title for field in judging.subject}
    given: dict[str, FieldValue] = {
        question.name: in_words(question, answers[question.name], titles) for question in asked
    }
    return f"{item_text(judging.subject, fields)}\n{item_text(shown, given)}".strip("\n")


def word_budget(judging: Judging, answers: Answers) -> int:
    """The words an explanation may take: more for a longer answer, in steps of five."""
    names = [question for question in judging.questions if question.name in answers]
    length = sum(len(in_words(one, answers[one.name], {})) for one in names)
    return max(LEAST_WORDS, min(MOST_WORDS, length // CHARACTERS_A_WORD // 5 * 5))


def output_tokens(judging: Judging, answers: Answers) -> int:
    """Room for the grade and the explanation, two tokens a word; never more than the judging allows."""
    wanted = 16 + 2 * word_budget(judging, answers)
    return wanted if judging.output_limit is None else min(judging.output_limit, wanted)


def _judged_message(marker: Marker, judged: str, pictures: tuple[ImagePart, ...]) -> Message:
    if not pictures:
        return Message("user", (TextPart(enclosed(marker, judged)),))
    start, end = TextPart(f"{marker.start}\n{judged}"), TextPart(marker.end)
    return Message("user", (start, *pictures, end))


def _values(judging: Judging, part: Part, marker: Marker, *, words: int) -> dict[str, str]:
    titles = {one.name: one.title for one in (*judging.questions, *judging.subject)}
    values = {
        "description": judging.description.strip(),
        "guideline": sections_text(judging.sections, judging.switched_off),
        "start": marker.start,
        "end": marker.end,
        "name": part.title,
        "definition": with_titles(part.definition.strip(), titles),
        "words": str(words),
        "harshness": _harshness(judging, part),
    }
    if isinstance(part, ErrorCategory):
        return values | {"ask": _ask(part)}
    return values | {
        "grades": _grade_lines(judging, part, titles),
        "answers": _one_of(list(reply_words(judging, part).values())),
    }


def _harshness(judging: Judging, part: Part) -> str:
    """How strictly to read it, with the words of the best and the worst reply."""
    step = harshness_of(judging, part)
    if isinstance(part, ErrorCategory):
        best, worst = ("0", "1 or more") if part.counted else ("No", "Yes")
        return HARSHNESS_OF_ERRORS[step].format(best=best, worst=worst)
    words = reply_words(judging, part)
    ordered = sorted(part.grades, key=lambda grade: grade.level)
    return HARSHNESS_OF_GRADES[step].format(best=words[ordered[-1].name], worst=words[ordered[0].name])


def _ask(error: ErrorCategory) -> str:
    if error.counted:
        return "How many such errors does the answer hold? A number, 0 for none, or Unsure."
    return "Does the answer hold such an error? Yes, No or Unsure. However often, it counts once."


def _grade_lines(judging: Judging, criterion: Criterion, titles: Mapping[str, str]) -> str:
    """One line a grade, the best first; the key first where keys are used."""
    words, labels = reply_words(judging, criterion), labels_of(criterion)
    definitions = {grade.name: grade.definition.strip() for grade in criterion.grades}
    ordered = sorted(criterion.grades, key=lambda grade: -grade.level)
    lines = []
    for name in (*(grade.name for grade in ordered), *(set(labels) - set(definitions))):
        label = labels[name]
        head = f"- {label}" if words[name] == label else f"{words[name]}. {label}"
        definition = definitions.get(name, "it does not apply to this answer")
        lines.append(f"{head}: {with_titles(definition, titles)}" if definition else head)
    if words[NOT_SURE] != UNSURE:
        lines.append(f"{words[NOT_SURE]}. {UNSURE}")
    return "\n".join(lines)


def _one_of(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}"

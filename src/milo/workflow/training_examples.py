"""What an annotation gives to train on: examples, and for each that it does not give the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, NamedTuple

from milo.core.assistant_policy import AssistantPolicy, drafted
from milo.core.errors import InvalidInput
from milo.core.item import FieldValue
from milo.core.project import SubjectField, fields_of
from milo.core.questions import (
    ChatQuestion,
    PairwiseQuestion,
    Question,
    RankingQuestion,
    TextQuestion,
)
from milo.core.training import (
    Conversation,
    Example,
    Judgement,
    Misfit,
    Preference,
    PreferenceSource,
    PromptCompletion,
    Provenance,
    Source,
)
from milo.core.turn import Turn, turns_of

Written = TextQuestion | ChatQuestion
Compared = PairwiseQuestion | RankingQuestion

#: Whom the words that conversations use for their speakers mean.
ROLES = {
    "system": "system",
    **dict.fromkeys(("user", "human", "customer", "client", "prompter", "person"), "user"),
    **dict.fromkeys(("assistant", "agent", "bot", "model", "gpt", "ai", "chatbot"), "assistant"),
}
_IN_WORDS = ("text", "markdown", "context", "chat")


class MadeOf(NamedTuple):
    """What was measured of a text's making."""

    draft: int | None
    draft_share: float
    edit_distance: int | None


class Drafted(NamedTuple):
    """A draft of the annotation."""

    id: int
    question: str
    query: str
    status: str
    text: str
    model: str
    version: str
    thumb: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An annotation with all that bears on what it gives."""

    fields: Mapping[str, FieldValue]
    answers: Mapping[str, Any]  # Any: an answer as stored
    provenance: Provenance  # without question and source
    writings: Mapping[str, MadeOf]
    drafts: Sequence[Drafted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a version of the schema asks and shows, as far as it gives examples."""

    subject: tuple[SubjectField, ...]
    written: tuple[Written, ...]  # their answers are completions
    compared: tuple[Compared, ...]
    drafted: str | None  # the question the assistant answers
    query: str | None  # the question or field that holds what it is asked
    sees: tuple[str, ...]  # the fields it is given beside that
    notes: tuple[str, ...]  # texts that count only where they are named

    @property
    def has_images(self) -> bool:
        """Whether items may have pictures."""
        return any(field.show == "image" for field in self.subject)

    @property
    def is_plain(self) -> bool:
        """Whether every prompt is one user turn of text alone."""
        has_turns = any(field.show == "chat" for field in self.subject) and bool(self.compared)
        return not (
            has_turns or self.has_images or any(isinstance(one, ChatQuestion) for one in self.written)
        )

    def examples(self, takes: type[Example], answered: Answered) -> Iterator[Example | Misfit]:
        """Every example of the kind that the annotation gives, and a misfit for each that it does not."""
        for one in self.written:
            if one.name in answered.answers:
                yield from _of_written(self, takes, one, answered)
        if takes is PromptCompletion:
            return
        for other in self.compared:
            if other.name in answered.answers:
                yield from _of_compared(self, takes, other, answered)

    def prompt(
        self, question: Written, answered: Answered, query: str | None = None
    ) -> Conversation | Misfit:
        """What the answer to a written question answers; `query` instead of what was asked in the end."""
        is_drafted = question.name == self.drafted
        chosen = self.sees if is_drafted else ()
        pictures = self._pictures(answered)
        if isinstance(question, ChatQuestion):
            given = self._in_words(answered, chosen)
            value = answered.fields.get(question.conversation)
            return _conversation(value, question.speaker, given, pictures)
        asked = ""
        if is_drafted and self.query is not None:
            asked = query if query is not None else self._asked(answered)
            if not asked.strip():
                return Misfit("no_prompt")
            given = self._in_words(answered, [name for name in chosen if name != self.query], alone=False)
        else:
            given = self._in_words(answered, chosen or self._shown(without=()))
            if not given and not pictures:
                return Misfit("no_prompt")
            asked = "" if given else question.title
        text = "\n\n".join(part for part in (given, asked) if part)
        parts = {"given": given, "asked": asked} if given and asked else {}
        return Conversation(turns=(Turn("user", text),), images=pictures, **parts)

    def compared_prompt(self, question: Compared, answered: Answered) -> Conversation | Misfit:
        """What compared responses answer: the conversation if one is shown, and the other shown fields."""
        names = self._shown(without=fields_of(question))
        shows = {field.name: field.show for field in self.subject}
        talk = next((name for name in names if shows[name] == "chat" and answered.fields.get(name)), None)
        given = self._in_words(answered, [name for name in names if name != talk], alone=talk is None)
        pictures = self._pictures(answered)
        if talk is not None:
            return _conversation(answered.fields.get(talk), "assistant", given, pictures)
        if not given and not pictures:
            return Misfit("no_prompt")
        return Conversation(turns=(Turn("user", given),), images=pictures)

    def is_other_query(self, question: Written, answered: Answered, query: str) -> bool:
        """Whether a draft's query is another than the one that was sent in the end."""
        is_asked = question.name == self.drafted and self.query is not None and query.strip()
        if not is_asked or isinstance(question, ChatQuestion):
            return False
        return query.split() != self._asked(answered).split()

    def _asked(self, answered: Answered) -> str:
        name = self.query or ""
        answer = answered.answers.get(name)
        value = answered.fields.get(name) if answer is None else answer["value"]
        return value if isinstance(value, str) else ""

    def _shown(self, *, without: Sequence[str]) -> list[str]:
        return [field.name for field in self.subject if field.show in _IN_WORDS and field.name not in without]

    def _pictures(self, answered: Answered) -> tuple[str, ...]:
        return tuple(
            str(answered.fields[field.name])
            for field in self.subject
            if field.show == "image" and answered.fields.get(field.name)
        )

    def _in_words(self, answered: Answered, names: Sequence[str], *, alone: bool = True) -> str:
        """The fields as text: bare where there is one alone, else each below its title."""
        texts = [
            (field.title, text)
            for field in self.subject
            if field.name in names and (text := _as_text(answered.fields.get(field.name))).strip()
        ]
        if alone and len(texts) == 1:
            return texts[0][1]
        return "\n\n".join(f"{title}:\n{text}" for title, text in texts)


def asked_of(
    subject: tuple[SubjectField, ...],
    questions: Sequence[Question],
    policy: AssistantPolicy,
    only: str | None = None,
) -> Asked:
    """What these questions give; with `only`, one of them alone.

    What asks the assistant is no completion. Where it drafts the answers to one question, or responses are
    compared, other texts are notes: they count only where they are named.
    """
    has_policy = policy.model is not None or policy.query is not None
    answer = drafted(policy, questions) if has_policy else None
    compares = any(isinstance(one, PairwiseQuestion | RankingQuestion) for one in questions)
    texts = [one for one in questions if isinstance(one, TextQuestion) and one.name != policy.query]
    notes = [one.name for one in texts if one != answer] if answer is not None or compares else []

    def is_wanted(question: Question) -> bool:
        return question.name == only if only is not None else question.name not in notes

    wanted = [one for one in questions if one.name != policy.query and is_wanted(one)]
    return Asked(
        subject=tuple(subject),
        written=tuple(one for one in wanted if isinstance(one, TextQuestion | ChatQuestion)),
        compared=tuple(one for one in wanted if isinstance(one, PairwiseQuestion | RankingQuestion)),
        drafted=None if answer is None else answer.name,
        query=policy.query,
        sees=(policy.fields or ()) if has_policy else (),
        notes=tuple(notes),
    )


def _as_text(value: FieldValue) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case dict():
            return "\n".join(f"{name}: {_as_text(one)}" for name, one in value.items())
        case list():
            return "\n".join(
                f"{one['role']}: {one['content']}"
                if isinstance(one, dict) and one.keys() == {"role", "content"}
                else _as_text(one)
                for one in value
            )
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _conversation(
    value: FieldValue, speaker: str, given: str, pictures: tuple[str, ...]
) -> Conversation | Misfit:
    """The conversation before a turn of the speaker; what else is given begins the first user turn."""
    try:
        turns = [Turn(ROLES.get(turn.role.strip().lower(), ""), turn.content) for turn in turns_of(value)]
    except InvalidInput:
        return Misfit("no_prompt")
    if not all(turn.role for turn in turns):
        return Misfit("unknown_role")
    if turns[-1].role != ("user" if speaker == "assistant" else "assistant"):
        return Misfit("turn_order")
    first = next((place for place, turn in enumerate(turns) if turn.role == "user"), None)
    if first is None:
        return Misfit("turn_order")
    if given:
        turns[first] = Turn("user", f"{given}\n\n{turns[first].content}")
    return Conversation(turns=tuple(turns), images=pictures)


# --- what somebody wrote ----------------------------------------------------------------------------


def _of_written(
    asked: Asked, takes: type[Example], question: Written, answered: Answered
) -> Iterator[Example | Misfit]:
    final = str(answered.answers[question.name]["value"])
    prompt: Conversation | Misfit = asked.prompt(question, answered) if final.strip() else Misfit("no_text")
    speaker = question.speaker if isinstance(question, ChatQuestion) else "assistant"
    made = answered.writings.get(question.name)
    draft = next((one for one in answered.drafts if made is not None and one.id == made.draft), None)
    about = _about(answered, question.name, "written", draft, made)
    if takes is Preference:
        for other, why in _rewritten(asked, question, answered, draft, final):
            if isinstance(prompt, Misfit):
                yield prompt
            elif why is not None:
                yield why
            else:
                yield Preference(
                    prompt=prompt,
                    chosen=Turn(speaker, final),
                    rejected=Turn(speaker, other),
                    source="rewrite",
                    provenance=replace(about, source="rewrite"),
                )
        return
    if isinstance(prompt, Misfit):
        yield prompt
        return
    if takes is PromptCompletion:
        yield PromptCompletion(prompt=prompt, completion=Turn(speaker, final), provenance=about)
        return
    yield Judgement(prompt=prompt, completion=Turn(speaker, final), label=True, provenance=about)
    for text, why, source, by in _bad(question, answered, draft, final):
        query = by.query if by is not None and by.query.strip() else None
        own = asked.prompt(question, answered, query)
        if why is not None:
            yield why
        elif isinstance(own, Misfit):
            yield own
        else:
            about_it = _about(answered, question.name, source, by, made)
            yield Judgement(prompt=own, completion=Turn(speaker, text), label=False, provenance=about_it)


def _rewritten(
    asked: Asked, question: Written, answered: Answered, draft: Drafted | None, final: str
) -> Iterator[tuple[str, Misfit | None]]:
    """What the final text was preferred to: the turn to correct, and the draft most of it came from."""
    candidate = _candidate(question, answered)
    if candidate is not None:
        yield candidate, _unchanged(candidate, final)
    if draft is not None:
        why = _no_example(draft) or _unchanged(draft.text, final)
        if why is None and asked.is_other_query(question, answered, draft.query):
            why = Misfit("other_query")
        yield draft.text, why
    elif candidate is None:
        yield "", Misfit("no_draft")


def _bad(
    question: Written, answered: Answered, used: Drafted | None, final: str
) -> Iterator[tuple[str, Misfit | None, Source, Drafted | None]]:
    """What is no good completion: the corrected turn, the rewritten draft, drafts that were rated down."""
    candidate = _candidate(question, answered)
    if candidate is not None:
        yield candidate, _unchanged(candidate, final), "rewrite", None
    for draft in answered.drafts:
        if draft.question != question.name:
            continue
        why = _no_example(draft) or _unchanged(draft.text, final)
        is_rewritten = used is not None and draft.id == used.id
        if why is None and draft.thumb == "up":
            why = Misfit("draft_rated_up")
        elif why is None and draft.thumb is None and not is_rewritten:
            why = Misfit("draft_not_rated")
        yield draft.text, why, "rated" if draft.thumb == "down" else "rewrite", draft


def _candidate(question: Written, answered: Answered) -> str | None:
    if not isinstance(question, ChatQuestion) or question.candidate is None:
        return None
    value = answered.fields.get(question.candidate)
    return value if isinstance(value, str) and value.strip() else None


def _no_example(draft: Drafted) -> Misfit | None:
    if draft.status == "abstained":
        return Misfit("draft_abstained")
    if draft.status != "done":
        return Misfit("draft_unfinished")
    return None if draft.text.strip() else Misfit("draft_empty")


def _unchanged(before: str, after: str) -> Misfit | None:
    return Misfit("unchanged") if before.split() == after.split() else None


# --- what somebody compared -------------------------------------------------------------------------


def _of_compared(
    asked: Asked, takes: type[Example], question: Compared, answered: Answered
) -> Iterator[Example | Misfit]:
    value = answered.answers[question.name]["value"]
    prompt = asked.compared_prompt(question, answered)
    source: PreferenceSource = "pairwise" if isinstance(question, PairwiseQuestion) else "ranking"
    about = _about(answered, question.name, source)
    if takes is Judgement:
        for name, label in _labels(question, value):
            text = answered.fields.get(name)
            why = (
                prompt
                if isinstance(prompt, Misfit)
                else label
                if isinstance(label, Misfit)
                else _no_text(text)
            )
            if why is not None or isinstance(prompt, Misfit) or isinstance(label, Misfit):
                yield why or Misfit("no_text")
                continue
            said = Turn("assistant", str(text))
            yield Judgement(prompt=prompt, completion=said, label=label, provenance=about)
        return
    for better, worse in _pairs(question, value):
        chosen, rejected = answered.fields.get(better), answered.fields.get(worse)
        if _is_tie(question, value, better, worse):
            yield Misfit("tie")
        elif isinstance(prompt, Misfit):
            yield prompt
        elif (why := _no_text(chosen) or _no_text(rejected)) is not None:
            yield why
        elif chosen == rejected:
            yield Misfit("same_text")
        else:
            yield Preference(
                prompt=prompt,
                chosen=Turn("assistant", str(chosen)),
                rejected=Turn("assistant", str(rejected)),
                source=source,
                provenance=about,
            )


def _pairs(question: Compared, value: Any) -> list[tuple[str, str]]:  # Any: an answer's value as stored
    """Every pair of fields, the better one first; of a tie in either order."""
    if isinstance(question, PairwiseQuestion):
        pair = (question.first, question.second)
        return [pair[::-1] if value == "second" else pair]
    return list(combinations([name for group in value for name in group], 2))


def _is_tie(question: Compared, value: Any, one: str, other: str) -> bool:  # Any: as above
    if isinstance(question, PairwiseQuestion):
        return value not in ("first", "second")
    return any(one in group and other in group for group in value)


def _labels(question: Compared, value: Any) -> list[tuple[str, bool | Misfit]]:  # Any: as above
    """Each field with whether it is good: the preferred one, the best of a ranking; the others are not.

    Two that are both good or both bad are told so. Neither the best nor the worst of a ranking is anything.
    """
    if isinstance(question, PairwiseQuestion):
        both: dict[str, tuple[bool | Misfit, bool | Misfit]] = {
            "first": (True, False),
            "second": (False, True),
            "both_good": (True, True),
            "both_bad": (False, False),
        }
        labels = both.get(value, (Misfit("tie"), Misfit("tie")))
        return list(zip((question.first, question.second), labels, strict=True))
    if len(value) < 2:
        return [(name, Misfit("tie")) for group in value for name in group]
    places = [(name, place) for place, group in enumerate(value) for name in group]
    last = len(value) - 1
    return [(name, place == 0 if place in (0, last) else Misfit("between")) for name, place in places]


def _no_text(value: FieldValue) -> Misfit | None:
    return None if isinstance(value, str) and value.strip() else Misfit("no_text")


def _about(
    answered: Answered,
    question: str,
    source: Source,
    draft: Drafted | None = None,
    made: MadeOf | None = None,
) -> Provenance:
    return replace(
        answered.provenance,
        question=question,
        source=source,
        model=None if draft is None else draft.model,
        version=None if draft is None else draft.version,
        draft_share=None if made is None else made.draft_share,
        edit_distance=None if made is None else made.edit_distance,
    )

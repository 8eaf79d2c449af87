"""The pre-annotator: asks a model before people start, and turns its replies into suggestions.

A question is split into units, each one request. A unit's result is stored as the model gave it;
corrections are applied when the results are joined into a suggestion, so new gold costs no new call.
Source of the roles, the yes/no form and preselection at 0.5: arXiv 2409.10702, sections 3.3.1 and 4.1.1.
"""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from milo.core.example import ShownExample
from milo.core.item import FieldValue
from milo.core.model_call import ImagePart, Message, ModelReply, ModelRequest, Part, TextPart
from milo.core.questions import (
    ChatAnswer,
    ChoiceQuestion,
    ChoicesQuestion,
    OptionQuestion,
    Question,
    TextAnswer,
    WrittenQuestion,
)
from milo.core.suggestion import Explanation, Suggestion, SuggestionStatus, preselect
from milo.roles.confidence import CONTENT_FREE, UNCORRECTED, Correction, corrected, frequencies
from milo.roles.first_token import can_be_told_apart, score
from milo.roles.parse import NotSure, Parsed, parse_option, parse_text
from milo.roles.prompting import Prompting, Style, guideline_text, messages_of
from milo.roles.subject import item_images, item_text
from milo.roles.template import TemplateMessage, fill

NOT_SURE = "not sure"  # no option can have this name: it holds a space
YES_NO: Mapping[str, str] = {"yes": "Yes", "no": "No"}

#: What a model is asked before people start. Comparing texts is left to people: a model leans to the one it
#: reads first.
AskedQuestion = OptionQuestion | WrittenQuestion
NOT_ASKED = "Comparisons are left to people: no model is asked for one."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitKey:
    """One model question: a question, or one of its options, and which sample."""

    question: str
    option: str | None = None
    sample: int = 0

    @property
    def target(self) -> str:
        """What a correction is measured for: the same for all samples."""
        return self.question if self.option is None else f"{self.question}/{self.option}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult:
    """What one reply said, as the model gave it."""

    unit: UnitKey
    status: SuggestionStatus
    distribution: Mapping[str, float] = field(default_factory=dict)  # options, or "yes" and "no"; sums to 1
    text: str | None = None  # of a text question
    option_mass: float | None = None  # None without log-probabilities
    ambiguous_mass: float = 0.0  # probability of tokens that begin several options
    reason: str | None = None  # why not "ok"


def asked(questions: Sequence[Question]) -> tuple[AskedQuestion, ...]:
    """The questions a model is asked, in order."""
    return tuple(question for question in questions if isinstance(question, AskedQuestion))


def units_of(question: AskedQuestion, style: Style = "question", *, samples: int = 1) -> list[UnitKey]:
    """The units a question takes.

    `choice`: one, or one an option in the style "option". `choices`: one an option in both styles; the
    exclusive option is not asked, it follows from the others. `text` and `chat`: one.
    """
    options: list[str | None] = [None]
    if isinstance(question, ChoicesQuestion) or (style == "option" and isinstance(question, ChoiceQuestion)):
        options = [option.name for option in question.options if not option.exclusive]
    return [
        UnitKey(question=question.name, option=option, sample=sample)
        for option in options
        for sample in range(samples)
    ]


def request(
    prompting: Prompting,
    question: AskedQuestion,
    unit: UnitKey,
    fields: Mapping[str, FieldValue],
    images: Mapping[str, ImagePart] | None = None,
) -> ModelRequest:
    """What the model is asked: guideline, then examples if it gets any, then the item, then the question."""
    name = _template_name(question, unit)
    limits = _limits(prompting, question, unit)
    values = _values(prompting, question, unit)
    shown = _shown_examples(prompting, question, unit, fields)
    return ModelRequest(
        messages=fill_messages(prompting, name, values, fields, images or {}, examples=shown),
        max_tokens=limits,
        temperature=prompting.temperature,
        top_logprobs=prompting.top_logprobs if prompting.logprobs and name != "text" else None,
        sample=unit.sample,
    )


def prior_requests(prompting: Prompting, question: AskedQuestion, unit: UnitKey) -> tuple[ModelRequest, ...]:
    """The unit asked for three content-free items; their results measure the model's own leaning."""
    names = [one.name for one in prompting.subject if one.show not in ("image", "video", "hidden")]
    return tuple(
        request(prompting, question, unit, dict.fromkeys(names, content)) for content in CONTENT_FREE
    )


def read(prompting: Prompting, question: AskedQuestion, unit: UnitKey, reply: ModelReply) -> UnitResult:
    """What the reply says: a distribution or text, or why there is none."""
    if isinstance(question, WrittenQuestion):
        return _read_text(question, unit, reply)
    words = answer_words(prompting, question, unit)
    if reply.top_logprobs:
        return _read_first_token(prompting, unit, reply, words)
    match parse_option(reply.text, words):
        case Parsed(option) if option != NOT_SURE:
            certain = {name: float(name == option) for name in words if name != NOT_SURE}
            return UnitResult(unit=unit, status="ok", distribution=certain)
        case Parsed():
            return UnitResult(unit=unit, status="abstained", reason="the model chose 'Not sure'")
        case NotSure(reason):
            return UnitResult(unit=unit, status="abstained", reason=reason)
        case unreadable:
            return UnitResult(unit=unit, status="unreadable", reason=unreadable.reason)


def failed(unit: UnitKey, reason: str) -> UnitResult:
    """The result of a unit whose call failed for good."""
    return UnitResult(unit=unit, status="failed", reason=reason)


def needs_keys(question: AskedQuestion, results: Sequence[UnitResult]) -> bool:
    """Whether the words of the options begin alike at this endpoint: more than a tenth of what fell on
    options fell on tokens that begin several. Judged on the results for content-free items."""
    if not isinstance(question, ChoiceQuestion):
        return False
    told = sum(result.option_mass or 0.0 for result in results)
    ambiguous = sum(result.ambiguous_mass for result in results)
    return ambiguous > 0.1 * (told + ambiguous)


def suggestion(
    prompting: Prompting,
    question: AskedQuestion,
    results: Sequence[UnitResult],
    *,
    preselect_at: float = 0.5,
    corrections: Mapping[str, Correction] | None = None,
    explanation: Explanation | None = None,
) -> Suggestion:
    """The results of all units of a question as one suggestion.

    Samples are averaged, then corrected by target, then joined. Units without a result leave their
    option out; the suggestion is "ok" as long as one unit is.
    """
    usable = [result for result in results if result.status == "ok"]
    if not usable:
        status = Counter(result.status for result in results).most_common(1)[0][0] if results else "failed"
        return Suggestion(
            question=question.name, status=status, reason=_reasons(prompting, results, len(results))
        )
    if isinstance(question, WrittenQuestion):
        return Suggestion(question=question.name, status="ok", text=usable[0].text, explanation=explanation)
    answers = _corrected_answers(usable, corrections or {})
    distribution = _joined(question, answers)
    masses = [result.option_mass for result in usable if result.option_mass is not None]
    return Suggestion(
        question=question.name,
        status="ok",
        distribution=distribution,
        preselected=preselected(question, distribution, at=preselect_at),
        option_mass=min(masses) if masses else None,
        explanation=explanation,
        reason=_reasons(prompting, [result for result in results if result.status != "ok"], len(results)),
    )


def preselected(question: OptionQuestion, distribution: Mapping[str, float], *, at: float) -> tuple[str, ...]:
    """The options that reach the threshold; an exclusive one only alone."""
    chosen = preselect(distribution, at=at, one=isinstance(question, ChoiceQuestion))
    return _without_contradiction(question, chosen)


def answer_words(prompting: Prompting, question: AskedQuestion, unit: UnitKey) -> dict[str, str]:
    """What the model answers for each option: yes or no, its own words, or A, B, ... ."""
    if unit.option is not None or not isinstance(question, ChoiceQuestion):
        words = dict(YES_NO)
    else:
        words = {option.name: option.label for option in question.options}
        if uses_keys(prompting, question):
            words = dict(zip(words, string.ascii_uppercase, strict=False))
    if prompting.offer_not_sure:
        words[NOT_SURE] = _next_key(words) if uses_keys(prompting, question) else "Not sure"
    return words


def uses_keys(prompting: Prompting, question: AskedQuestion) -> bool:
    """Whether a choice is answered by A, B, ...: asked for, or because one token cannot tell its words."""
    if not isinstance(question, ChoiceQuestion) or len(question.options) > 25:
        return False
    labels = [option.label for option in question.options]
    if prompting.offer_not_sure:
        labels.append("Not sure")
    return question.name in prompting.keys or (prompting.logprobs and not can_be_told_apart(labels))


def _next_key(words: Mapping[str, str]) -> str:
    return string.ascii_uppercase[len(words)]


def _template_name(question: AskedQuestion, unit: UnitKey) -> str:
    if isinstance(question, WrittenQuestion):
        return "text"
    return "question" if unit.option is None else "option_yes_no"


def _limits(prompting: Prompting, question: AskedQuestion, unit: UnitKey) -> int:
    """Tokens of output: one is enough where its candidates are read."""
    if isinstance(question, WrittenQuestion):
        return max(16, min(1024, math.ceil(question.max_length / 2)))
    return 1 if prompting.logprobs else 24


def _values(prompting: Prompting, question: AskedQuestion, unit: UnitKey) -> dict[str, str]:
    """Of every placeholder but the item."""
    values = {
        "guideline": guideline_text(prompting),
        "question": question.title,
        "help": question.help,
    }
    if isinstance(question, WrittenQuestion):
        return values | {"limit": str(question.max_length)}
    words = answer_words(prompting, question, unit)
    if unit.option is not None:
        option = next(option for option in question.options if option.name == unit.option)
        return values | {"option": option.label, "definition": option.definition}
    return values | {"options": _option_lines(question, words), "answers": _one_of(words)}


def _option_lines(question: OptionQuestion, words: Mapping[str, str]) -> str:
    """One line an option; the key first where keys are used."""
    lines = []
    for option in question.options:
        word = words[option.name]
        head = f"- {option.label}" if word == option.label else f"{word}. {option.label}"
        lines.append(f"{head}: {option.definition}" if option.definition else head)
    if words.get(NOT_SURE, "Not sure") != "Not sure":
        lines.append(f"{words[NOT_SURE]}. Not sure")
    return "\n".join(lines)


def _one_of(words: Mapping[str, str]) -> str:
    *most, last = words.values()
    return f"{', '.join(most)} or {last}"


def _shown_examples(
    prompting: Prompting, question: AskedQuestion, unit: UnitKey, fields: Mapping[str, FieldValue]
) -> list[tuple[str, str]]:
    """The texts of example items with what the model should have said of each; never the item itself.

    Their pictures are not shown. An example whose answer does not fit the question any more is left out.
    """
    subject = [one for one in prompting.subject if one.show != "image"]
    found = []
    for example in prompting.examples:
        if example.question == question.name and dict(example.fields) != dict(fields):
            text, word = item_text(subject, example.fields), _right_word(prompting, question, unit, example)
            if text and word is not None:
                found.append((text, word))
    return found


def _right_word(
    prompting: Prompting, question: AskedQuestion, unit: UnitKey, example: ShownExample
) -> str | None:
    """What answers the unit as the example does; None when the answer is of another kind or option."""
    answer = example.answer
    if answer.kind != question.kind:
        return None
    if isinstance(answer, TextAnswer | ChatAnswer):
        return answer.value
    if not isinstance(question, OptionQuestion):
        return None
    chosen = (answer.value,) if isinstance(answer.value, str) else answer.value
    words = answer_words(prompting, question, unit)
    if unit.option is not None:
        return words["yes" if unit.option in chosen else "no"]
    return words.get(chosen[0])


def fill_messages(
    prompting: Prompting,
    name: str,
    values: Mapping[str, str],
    fields: Mapping[str, FieldValue],
    images: Mapping[str, ImagePart],
    *,
    examples: Sequence[tuple[str, str]] = (),
) -> tuple[Message, ...]:
    """The template's messages with the item in its place; messages left empty are dropped.

    From the first message that shows the item, they are repeated for each of the `examples` before, texts of
    items with the words that answer.
    """
    templates = messages_of(prompting, name)
    first = next((at for at, one in enumerate(templates) if "{{item}}" in one.text), len(templates) - 1)
    text = item_text(prompting.subject, fields)
    pictures = item_images(prompting.subject, fields, images)
    messages = _filled(templates[:first], values, text, pictures)
    for example, word in examples:
        messages += _filled(templates[first:], values, example, ())
        messages.append(Message("assistant", (TextPart(word),)))
    return (*messages, *_filled(templates[first:], values, text, pictures))


def _filled(
    templates: Sequence[TemplateMessage], values: Mapping[str, str], text: str, pictures: Sequence[ImagePart]
) -> list[Message]:
    messages = []
    for template in templates:
        before, marker, after = template.text.partition("{{item}}")
        parts: list[Part] = []
        if marker and pictures:
            # Pictures belong to the item: the question stays last.
            start = fill(f"{before}{{{{item}}}}", {**values, "item": text})
            parts = [TextPart(start), *pictures, TextPart(fill(after, {**values, "item": text}))]
        else:
            parts = [TextPart(fill(template.text, {**values, "item": text}))]
        said = tuple(part for part in parts if not isinstance(part, TextPart) or part.text)
        if said:
            messages.append(Message(template.role, said))
    return messages


def _read_text(question: WrittenQuestion, unit: UnitKey, reply: ModelReply) -> UnitResult:
    proposed = parse_text(reply.text, max_length=question.max_length)
    if isinstance(proposed, str):
        return UnitResult(unit=unit, status="ok", text=proposed)
    return UnitResult(unit=unit, status="unreadable", reason=f"the reply {proposed.reason}")


def _read_first_token(
    prompting: Prompting, unit: UnitKey, reply: ModelReply, words: Mapping[str, str]
) -> UnitResult:
    assert reply.top_logprobs is not None
    scores = score(reply.top_logprobs[0], words)
    status: SuggestionStatus = "ok"
    reason = None
    options = {option: p for option, p in scores.distribution.items() if option != NOT_SURE}
    not_sure = scores.distribution.get(NOT_SURE, 0.0)
    if not options or scores.option_mass < prompting.least_mass:
        status = "abstained"
        reason = (
            f"only {scores.option_mass:.0%} of the probability fell on the options "
            f"(at least {prompting.least_mass:.0%} is asked for); the reply began with {scores.likeliest!r}"
        )
    elif not_sure > max(options.values()):
        status = "abstained"
        reason = f"the model chose 'Not sure' with a probability of {not_sure:.0%}"
    total = sum(options.values())
    return UnitResult(
        unit=unit,
        status=status,
        distribution={option: p / total for option, p in options.items()},
        option_mass=scores.option_mass,
        ambiguous_mass=scores.ambiguous_mass,
        reason=reason,
    )


def _corrected_answers(
    results: Sequence[UnitResult], corrections: Mapping[str, Correction]
) -> dict[str | None, dict[str, float]]:
    """For each option asked about (None: the whole question) its corrected distribution."""
    by_option: dict[str | None, list[UnitResult]] = {}
    for result in results:
        by_option.setdefault(result.unit.option, []).append(result)
    return {
        option: corrected(
            frequencies([result.distribution for result in samples]),
            corrections.get(samples[0].unit.target, UNCORRECTED),
        )
        for option, samples in by_option.items()
    }


def _joined(question: OptionQuestion, answers: Mapping[str | None, Mapping[str, float]]) -> dict[str, float]:
    """One distribution over the options, in their order."""
    if None in answers:
        return dict(answers[None])
    yes = {option: answer["yes"] for option, answer in answers.items() if option is not None}
    if isinstance(question, ChoiceQuestion):
        total = sum(yes.values()) or 1.0
        return {option: p / total for option, p in yes.items()}
    asked = [option.name for option in question.options if not option.exclusive]
    if all(name in yes for name in asked):
        # The exclusive option holds when no other does; they are taken as independent.
        none = math.prod(1 - yes[name] for name in asked)
        yes |= {option.name: none for option in question.options if option.exclusive}
    return {option.name: yes[option.name] for option in question.options if option.name in yes}


def _without_contradiction(question: OptionQuestion, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """An exclusive option is preselected only alone."""
    alone = {option.name for option in question.options if option.exclusive}
    others = tuple(name for name in chosen if name not in alone)
    return others or chosen


def _reasons(prompting: Prompting, results: Sequence[UnitResult], units: int) -> str | None:
    """Why units gave nothing, for the person who labels; the units' own results keep the details."""
    if not results:
        return None
    asked = {result.unit.option for result in results}
    if None not in asked:
        return _reasons_of_options(prompting, results, units)
    text = "; ".join(dict.fromkeys(str(result.reason) for result in results))
    return text if len(results) == units else f"{len(results)} of {units} units without result: {text}"


def _reasons_of_options(prompting: Prompting, results: Sequence[UnitResult], units: int) -> str:
    """Each way to give nothing once, with how many of the options or samples it holds for."""
    counts = Counter(_failing(prompting, result) for result in results)
    is_sampled = len({result.unit.sample for result in results}) > 1 or prompting.samples > 1
    asked = "replies" if is_sampled else "options"
    return "; ".join(f"{words} for {count} of {units} {asked}" for words, count in counts.items())


def _failing(prompting: Prompting, result: UnitResult) -> str:
    """What the model did instead of answering Yes or No."""
    match result.status:
        case "abstained" if result.option_mass is not None and result.option_mass < prompting.least_mass:
            return f"gave less than {prompting.least_mass:.0%} to Yes or No"
        case "abstained":
            return "was not sure"
        case "unreadable":
            return "gave no readable answer"
        case _:
            return f"could not be asked ({result.reason})"

"""The assistant: a model that writes a draft on request, while its annotator watches.

What it is asked is what the annotator wrote, with the item's pictures, and nothing else, unless the project's
policy says more. Source of the role and of this default: arXiv 2409.10702, sections 3.3.2 and 4.2.1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Literal

from milo.core.assistant_policy import AssistantPolicy
from milo.core.example import ShownExample
from milo.core.guideline import Section
from milo.core.item import FieldValue
from milo.core.model_call import ImagePart, Message, ModelRequest, Part, TextPart
from milo.core.project import SubjectField
from milo.core.questions import ChatAnswer, ChatQuestion, TextAnswer, WrittenQuestion
from milo.core.turn import turns_of
from milo.roles.prompting import sections_text
from milo.roles.subject import defused, item_images, item_text

# Changes whenever the same prompt would be built, or its reply read, differently.
READING = 1

#: Words for the one who answers in a conversation; every other speaker is the one who asks.
ANSWERING = frozenset({"assistant", "model", "bot", "chatbot", "agent", "ai", "gpt"})

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assisting:
    """Everything beside the item and what is asked about it that decides a draft."""

    policy: AssistantPolicy
    question: WrittenQuestion  # the one that is drafted
    subject: tuple[SubjectField, ...]  # the fields the model can read
    sections: tuple[Section, ...] = ()
    guideline_version: int = 1
    examples: tuple[ShownExample, ...] = ()
    logprobs: bool = True  # whether the endpoint gives them


def request(
    assisting: Assisting,
    query: str,
    fields: Mapping[str, FieldValue],
    images: Mapping[str, ImagePart] | None = None,
    *,
    sample: int = 0,
) -> ModelRequest:
    """What the model is asked: what it is to know, the examples, the item, then what is asked.

    Without a query the question's title is asked. The next turn of a conversation is asked for by its turns
    alone. The caller leaves examples of the same item out.
    """
    policy, question = assisting.policy, assisting.question
    if isinstance(question, ChatQuestion):
        messages = _conversation(assisting, question, query, fields, images or {})
    else:
        before = [message for one in assisting.examples for message in _shown(assisting, one)]
        asked = _joined(_item_text(assisting, fields), query.strip() or question.title)
        pictures = item_images(_seen(assisting), fields, images or {})
        messages = [*_system(assisting), *before, Message("user", (*pictures, TextPart(asked)))]
    return ModelRequest(
        messages=tuple(messages),
        max_tokens=policy.max_tokens,
        temperature=policy.temperature,
        seed=policy.seed,
        top_logprobs=1 if assisting.logprobs else None,
        sample=sample,
    )


def assistant_version(assisting: Assisting) -> str:
    """Ten characters that differ whenever a model would be asked, or its reply read, differently."""
    policy = assisting.policy
    content = {
        "reading": READING,
        "policy": [policy.instructions, policy.max_words, policy.may_not_know],
        "sampling": [policy.max_tokens, policy.temperature, policy.seed],
        "question": asdict(assisting.question),
        "subject": [[one.name, one.title, one.show] for one in _seen(assisting)],
        "guideline": [assisting.guideline_version, sections_text(assisting.sections)] * policy.guideline,
        "examples": [one.id for one in assisting.examples] if policy.examples else [],
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def pictures_of(assisting: Assisting) -> tuple[SubjectField, ...]:
    """The picture fields the model is shown."""
    return tuple(field for field in _seen(assisting) if field.show == "image")


def _seen(assisting: Assisting) -> tuple[SubjectField, ...]:
    """The fields the policy shows to the model, in the subject's order; the pictures where it names none.

    What is asked, and the conversation that is continued, stand at their own place.
    """
    policy, question = assisting.policy, assisting.question
    if policy.fields is None:
        return tuple(field for field in assisting.subject if field.show == "image")
    own = {policy.query, question.conversation if isinstance(question, ChatQuestion) else None}
    return tuple(
        field for field in assisting.subject if field.name in policy.fields and field.name not in own
    )


def _system(assisting: Assisting, *more: str) -> list[Message]:
    """The instructions, the guideline where models get it, and one sentence for each other wish."""
    policy = assisting.policy
    text = _joined(
        policy.instructions,
        sections_text(assisting.sections) if policy.guideline else "",
        *more,
        f"Use at most {policy.max_words} words." if policy.max_words is not None else "",
        "If you do not know, reply: I don't know." if policy.may_not_know else "",
    )
    return [Message("system", (TextPart(text),))] if text else []


def _shown(assisting: Assisting, example: ShownExample) -> list[Message]:
    """An example as a question that was asked and answered; its pictures are not shown."""
    answer = example.answer
    if not assisting.policy.examples or not isinstance(answer, TextAnswer | ChatAnswer):
        return []
    asked = example.query.strip() or assisting.question.title
    text = _joined(_item_text(assisting, example.fields, pictures=False), asked)
    return [Message("user", (TextPart(text),)), Message("assistant", (TextPart(answer.value),))]


def _item_text(assisting: Assisting, fields: Mapping[str, FieldValue], *, pictures: bool = True) -> str:
    """The named fields; where the model gets the pictures alone, nothing: they are parts of the message."""
    if assisting.policy.fields is None:
        return ""
    seen = [field for field in _seen(assisting) if pictures or field.show != "image"]
    return item_text(seen, fields)


def _conversation(
    assisting: Assisting,
    question: ChatQuestion,
    query: str,
    fields: Mapping[str, FieldValue],
    images: Mapping[str, ImagePart],
) -> list[Message]:
    """The turns as messages, from the side of the speaker whose turn is next; what is asked goes first."""
    turns = turns_of(fields.get(question.conversation))
    told = [(_role(turn.role, question), defused(turn.content)) for turn in turns]
    system = _system(
        assisting,
        *(text for role, text in told if role == "system"),
        *_as_examples(assisting),
        _item_text(assisting, fields),
        query.strip(),
    )
    spoken = groupby((one for one in told if one[0] != "system"), key=lambda one: one[0])
    messages = [Message(role, (TextPart("\n\n".join(text for _, text in run)),)) for role, run in spoken]
    pictures = item_images(_seen(assisting), fields, images)
    return [*system, *_with_pictures(messages, pictures)]


def _as_examples(assisting: Assisting) -> list[str]:
    """Examples of turns in words: as messages they would be part of the conversation."""
    if not assisting.policy.examples:
        return []
    found = []
    for example in assisting.examples:
        question = assisting.question
        if isinstance(question, ChatQuestion) and isinstance(example.answer, TextAnswer | ChatAnswer):
            field = SubjectField(name=question.conversation, title="Conversation", show="chat")
            shown = item_text([field], example.fields)
            found.append(_joined("Example", shown, f"### A good next turn:\n{example.answer.value}"))
    return found


def _with_pictures(messages: Sequence[Message], pictures: tuple[ImagePart, ...]) -> list[Message]:
    """The pictures before the text of the last user message, or as one of their own."""
    if not pictures:
        return list(messages)
    found = list(messages)
    for at in range(len(found) - 1, -1, -1):
        if found[at].role == "user":
            parts: tuple[Part, ...] = (*pictures, *found[at].parts)
            found[at] = replace(found[at], parts=parts)
            return found
    return [Message("user", pictures), *found]


def _role(speaker: str, question: ChatQuestion) -> Role:
    """Who says a turn, as the model that writes the next one sees it: itself as the assistant."""
    name = speaker.strip().casefold()
    if name == "system":
        return "system"
    return "assistant" if (name in ANSWERING) == (question.speaker == "assistant") else "user"


def _joined(*texts: str) -> str:
    return "\n\n".join(text.strip() for text in texts if text.strip())

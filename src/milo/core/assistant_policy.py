"""How the assistant of a project writes drafts, what it sees, and what may become of its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions import ChatQuestion, Question, TextQuestion
from milo.core.strict import INPUT, Flag, Whole

Copying = Literal["allow", "warn", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantPolicy:
    """The real-time assistant. By default it gets what is asked and the pictures, nothing else (4.2.1)."""

    __pydantic_config__ = INPUT

    model: str | None = None  # name of the model; None: there is no assistant
    answers: str | None = None  # the text or chat question it drafts; None: the last one
    query: str | None = None  # the text question, or the field of the subject, that holds what is asked
    fields: tuple[str, ...] | None = None  # what it sees of the subject; None: the pictures alone
    instructions: str = ""  # said to it first
    guideline: Flag = False  # whether it gets the sections that models get
    examples: Flag = True  # whether it gets the examples that were made of corrected drafts
    may_not_know: Flag = False  # whether it is told to say so when it does not know
    max_words: Whole | None = None  # asked of it; `max_tokens` cuts
    max_tokens: Whole = 400
    temperature: float = 0.7
    seed: Whole | None = 0
    most_drafts: Whole = 20  # so many an item
    copying: Copying = "warn"  # what comes of an answer with more than `copy_limit` of its words from drafts
    copy_limit: float = 0.5
    holdout_share: float = 0.0  # items without the assistant, chosen by a salted hash


def assistant_faults(
    policy: AssistantPolicy, fields: Sequence[str], questions: Sequence[Question]
) -> list[Fault]:
    """What is wrong with the policy: ranges, and names the project does not have."""
    where = "settings.assistant"
    ranges = {
        "max_tokens": (1, 32_768),
        "temperature": (0, 2),
        "most_drafts": (1, 100),
        "copy_limit": (0, 1),
        "holdout_share": (0, 1),
    }
    faults = [
        Fault(f"{where}.{name}", str(getattr(policy, name)), f"{low} to {high}")
        for name, (low, high) in ranges.items()
        if not low <= getattr(policy, name) <= high
    ]
    if policy.max_words is not None and not 1 <= policy.max_words <= 20_000:
        faults.append(Fault(f"{where}.max_words", str(policy.max_words), "1 to 20000 words"))
    if policy.model is None:
        return faults
    written = [one.name for one in questions if isinstance(one, TextQuestion | ChatQuestion)]
    if drafted(policy, questions) is None:
        allowed = "a question of kind text or chat: " + (", ".join(written) or "the project has none")
        faults.append(Fault(f"{where}.answers", repr(policy.answers), allowed))
    asking = [one.name for one in questions if isinstance(one, TextQuestion)]
    if policy.query is not None and policy.query not in (*asking, *fields):
        allowed = "a text question or a field: " + ", ".join((*asking, *fields))
        faults.append(Fault(f"{where}.query", repr(policy.query), allowed))
    if policy.query is not None and policy.query == policy.answers:
        faults.append(Fault(f"{where}.query", repr(policy.query), "another question than the drafted one"))
    faults += [
        Fault(f"{where}.fields", repr(name), "any of " + ", ".join(fields))
        for name in policy.fields or ()
        if name not in fields
    ]
    return faults


def drafted(policy: AssistantPolicy, questions: Sequence[Question]) -> TextQuestion | ChatQuestion | None:
    """The question the assistant drafts: the named one, else the last that is written."""
    written = [one for one in questions if isinstance(one, TextQuestion | ChatQuestion)]
    if policy.answers is None:
        return written[-1] if written else None
    return next((one for one in written if one.name == policy.answers), None)

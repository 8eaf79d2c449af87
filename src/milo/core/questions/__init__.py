"""The kinds of question. A new kind is one new file here, named in the two unions and the table below."""

from __future__ import annotations

from types import ModuleType
from typing import Annotated

from pydantic import Discriminator

from milo.core.questions import choice, choices, text
from milo.core.questions.choice import ChoiceAnswer, ChoiceQuestion
from milo.core.questions.choices import ChoicesAnswer, ChoicesQuestion
from milo.core.questions.option import Confidence, Option, ShownIf
from milo.core.questions.text import TextAnswer, TextQuestion

Question = Annotated[ChoiceQuestion | ChoicesQuestion | TextQuestion, Discriminator("kind")]
Answer = Annotated[ChoiceAnswer | ChoicesAnswer | TextAnswer, Discriminator("kind")]

KINDS: dict[str, ModuleType] = {"choice": choice, "choices": choices, "text": text}

__all__ = [
    "KINDS",
    "Answer",
    "ChoiceAnswer",
    "ChoiceQuestion",
    "ChoicesAnswer",
    "ChoicesQuestion",
    "Confidence",
    "Option",
    "Question",
    "ShownIf",
    "TextAnswer",
    "TextQuestion",
]

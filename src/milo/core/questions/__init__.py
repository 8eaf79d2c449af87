"""The kinds of question. A new kind is one new file here, named in the two unions and the table below."""

from __future__ import annotations

from types import ModuleType
from typing import Annotated

from pydantic import Discriminator

from milo.core.questions import chat, choice, choices, pairwise, ranking, text
from milo.core.questions.chat import ChatAnswer, ChatQuestion
from milo.core.questions.choice import ChoiceAnswer, ChoiceQuestion
from milo.core.questions.choices import ChoicesAnswer, ChoicesQuestion
from milo.core.questions.option import Confidence, Option, ShownIf
from milo.core.questions.pairwise import PairwiseAnswer, PairwiseQuestion
from milo.core.questions.ranking import RankingAnswer, RankingQuestion
from milo.core.questions.text import TextAnswer, TextQuestion

Question = Annotated[
    ChoiceQuestion | ChoicesQuestion | TextQuestion | ChatQuestion | PairwiseQuestion | RankingQuestion,
    Discriminator("kind"),
]
Answer = Annotated[
    ChoiceAnswer | ChoicesAnswer | TextAnswer | ChatAnswer | PairwiseAnswer | RankingAnswer,
    Discriminator("kind"),
]
#: Questions answered by options.
OptionQuestion = ChoiceQuestion | ChoicesQuestion
#: Questions whose answer is a text that somebody writes.
WrittenQuestion = TextQuestion | ChatQuestion
#: Questions that compare what stands in several fields of the subject.
ComparingQuestion = PairwiseQuestion | RankingQuestion

KINDS: dict[str, ModuleType] = {
    "choice": choice,
    "choices": choices,
    "text": text,
    "chat": chat,
    "pairwise": pairwise,
    "ranking": ranking,
}

__all__ = [
    "KINDS",
    "Answer",
    "ChatAnswer",
    "ChatQuestion",
    "ChoiceAnswer",
    "ChoiceQuestion",
    "ChoicesAnswer",
    "ChoicesQuestion",
    "ComparingQuestion",
    "Confidence",
    "Option",
    "OptionQuestion",
    "PairwiseAnswer",
    "PairwiseQuestion",
    "Question",
    "RankingAnswer",
    "RankingQuestion",
    "ShownIf",
    "TextAnswer",
    "TextQuestion",
    "WrittenQuestion",
]

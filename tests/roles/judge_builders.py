"""What tests of the judge are built from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from milo.core.guideline import Section
from milo.core.model_call import ModelReply, TokenLogprob
from milo.core.project import SubjectField
from milo.core.questions import ChoiceQuestion, Option, TextQuestion
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.roles.judge import Judging

GRADES = (
    Grade(name="insufficient", label="Insufficient", level=1, definition="It hardly answers."),
    Grade(name="minimum", label="Minimum", level=2, definition="It answers the main point."),
    Grade(name="good", label="Good", level=3, definition="It answers all of {{query}}."),
)
TONE = Criterion(
    name="tone",
    title="Tone",
    weight=0.5,
    grades=GRADES,
    definition="Whether {{answer}} sounds like a person.",
    allow_na=True,
)
DEPTH = Criterion(name="depth", title="Depth", weight=0.5, grades=GRADES)
TYPO = ErrorCategory(name="typo", title="Typo", penalty=5.0, definition="A word is misspelled.")
LIE = ErrorCategory(name="lie", title="False claim", penalty=20.0, counted=False)
RUBRIC = Rubric(name="quality", title="Quality", threshold=70.0, criteria=(TONE, DEPTH), errors=(TYPO, LIE))


def a_judging(**changes: Any) -> Judging:
    """A query is answered in words; two criteria, an error that is counted, one that is not."""
    given: dict[str, Any] = {
        "description": "People answer queries.",
        "subject": (
            SubjectField(name="query", title="Query"),
            SubjectField(name="author", title="Author", show="context"),
        ),
        "questions": (
            TextQuestion(name="answer", title="Your answer"),
            ChoiceQuestion(
                name="kind",
                title="What kind?",
                options=(Option(name="open", label="Open"), Option(name="closed", label="Closed")),
            ),
        ),
        "rubrics": (RUBRIC,),
        "sections": (Section(id="task", kind="task", title="Task", body="Answer briefly."),),
    }
    return Judging(**(given | changes))


def reply_with(text: str, *tokens: Mapping[str, float]) -> ModelReply:
    """A reply; of each token given, the probabilities of its candidates."""
    listed = tuple(tuple(TokenLogprob(word, math.log(p)) for word, p in token.items()) for token in tokens)
    return ModelReply(
        text=text,
        top_logprobs=listed or None,
        input_tokens=None,
        output_tokens=None,
        evaluated_tokens=None,
        cost_usd=None,
        latency_ms=1.0,
        finish_reason="stop",
        model="scripted",
    )

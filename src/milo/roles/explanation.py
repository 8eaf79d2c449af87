"""Why a model proposes what it does: a second request, and its reply with the quotes found in the subject."""

from __future__ import annotations

import re
from collections.abc import Mapping

from milo.core.item import FieldValue
from milo.core.model_call import ImagePart, ModelReply, ModelRequest
from milo.core.questions import OptionQuestion
from milo.core.suggestion import Evidence, Explanation, Suggestion
from milo.roles.parse import THINKING
from milo.roles.pre_annotator import AskedQuestion, fill_messages
from milo.roles.prompting import Prompting, guideline_text

QUOTE = re.compile('"([^"\n]{2,400})"|“([^”\n]{2,400})”|«([^»\n]{2,400})»|„([^“”\n]{2,400})[“”]')
MAX_TOKENS = 120


def explain_request(
    prompting: Prompting,
    question: AskedQuestion,
    proposed: Suggestion,
    fields: Mapping[str, FieldValue],
    images: Mapping[str, ImagePart] | None = None,
) -> ModelRequest:
    """Ask why the suggestion holds; guideline and item come first, as in the request before it."""
    values = {
        "guideline": guideline_text(prompting),
        "question": question.title,
        "help": question.help,
        "answer": answer_in_words(question, proposed),
    }
    messages = fill_messages(prompting, "explain", values, fields, images or {})
    return ModelRequest(messages=messages, max_tokens=MAX_TOKENS, temperature=0.0)


def answer_in_words(question: AskedQuestion, proposed: Suggestion) -> str:
    """The labels of what is preselected, else of the likeliest option; the text where one is written."""
    if not isinstance(question, OptionQuestion):
        return proposed.text or ""
    likeliest = sorted(proposed.distribution, key=lambda option: -proposed.distribution[option])[:1]
    chosen = proposed.preselected or tuple(likeliest)
    return ", ".join(option.label for option in question.options if option.name in chosen)


def read_explanation(
    prompting: Prompting, reply: ModelReply, fields: Mapping[str, FieldValue], *, option: str | None = None
) -> Explanation | None:
    """The reply's text and, as evidence, each quote that stands word for word in a field of the subject.

    Offsets are Unicode code points into the field. None when the reply is empty.
    """
    text = THINKING.sub("", reply.text).strip()
    if not text:
        return None
    found = (_evidence(prompting, quote, fields, option) for quote in quotes_in(text))
    return Explanation(text=text, evidence=tuple(one for one in found if one is not None))


def quotes_in(text: str) -> list[str]:
    """What stands in double quotation marks, each once, in order.

    >>> quotes_in('It says "so good" and “never”, then "so good".')
    ['so good', 'never']
    """
    quotes = (next(group for group in found.groups() if group is not None) for found in QUOTE.finditer(text))
    return list(dict.fromkeys(quotes))


def _evidence(
    prompting: Prompting, quote: str, fields: Mapping[str, FieldValue], option: str | None
) -> Evidence | None:
    for subject in prompting.subject:
        value = fields.get(subject.name)
        if subject.show not in ("text", "markdown") or not isinstance(value, str):
            continue
        # A sentence's full stop often ends up inside the quotation marks.
        for wording in (quote, quote.rstrip(".,;:!?… ")):
            start = value.find(wording) if wording else -1
            if start >= 0:
                return Evidence(
                    field=subject.name, quote=wording, start=start, end=start + len(wording), option=option
                )
    return None

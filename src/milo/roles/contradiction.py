"""Whether an explanation speaks for another grade than the one given (arXiv 2409.10702, Table A5).

Only plain English claims count, the last one decides, and whatever is negated, conditional or taken back
does not: a false alarm costs a reviewer more than a missed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from milo.core.rubric import Criterion, ErrorCategory
from milo.roles.judging import Part, labels_of


def _any_of(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+|;\s+")
_QUOTES = "[\"'`*_“”‘’«»]*"

_CLAIMING = _any_of(
    r"meets?|met|satisf(?:y|ies|ied)|fulfil(?:ls?|s)?|reach(?:es|ed)?|match(?:es)?|corresponds? to",
    r"deserves?|merits?|warrants?|earns?|qualif(?:y|ies) (?:as|for)|falls? (?:under|into)|belongs? (?:to|in)",
    r"(?:grade|rating|verdict) (?:is|of)|(?:graded?|rated?)(?: (?:it|this|the answer))?(?: as)?",
    r"(?:is|are|was)(?: (?:clearly|therefore|thus|overall))?(?: (?:graded|rated|considered|judged))?(?: as)?",
)
_FILLER = (
    r"(?:all |the |an? |(?:criteri(?:a|on)|standards?|requirements?|definition|level|grade) (?:of|for) )*"
)
_KIND = r"\s+(?:criteri(?:a|on)|grade|standards?|level|rating|definition)\b"
_GOING_ON = _any_of("and", "on", "in", "for", "by", "with", "at", "because", "since", "as", "overall")

# Words in its sentence that make a claim something else.
_HEDGE = re.compile(
    r"\b"
    + _any_of(
        r"not|never|no|neither|nor|without|cannot|fail(?:s|ed|ing)?|lack(?:s|ing)?|miss(?:es|ing)",
        "short of|below|almost|nearly|barely|hardly|far from|less than|rather than|instead of",
        "would|could|should|might|may|must|if|unless|until|whether|needs?|required?|requires?",
        "to (?:be|meet|reach|deserve|satisfy|fulfil|qualify)",
        "although|though|while|whereas|despite|but|however|except|apart from|other than|otherwise",
        "only|partly|partially|some of",
    )
    + r"\b|n['’]t\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"^\W*"
    + _any_of(
        "but|however|still|yet|nevertheless|nonetheless|unfortunately|even so|that said|on the other hand"
    )
    + r"\b",
    re.IGNORECASE,
)

_ERROR = _any_of("errors?|mistakes?|issues?|problems?|flaws?|violations?|instances?|occurrences?")
_PLAIN = (
    _any_of("such|any|clear|obvious|blatant|serious|small|minor|major|real|actual|evident|noticeable")
    + r"\s+"
)
_MANY = _any_of(r"an?|one|two|three|four|five|several|some|many|multiple|various|\d+")
_FOUND = _any_of("found|present|identified|detected|seen")
_BE = _any_of("is|are|was|were|has been|have been")
# Words beside "no errors" that limit it, and words that speak of another text than the answer.
_LIMIT = re.compile(
    r"\b"
    + _any_of(
        "but|however|except|apart|aside|besides|other than|although|though|while|whereas",
        "first|second|rest|remaining|if|would|could|should|unless|until",
    )
    + r"\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b" + _any_of("subject|question|prompt|source|original|context|instructions?") + r"\b", re.IGNORECASE
)


def contradiction(part: Part, outcome: str, explanation: str) -> str | None:
    """The grade (or "yes", "no") the explanation speaks for, when it is another than the outcome.

    >>> contradiction(ErrorCategory(name="t", title="Typo", penalty=1.0), "yes", "No errors were found.")
    'no'
    """
    claims: list[str] = []
    for sentence in _SENTENCE.split(explanation):
        turn = _TAKEN_BACK.match(sentence)
        if turn:
            claims.clear()
            sentence = sentence[turn.end() :]
        found = _grades_in(part, sentence) if isinstance(part, Criterion) else _errors_in(part, sentence)
        claims += found
    return claims[-1] if claims and claims[-1] != outcome else None


def _grades_in(criterion: Criterion, sentence: str) -> Iterator[str]:
    """The grades a sentence claims: their labels in quotes, with a capital, or as "the good level"."""
    labels = labels_of(criterion)
    by_label = {label.casefold(): name for name, label in labels.items()}
    for found in _grade_pattern(list(labels.values())).finditer(sentence):
        label = found["label"]
        is_named = (found["open"] and found["close"]) or found["kind"] or not label[0].islower()
        rest = f"{sentence[: found.start('label')]} {sentence[found.end('label') :]}"
        if is_named and not found["more"] and not _HEDGE.search(rest):
            yield by_label[label.casefold()]


def _grade_pattern(labels: Sequence[str]) -> re.Pattern[str]:
    """A verb of claiming, then a label: the longest that fits, so that "Very good" is not "Good".

    `more` is what goes on without a break, as in "is Good enough".
    """
    options = _any_of(*(re.escape(label) for label in sorted(labels, key=len, reverse=True)))
    return re.compile(
        rf"\b{_CLAIMING}\s+{_FILLER}(?P<open>{_QUOTES})(?P<label>{options})(?![-\w])(?P<close>{_QUOTES})"
        rf"(?P<kind>{_KIND})?(?P<more>(?!\s+{_GOING_ON}\b)\s+\w)?",
        re.IGNORECASE,
    )


def _errors_in(error: ErrorCategory, sentence: str) -> list[str]:
    """Whether a sentence says that the answer is free of the error ("no"), or holds it ("yes")."""
    title = re.escape(error.title.strip())
    thing = f"(?:(?:{_PLAIN})*(?:{title}\\s+)?{_ERROR}|(?:{_PLAIN})*{title}s?)"
    absent = _absence(thing).search(sentence)
    if absent:
        rest = f"{sentence[: absent.start()]} {sentence[absent.end() :]}"
        is_limited = (
            _LIMIT.search(rest) or _ELSEWHERE.search(rest) or _HEDGE.search(sentence[: absent.start()])
        )
        return [] if is_limited else ["no"]
    if _presence(thing).search(sentence) and not _HEDGE.search(sentence) and not _ELSEWHERE.search(sentence):
        return ["yes"]
    return []


def _absence(thing: str) -> re.Pattern[str]:
    kind = "(?: of (?:this|that|the specified) (?:kind|category|type))?"
    finding = "(?:contain|have|hold|include|show|find|see)"
    return re.compile(
        rf"\bno {thing}{kind}(?:\s+(?:{_BE}\s+)?{_FOUND}\b|\s+in the (?:answer|response|text)\b|\s*[.!]?$)"
        rf"|\bfree (?:of|from) (?:any )?{thing}"
        rf"|\b(?:(?:does|do|did|could|can) not|(?:does|do|did|could)n['’]t|cannot) {finding} (?:any )?{thing}"
        rf"|\bnone (?:is|are|was|were) {_FOUND}\b",
        re.IGNORECASE,
    )


def _presence(thing: str) -> re.Pattern[str]:
    having = "(?:contains?|has|have|holds?|includes?|shows?|makes?|there (?:is|are)|i (?:found|see))"
    return re.compile(
        rf"\b{having} {_MANY} {thing}\b|\b{thing} {_BE} {_FOUND}\b",
        re.IGNORECASE,
    )

"""What a judge's reply says: grade and explanation apart, with confidence, or why there is no verdict."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median_low

from milo.core.feedback import FindingStatus, Verdict
from milo.core.model_call import ModelReply, TokenLogprob
from milo.core.rubric import Criterion, ErrorCategory
from milo.roles.confidence import frequencies
from milo.roles.contradiction import contradiction
from milo.roles.first_token import EDGES, score
from milo.roles.judging import NOT_SURE, UNSURE, Judging, Part, labels_of, part_named, reply_words
from milo.roles.parse import THINKING, NotSure, Parsed, parse_option

MOST = 1000  # occurrences of one error in one answer

_ANNOUNCING = re.compile(
    r"^[\W_]*(?:(?:my|the|final|overall|number of|total|quality)\s+)*"
    r"(?:(?:grade|rating|verdict|answer|score|count|errors?)\s*(?:is\b|found\b|[:=])\s*)+",
    re.IGNORECASE,
)
_LEAD = ("my", "the", "final", "overall", "grade", "rating", "verdict", "answer", "score", "count", "is")
_LEAD_TOKENS = frozenset((*_LEAD, "error", "errors", "number", "of"))
_EXPLANATION = re.compile(r"^[\W_]*(?:explanation|reason|reasoning|why)\W*[:=]\W*", re.IGNORECASE)
_SHORT = 4  # words of a first line that can be nothing but a grade
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = re.compile(
    rf"^(?:there (?:is|are) |i (?:found|count|see) )?(?P<number>\d+|no|none|nil|{'|'.join(_NUMBERS)})\b"
    r"(?![.,]\d)",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"[\s\W]*(yes|no)\b(?! (?:doubt|wonder|matter|and|or|nor)\b)(?!\W* (?:yes|no)\b)", re.IGNORECASE
)
_SAYS_UNSURE = re.compile(r"^(?:unsure|not sure|uncertain|cannot (?:tell|say|decide))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What the first line says: the name of a grade, "yes" or "no"; or why nothing."""

    grade: str | None = None
    count: int | None = None
    status: FindingStatus = "ok"
    reason: str | None = None


def read(judging: Judging, part: str, reply: ModelReply) -> Verdict:
    """The verdict of one reply. What cannot be read, or is too uncertain, gives no grade and no count."""
    one = part_named(judging, part)
    first, explanation = split_reply(reply.text, one)
    said = _said(judging, one, first, reply.text)
    found = Verdict(
        part=part,
        status=said.status,
        grade=said.grade if isinstance(one, Criterion) else None,
        count=said.count,
        explanation=explanation,
        reason=said.reason,
    )
    outcome = _outcome(found)
    # What a model thinks first hides where its grade begins: then there is no confidence.
    tokens = None if THINKING.search(reply.text) else reply.top_logprobs
    if judging.logprobs and tokens:
        found = _with_confidence(judging, one, found, tokens)
    elif outcome is not None:
        found = replace(found, distribution={name: float(name == outcome) for name in labels_of(one)})
    if found.status != "ok" or outcome is None:
        return found
    return replace(found, contradicts=contradiction(one, outcome, explanation))


def joined(judging: Judging, part: str, verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several samples: what most say, with their share as confidence.

    Samples without a verdict lower the share. A tie is uncertain. The explanation is that of the first
    sample that says so; a count is the lower median of those that found the error.
    """
    if len(verdicts) == 1:
        return verdicts[0]
    usable = [verdict for verdict in verdicts if _outcome(verdict) is not None]
    if not usable:
        return _most_common(part, verdicts)
    outcomes = Counter(outcome for verdict in usable if (outcome := _outcome(verdict)) is not None)
    (likeliest, votes), *others = outcomes.most_common()
    agreeing = [verdict for verdict in usable if _outcome(verdict) == likeliest]
    counts = [verdict.count for verdict in agreeing if verdict.count is not None]
    found = replace(
        agreeing[0],
        count=median_low(counts) if counts else None,
        distribution=frequencies([verdict.distribution for verdict in usable]),
        confidence=votes / len(verdicts),
    )
    if others and others[0][1] == votes:
        return _without(found, f"{votes} of {len(verdicts)} samples each say {likeliest} and {others[0][0]}")
    if votes / len(verdicts) < judging.uncertain_below:
        return _without(
            found,
            f"only {votes} of {len(verdicts)} samples say {likeliest} (at least "
            f"{judging.uncertain_below:.0%} is asked for)",
        )
    return found


def failed(part: str, reason: str) -> Verdict:
    """The verdict of a call that failed for good: none."""
    return Verdict(part=part, status="failed", reason=reason)


def split_reply(text: str, part: Part) -> tuple[str, str]:
    """What stands for the grade, and the explanation after it; from JSON too, or all on one line.

    >>> split_reply("Yes. It is misspelled.", ErrorCategory(name="t", title="Typo", penalty=1.0))
    ('Yes', 'It is misspelled.')
    """
    spoken = THINKING.sub("", text).strip()
    content = _json(spoken)
    if content is not None:
        return content
    first, _, rest = spoken.partition("\n")
    while rest and (_is_heading(first) or not re.search(r"[^\W_]", first)):
        first, _, rest = rest.partition("\n")
    head, tail = _split_line(first, part)
    explanation = "\n".join(one for one in (tail, rest.strip()) if one)
    if not explanation and len(head.split()) > 2:
        explanation = first.strip()  # a whole sentence is grade and explanation in one
    return head, _EXPLANATION.sub("", explanation).strip()


def _is_heading(line: str) -> bool:
    """Whether the line only announces what the next one says, as "### Grade:"."""
    return line.strip(EDGES).casefold() in _LEAD_TOKENS


def _split_line(line: str, part: Part) -> tuple[str, str]:
    """A line "Good: because" or "2 - the words" in two; another one whole."""
    bare = _ANNOUNCING.sub("", line).lstrip(EDGES)
    if re.search(r"-\s?\d+\W*$", line) and bare.strip(EDGES).isdecimal():
        return line.strip(), ""  # a negative number is none
    words = sorted([*labels_of(part).values(), UNSURE], key=len, reverse=True)
    options = "|".join(re.escape(word) for word in words)
    counted = isinstance(part, ErrorCategory) and part.counted
    number = rf"|\d+(?!\d)(?![.,]\d)|none|{'|'.join(_NUMBERS)}" if counted else ""
    found = re.match(
        rf"(?P<head>[A-Z]\b(?:[.):]\s*(?:{options})\b)?|(?:{options}){number})"
        r"(?=\W*$|\s*[.:;,()*_\"'`\u2013\u2014]|\s+-\s|\s+(?:because|since)\b)"
        r"[\"'`)*_]*[\s.:;,(*_\u2013\u2014-]*(?P<tail>.*)$",
        bare,
        re.IGNORECASE,
    )
    if not found or (len(found["head"]) == 1 and found["head"].isalpha() and found["head"].islower()):
        return bare, ""
    return found["head"], found["tail"].strip()


def _json(text: str) -> tuple[str, str] | None:
    stripped = re.sub(r"^```(?:json)?|```$", "", text).strip()
    if not stripped.startswith("{"):
        return None
    try:
        content = json.loads(stripped)
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    given = next(
        (content[key] for key in ("grade", "answer", "verdict", "count", "errors") if key in content), ""
    )
    explanation = next((content[key] for key in ("explanation", "reason") if key in content), "")
    return str(given), str(explanation).strip()


def _said(judging: Judging, part: Part, first: str, text: str) -> Said:
    if _SAYS_UNSURE.match(first.strip(EDGES)):
        return Said(status="uncertain", reason="the model says that it is not sure")
    if isinstance(part, ErrorCategory) and part.counted:
        return _said_number(first, text)
    if isinstance(part, ErrorCategory):
        found = _YES_NO.match(first)
        return (
            Said(count=int(found[1].casefold() == "yes"))
            if found
            else _unreadable("says neither Yes nor No", text)
        )
    if len(first.split()) > _SHORT or re.search(r"\b(?:not|never)\b|n't\b", first, re.IGNORECASE):
        return _unreadable("names no grade", text)
    words, labels = reply_words(judging, part), labels_of(part)
    for wording in ({name: words[name] for name in words}, labels):
        match parse_option(first, wording):
            case Parsed(name) if name == NOT_SURE:
                return Said(status="uncertain", reason="the model says that it is not sure")
            case Parsed(name):
                return Said(grade=name)
            case NotSure(reason):
                return Said(status="uncertain", reason=reason)
    return _unreadable("names no grade", text)


def _said_number(first: str, text: str) -> Said:
    found = None if first.lstrip(" *_`\"'").startswith("-") else _NUMBER.match(first.strip(EDGES))
    if found is None:
        return _unreadable("gives no number of errors", text)
    word = found["number"].casefold()
    number = _NUMBERS.index(word) if word in _NUMBERS else int(word) if word.isdecimal() else 0
    if number > MOST:
        return _unreadable(f"gives {number} errors, where at most {MOST:,} can be", text)
    return Said(count=number)


def _unreadable(what: str, text: str) -> Said:
    short = " ".join(text.split())
    excerpt = repr(short if len(short) <= 120 else short[:120] + "...")
    return Said(status="unreadable", reason=f"the reply {what}: {excerpt}" if short else "the reply is empty")


def _outcome(verdict: Verdict) -> str | None:
    """The grade, or "yes" or "no"."""
    if verdict.count is not None:
        return "yes" if verdict.count else "no"
    return verdict.grade


def _with_confidence(
    judging: Judging, part: Part, found: Verdict, tokens: Sequence[Sequence[TokenLogprob]]
) -> Verdict:
    """The verdict with what the first telling token says; without a grade where it is too uncertain."""
    candidates = _telling(tokens)
    counted = isinstance(part, ErrorCategory) and part.counted
    distribution, mass, unsure = _of_numbers(candidates) if counted else _of_words(judging, part, candidates)
    outcome = _outcome(found)
    confidence = distribution.get(outcome) if outcome is not None else None
    found = replace(found, distribution=distribution, confidence=confidence)
    if found.status != "ok":
        return found
    if mass < judging.least_mass or confidence is None:
        return _without(
            found,
            f"only {mass:.0%} of the probability fell on the possible replies (at least "
            f"{judging.least_mass:.0%} is asked for)",
        )
    if unsure > max(distribution.values()) * (1 - unsure):
        return _without(found, f"the model is not sure, with a probability of {unsure:.0%}")
    if confidence < judging.uncertain_below:
        said = labels_of(part).get(str(outcome), str(outcome))
        return _without(
            found,
            f"{said} has a probability of {confidence:.0%} (at least {judging.uncertain_below:.0%} is "
            "asked for)",
        )
    return found


def _telling(tokens: Sequence[Sequence[TokenLogprob]]) -> Sequence[TokenLogprob]:
    """The candidates of the first token that is not mere punctuation or a word like "Grade"."""
    for candidates in tokens[:8]:
        likeliest = max(candidates, key=lambda one: one.logprob).token if candidates else ""
        bare = likeliest.strip(EDGES + "=|").casefold()
        if bare and bare not in _LEAD_TOKENS:
            return candidates
    return tokens[0]


def _of_words(
    judging: Judging, part: Part, candidates: Sequence[TokenLogprob]
) -> tuple[dict[str, float], float, float]:
    """Distribution over the grades, probability of all replies, and that of "unsure" among them."""
    scores = score(candidates, reply_words(judging, part))
    unsure = scores.distribution.get(NOT_SURE, 0.0)
    grades = {name: p for name, p in scores.distribution.items() if name != NOT_SURE}
    total = sum(grades.values()) or 1.0
    return {name: p / total for name, p in grades.items()}, scores.option_mass, unsure


def _of_numbers(candidates: Sequence[TokenLogprob]) -> tuple[dict[str, float], float, float]:
    """As `_of_words`, of "no" (0) and "yes" (any other number)."""
    mass = {"yes": 0.0, "no": 0.0}
    unsure = 0.0
    for candidate in candidates:
        bare = candidate.token.strip(EDGES).casefold()
        probability = math.exp(candidate.logprob)
        if bare.isdecimal() or bare in _NUMBERS:
            mass["no" if bare in ("0", "zero") else "yes"] += probability
        elif bare in ("no", "none", "nil"):
            mass["no"] += probability
        elif bare and UNSURE.casefold().startswith(bare):
            unsure += probability
    total = mass["yes"] + mass["no"]
    if total <= 0:
        return {}, unsure, float(unsure > 0)
    return {name: p / total for name, p in mass.items()}, total + unsure, unsure / (total + unsure)


def _without(verdict: Verdict, reason: str) -> Verdict:
    """The verdict as uncertain: what it might have been stands in the distribution alone."""
    return replace(verdict, status="uncertain", grade=None, count=None, contradicts=None, reason=reason)


def _most_common(part: str, verdicts: Sequence[Verdict]) -> Verdict:
    if not verdicts:
        return failed(part, "there is no reply")
    status = Counter(verdict.status for verdict in verdicts).most_common(1)[0][0]
    first = next(verdict for verdict in verdicts if verdict.status == status)
    reasons = dict.fromkeys(str(verdict.reason) for verdict in verdicts)
    return replace(first, reason="; ".join(reasons))

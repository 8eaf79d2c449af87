"""From the candidates of a reply's first token to a distribution over the options."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from milo.core.model_call import TokenLogprob

EDGES = " \t\n▁Ġ\"'`*_()[]{}<>#:;,.!?-"
LEAST_PROBABILITY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What the first token says about the options."""

    distribution: Mapping[str, float]  # over all options, sums to 1; empty when no option was listed
    option_mass: float  # probability of the tokens that begin exactly one option, 0 to 1
    ambiguous_mass: float  # probability of the tokens that begin several
    likeliest: str  # the model's first choice of token, whatever it is


def score(candidates: Sequence[TokenLogprob], words: Mapping[str, str]) -> Scores:
    """Sum the candidates that begin an option's word, and renormalise over the options.

    `words` gives the word (or key) of each option. Case, spaces and punctuation around a token do not
    count. An option no listed token begins gets the probability of the least likely listed token, which
    is the most it can have had.

    >>> tokens = [TokenLogprob("Pos", math.log(0.6)), TokenLogprob(" no", math.log(0.2))]
    >>> {name: round(p, 2) for name, p in score(tokens, {"a": "Positive", "b": "No"}).distribution.items()}
    {'a': 0.75, 'b': 0.25}
    """
    mass = dict.fromkeys(words, 0.0)
    ambiguous = listed = 0.0
    for candidate in candidates:
        probability = math.exp(candidate.logprob)
        listed += probability
        begun = [option for option, word in words.items() if begins(candidate.token, word)]
        if len(begun) == 1:
            mass[begun[0]] += probability
        elif begun:
            ambiguous += probability
    likeliest = max(candidates, key=lambda candidate: candidate.logprob).token if candidates else ""
    option_mass = sum(mass.values())
    if option_mass <= 0:
        return Scores(distribution={}, option_mass=0.0, ambiguous_mass=ambiguous, likeliest=likeliest)
    least = min(math.exp(candidate.logprob) for candidate in candidates)
    unlisted = max(min(least, 1 - listed), LEAST_PROBABILITY)
    raised = {option: p or unlisted for option, p in mass.items()}
    total = sum(raised.values())
    return Scores(
        distribution={option: p / total for option, p in raised.items()},
        option_mass=min(option_mass, 1.0),
        ambiguous_mass=ambiguous,
        likeliest=likeliest,
    )


def begins(token: str, word: str) -> bool:
    """Whether a token is the start of the word. A word of one letter (a key) must be the whole token.

    >>> begins(" Pos", "Positive"), begins("An", "A"), begins("(a)", "A")
    (True, False, True)
    """
    bare, whole = token.strip(EDGES).casefold(), word.strip(EDGES).casefold()
    return bool(bare) and whole.startswith(bare)


def can_be_told_apart(words: Sequence[str]) -> bool:
    """Whether the first words of the options differ, so that one token can decide.

    >>> can_be_told_apart(["Positive", "Negative"]), can_be_told_apart(["Very good", "Very bad"])
    (True, False)
    """
    firsts = [_first_word(word) for word in words]
    return all(firsts) and not any(
        one.startswith(other) for i, one in enumerate(firsts) for j, other in enumerate(firsts) if i != j
    )


def _first_word(text: str) -> str:
    found = re.search(r"\w+", text)
    return found.group().casefold() if found else ""

"""How much of a text came from drafts of a model.

A word comes from a draft when it lies in three or more words in a row that also stand in that draft, wherever
they stand there: what was only moved is still the draft's. The front end counts the same way, and
`tests/known_answers/alignment.json` holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

#: So many words in a row that also stand in a draft come from it; fewer are everybody's.
RUN = 3

#: Scripts that write without spaces: each of their letters counts as a word.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)


_ASCII_WORD = re.compile("[a-z0-9]+")


class Aligned(NamedTuple):
    """How a text stands to drafts."""

    words: int
    share: float  # of the words, from any draft, 0 to 1; 0 without words
    draft: int | None  # the one most of them came from, the first of equals; None: no word came from any
    edit_distance: int | None  # in words, from that draft


class Draft(NamedTuple):
    """The words of a draft, and all that stand there three in a row."""

    words: tuple[str, ...]
    runs: frozenset[tuple[str, ...]]


def align(final: str, drafts: Sequence[tuple[int, str]]) -> Aligned:
    """What of a text came from drafts, each given as id and text.

    >>> align("Red bands stand out. I saw that once.", [(7, "Red bands stand out against snow.")])
    Aligned(words=8, share=0.5, draft=7, edit_distance=4)
    """
    return aligned(words_of(final), {id: draft_of(text) for id, text in drafts})


def aligned(words: Sequence[str], drafts: Mapping[int, Draft]) -> Aligned:
    """The same of words and drafts that were read already."""
    share, nearest = share_from(words, drafts)
    distance = None if nearest is None else edit_distance(words, drafts[nearest].words)
    return Aligned(len(words), share, nearest, distance)


def draft_of(text: str) -> Draft:
    """The text of a draft, read once to be compared with many."""
    words = words_of(text)
    return Draft(words, frozenset(_runs(words)))


def share_from(words: Sequence[str], drafts: Mapping[int, Draft]) -> tuple[float, int | None]:
    """The share of words that came from any of these drafts, and the one most of them came from.

    >>> share_from(words_of("Ships need light, always."), {1: draft_of("Ships need light here.")})
    (0.75, 1)
    """
    covered: set[int] = set()
    nearest, most = None, 0
    for id, draft in drafts.items():
        found = _from_draft(words, draft)
        covered |= found
        if len(found) > most:
            nearest, most = id, len(found)
    return (len(covered) / len(words) if words else 0.0), nearest


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: capitals, punctuation and the way accents are stored gone.

    A word is a run of letters and digits with the signs that follow them. In scripts without spaces, such as
    Chinese, Japanese and Thai, each letter is one; emoji are none.

    >>> words_of("RED bands – stand out!"), words_of("灯塔很高")
    (('red', 'bands', 'stand', 'out'), ('灯', '塔', '很', '高'))
    """
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(_folded(word) for word in _word().findall(text))


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words must be put in, taken out or replaced to turn one text into the other.

    The bits of an integer hold a column of the table of Levenshtein distances, as differences of neighbours:
    Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", Figure 3.

    >>> edit_distance(["red", "bands", "stand"], ["red", "stand", "out"])
    2
    """
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for number, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << number
    whole, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, distance = whole, 0, len(one)
    for word in other:
        equal = places.get(word, 0)
        diagonal = ((((equal & up) + up) ^ up) | equal | down) & whole
        right, left = (down | ~(diagonal | up)) & whole, up & diagonal
        distance += bool(right & last) - bool(left & last)
        right, left = (right << 1 | 1) & whole, left << 1 & whole
        up, down = (left | ~(diagonal | right)) & whole, right & diagonal
    return distance


def _from_draft(words: Sequence[str], draft: Draft) -> set[int]:
    """Which words, by their place, come from a draft; one or two words only where they are all of it."""
    if len(words) < RUN:
        return set(range(len(words))) if tuple(words) == draft.words else set()
    starts = (start for start, run in enumerate(_runs(words)) if run in draft.runs)
    return {start + step for start in starts for step in range(RUN)}


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[step:] for step in range(RUN)), strict=False)


def _folded(word: str) -> str:
    """A word without what does not count; a browser has no other folding than upper, then lower case."""
    return unicodedata.normalize("NFC", word).upper().lower()


@cache
def _word() -> re.Pattern[str]:
    marks = "".join(chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M")
    marks += "\U000e0100-\U000e01ef"
    return re.compile(rf"(?=[{_DENSE}])[^\W_][{marks}]*|[^\W_{_DENSE}](?:[^\W_{_DENSE}]|[{marks}])*")

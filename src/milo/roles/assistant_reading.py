"""How a draft is read while it comes: what of a reply is its text, where it is unsure, how it ended."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from milo.core.draft import DraftStatus, UnsurePassage
from milo.core.model_call import Piece

#: A draft never gets longer, whatever its model does.
MOST_CHARACTERS = 100_000
#: No token is longer on average; a reply of more pieces and characters than its limit is an endless one.
CHARACTERS_A_TOKEN = 8
#: A sentence whose tokens are less probable than this on average is one the model was unsure of.
UNSURE_BELOW = 0.5

THINKING, THOUGHT = "<think>", "</think>"
SENTENCE = re.compile(r"\S[^\n]*?(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+|(?=\n)|$)", re.MULTILINE)
NOT_KNOWN = re.compile(r"\b(i do not know|i don['’]?t know|i am not sure|i['’]?m not sure|not sure)\b")
WORDS_OF_NOT_KNOWING = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a reply that has ended is, as a draft."""

    status: DraftStatus
    text: str
    reason: str | None = None
    is_cut: bool = False
    probability: float | None = None
    unsure: tuple[UnsurePassage, ...] = ()


class Reading:
    """Takes the pieces of a reply as they come and says what of each is the draft's text.

    The text begins with its first letter: white space before it and thinking out loud between <think> marks
    are left out. NUL characters, which no database keeps, are taken out. All else is text, markup included.
    """

    def __init__(self, max_tokens: int) -> None:
        self._max_tokens = max_tokens
        self._held: str | None = ""  # what came before the text is known to have begun; None: it has
        self._is_thinking = False
        self._pieces = 0
        self._characters = 0  # that came
        self._written = 0  # of them, in the draft
        self.tokens: list[tuple[str, float | None]] = []
        self.finish_reason: str | None = None

    @property
    def text(self) -> str:
        """The draft so far."""
        return "".join(text for text, _ in self.tokens)

    @property
    def is_endless(self) -> bool:
        """Whether more came than was asked for: its model goes on by itself."""
        is_over = self._pieces > self._max_tokens
        return self._characters >= MOST_CHARACTERS or (
            is_over and self._characters > CHARACTERS_A_TOKEN * self._max_tokens
        )

    def take(self, piece: Piece) -> str:
        """The text that the piece adds to the draft; "" where it adds none."""
        self.finish_reason = piece.finish_reason or self.finish_reason
        self._pieces += bool(piece.text)
        self._characters += len(piece.text)
        text = self._begun(piece.text.replace("\x00", ""))
        text = text[: MOST_CHARACTERS - self._written]
        if text:
            self._written += len(text)
            self.tokens.append((text, piece.probability))
        return text

    def ended(self) -> Read:
        """The reply as a draft, once it has ended."""
        text = self.text.rstrip()
        is_cut = self.finish_reason == "length" or self.is_endless
        if not text:
            return Read(status="failed", text="", reason=_why_empty(self.finish_reason), is_cut=is_cut)
        probability, unsure = uncertainty(self.tokens, text)
        status: DraftStatus = "abstained" if says_not_knowing(text) else "done"
        return Read(status=status, text=text, is_cut=is_cut, probability=probability, unsure=unsure)

    def broken(self, status: DraftStatus, reason: str | None) -> Read:
        """What came of a reply that was stopped or failed."""
        text = self.text.rstrip()
        probability, unsure = uncertainty(self.tokens, text)
        return Read(status=status, text=text, reason=reason, probability=probability, unsure=unsure)

    def _begun(self, text: str) -> str:
        """The part of the text that belongs to the draft; what is thought aloud before it is dropped."""
        if self._held is None:
            return text
        held = (self._held + text).lstrip()
        if self._is_thinking:
            _, mark, after = held.partition(THOUGHT)
            self._is_thinking = not mark
            held = after.lstrip() if mark else held[-len(THOUGHT) :]  # the mark may come in two pieces
        if self._is_thinking or THINKING.startswith(held):
            self._held = held
            return ""
        if held.startswith(THINKING):
            self._held, self._is_thinking = "", True
            return self._begun(held.removeprefix(THINKING))
        self._held = None
        return held


def uncertainty(
    tokens: Sequence[tuple[str, float | None]], text: str
) -> tuple[float | None, tuple[UnsurePassage, ...]]:
    """The geometric mean of the tokens' probabilities, and the sentences where it is below one half.

    A token counts for the sentence in which it begins, white space aside. Tokens without a probability are
    left out; None where there is none with one. Offsets are code points into `text`.

    >>> tokens = [("Sure.", 0.9), (" It", 0.4), (" rains.", 0.4)]
    >>> uncertainty(tokens, "Sure. It rains.")[1]
    (UnsurePassage(start=6, end=15, probability=0.4),)
    """
    known = [probability for token, probability in tokens if probability is not None and token.strip()]
    if not known:
        return None, ()
    sentences = [found.span() for found in SENTENCE.finditer(text)]
    logs: list[list[float]] = [[] for _ in sentences]
    at = current = 0
    for token, probability in tokens:
        begins = at + len(token) - len(token.lstrip())
        at += len(token)
        while current < len(sentences) and sentences[current][1] <= begins:
            current += 1
        if current < len(sentences) and probability is not None and token.strip():
            logs[current].append(math.log(max(probability, 1e-9)))
    unsure = tuple(
        UnsurePassage(start=start, end=end, probability=round(mean, 3))
        for (start, end), values in zip(sentences, logs, strict=True)
        if values and (mean := math.exp(math.fsum(values) / len(values))) < UNSURE_BELOW
    )
    return round(_geometric_mean(known), 4), unsure


def says_not_knowing(text: str) -> bool:
    """Whether a reply, or its first sentence, says that the model does not know.

    >>> says_not_knowing("I don't know."), says_not_knowing("I don't know what he said, but here is why: ...")
    (True, False)
    """
    first = SENTENCE.search(text.strip())
    if first is None:
        return False
    sentence = first.group().casefold()
    found = NOT_KNOWN.search(sentence)
    is_short = len(sentence.split()) <= WORDS_OF_NOT_KNOWING
    return found is not None and is_short and not re.search(r"\bbut\b|:", sentence[found.end() :])


def _why_empty(finish_reason: str | None) -> str:
    if finish_reason == "length":
        return "The model used all its words for thinking and wrote no answer; a higher limit may help."
    if finish_reason == "content_filter":
        return "The model's provider held its answer back (content filter)."
    return "The model answered with nothing."


def _geometric_mean(values: Sequence[float]) -> float:
    return math.exp(math.fsum(math.log(max(value, 1e-9)) for value in values) / len(values))

"""From a model's words to an option, or the reason why not. Unreadable output is data, never a default."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

FUZZY_AT = 0.84
NOT_SURE = re.compile(r"\b(not sure|unsure|uncertain|i do not know|i don'?t know|cannot (tell|say|decide))\b")
THINKING = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
LEAD = re.compile(
    r"^\W*(?:the\s+)?(?:(?:correct|best|right)\s+)?(?:answer|label|option|choice)\s*(?:is\b|:)\s*"
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The option a text names."""

    option: str


@dataclass(frozen=True, slots=True)
class NotSure:
    """The text says that the model does not know."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The text names no option, or several; the reason holds an excerpt."""

    reason: str


def parse_option(text: str, words: Mapping[str, str]) -> Parsed | NotSure | Unreadable:
    """The option whose word (or key) the text gives: exactly, in other case or punctuation, in a sentence
    or JSON, or misspelled a little. Thinking out loud between <think> marks is skipped.

    >>> parse_option("**positive.**", {"a": "Positive", "b": "Negative"})
    Parsed(option='a')
    >>> parse_option("Both!", {"a": "Positive", "b": "Negative"}).reason
    "names no option: 'Both!'"
    """
    answer = _without_wrapping(THINKING.sub("", text))
    plain = _plain(answer)
    options = {option: _plain(word) for option, word in words.items()}
    exact = [option for option, word in options.items() if word == plain]
    if len(exact) == 1:
        return Parsed(exact[0])
    if NOT_SURE.search(plain):
        return NotSure(f"the model says that it is not sure: {_excerpt(text)}")
    mentioned = _mentioned(plain, options)
    if len(mentioned) == 1:
        return Parsed(mentioned[0])
    if len(mentioned) > 1:
        named = ", ".join(words[option] for option in mentioned)
        return Unreadable(f"names several options ({named}): {_excerpt(text)}")
    close = [option for option, word in options.items() if _alike(plain, word)]
    if len(close) == 1:
        return Parsed(close[0])
    return Unreadable(f"names no option: {_excerpt(text)}" if plain else "is empty")


def parse_text(text: str, *, max_length: int) -> str | Unreadable:
    """The proposed text, without wrapping quotation marks; unreadable when empty or too long."""
    proposed = THINKING.sub("", text).strip()
    if len(proposed) > 1 and proposed[0] == proposed[-1] == '"':
        proposed = proposed[1:-1].strip()
    if not proposed:
        return Unreadable("is empty")
    if len(proposed) > max_length:
        return Unreadable(f"has {len(proposed)} characters; at most {max_length} are allowed")
    return proposed


def _without_wrapping(text: str) -> str:
    """The answer inside JSON, or the text itself."""
    stripped = re.sub(r"^```(?:json)?|```$", "", text.strip()).strip()
    if stripped.startswith("{"):
        try:
            content = json.loads(stripped)
        except ValueError:
            return text
        if isinstance(content, dict) and isinstance(content.get("answer"), str):
            return str(content["answer"])
    return text


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    folded = LEAD.sub("", folded)
    return re.sub(r"^[\W_]+|[\W_]+$", "", folded)


def _mentioned(plain: str, options: Mapping[str, str]) -> list[str]:
    """The options named as whole words; a short one inside a longer one that is named does not count."""
    rest, found = plain, []
    for option, word in sorted(options.items(), key=lambda entry: -len(entry[1])):
        # A key such as "a" is a word of the language too: it counts only at the start.
        pattern = (
            rf"^{re.escape(word)}(?=[).:]|\s*$)" if len(word) < 2 else rf"(?<!\w){re.escape(word)}(?!\w)"
        )
        if word and re.search(pattern, rest):
            found.append(option)
            rest = re.sub(pattern, " ", rest)
    return found


def _alike(plain: str, word: str) -> bool:
    if len(plain) >= 3 and word.startswith(plain):
        return True  # cut off by the token limit
    return len(word) > 2 and difflib.SequenceMatcher(None, plain, word).ratio() >= FUZZY_AT


def _excerpt(text: str) -> str:
    short = " ".join(text.split())
    return repr(short if len(short) <= 120 else short[:120] + "...")

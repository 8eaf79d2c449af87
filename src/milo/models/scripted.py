"""A model that answers by rules a researcher writes down: to try milo, and to test it, without a model."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import math
import random
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import ModelReply, ModelRequest, Piece, TokenLogprob, pieces_of_reply
from milo.core.model_config import ModelConfig
from milo.models.parameters import read_parameters

Json = Mapping[str, Any]  # Any: rules are free JSON until `read_rule` checks them

OPTION_LINE = re.compile(r"^([A-Z])[.):] (.+)$", re.MULTILINE)
BLOCK = re.compile(r'^("{3,})\n(.*?)\n\1$', re.MULTILINE | re.DOTALL)
LEAST_LOGPROB = -20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What to answer when both patterns are found, case ignored."""

    when: str = ""  # regular expression, searched in the item's text
    question: str = ""  # regular expression, searched in the rest of the last message
    answers: Mapping[str, float] | None = None  # option words and their weights
    text: str | None = None
    fail: Literal["transient", "permanent"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Rules in order, the first that fits decides; and how the model behaves."""

    rules: tuple[Json, ...] = ()
    default: Mapping[str, Any] = field(default_factory=lambda: {"answers": {"Yes": 0.5, "No": 0.5}})
    latency_ms: float = 0.0
    logprobs: bool = True
    fail_every: int = 0  # each n-th request fails, as a busy server would; 0: none


class Scripted:
    """Rules as a model. The same request always gets the same reply."""

    def __init__(self, config: ModelConfig) -> None:
        self._script = read_parameters(Script, config.params, provider="scripted")
        self._rules = tuple(read_rule(rule) for rule in (*self._script.rules, self._script.default))
        self.name = config.name
        digest = hashlib.sha256(json.dumps(dict(config.params), sort_keys=True).encode()).hexdigest()
        self.version = f"{config.model}:{digest[:12]}"
        self._calls = itertools.count(1)

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The reply of the first rule that fits."""
        await asyncio.sleep(self._script.latency_ms / 1000)
        if self._script.fail_every and next(self._calls) % self._script.fail_every == 0:
            raise ModelFailure(f"{self.name} is busy (fail_every)", transient=True, retry_after=0.0)
        reply = reply_by_rules(self._rules, request, name=self.name)
        listed = reply.top_logprobs if self._script.logprobs else None
        return replace(reply, model=self.version, latency_ms=self._script.latency_ms, top_logprobs=listed)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        """The reply word by word."""
        for piece in pieces_of_reply(await self.ask(request)):
            yield piece

    async def close(self) -> None:
        """Nothing to let go of."""


def read_rule(rule: object) -> Rule:
    """A rule from its JSON; refuses unknown keys, bad patterns, bad weights, and a rule without an answer.

    >>> read_rule({"when": "love|great", "answers": {"Positive": 0.9, "Negative": 0.1}}).when
    'love|great'
    """
    if not isinstance(rule, Mapping):
        raise InvalidInput(f"a rule of a scripted model is {rule!r}; it must be an object")
    checked = read_parameters(Rule, rule, provider="scripted rule")
    given = [name for name in ("answers", "text", "fail") if getattr(checked, name) is not None]
    if len(given) != 1:
        raise InvalidInput(
            f"the rule {dict(rule)!r} has {' and '.join(given) or 'no answer'}; "
            "it must have exactly one of answers, text, fail"
        )
    for name in ("when", "question"):
        try:
            re.compile(getattr(checked, name))
        except re.error as error:
            raise InvalidInput(
                f"{name!r} of a rule is {getattr(checked, name)!r}, which is no regular expression: {error}"
            ) from error
    _check_answers(checked)
    return checked


def _check_answers(rule: Rule) -> None:
    if rule.fail not in (None, "transient", "permanent"):
        raise InvalidInput(f"'fail' of a rule is {rule.fail!r}; it must be 'transient' or 'permanent'")
    if rule.answers is None:
        return
    answers: object = rule.answers  # still JSON: anything may stand there
    weights = list(answers.values()) if isinstance(answers, Mapping) else [None]
    numbers = [weight for weight in weights if isinstance(weight, int | float) and weight >= 0]
    if len(numbers) < len(weights) or sum(numbers) <= 0:
        raise InvalidInput(
            f"'answers' of a rule is {rule.answers!r}; it must give each option word a weight of 0 or more, "
            'such as {"Yes": 0.8, "No": 0.2}'
        )


def reply_by_rules(rules: Sequence[Rule], request: ModelRequest, *, name: str) -> ModelReply:
    """The reply of the first rule whose patterns are found; raises `ModelFailure` where it says so."""
    item, rest = item_and_rest(request)
    rule = next((rule for rule in rules if _fits(rule, item, rest)), rules[-1])
    if rule.fail is not None:
        raise ModelFailure(
            f"{name} fails here by its script", transient=rule.fail == "transient", retry_after=0.0
        )
    candidates: tuple[TokenLogprob, ...] = ()
    if rule.answers is not None:
        candidates = _candidates(rule.answers, {word: key for key, word in OPTION_LINE.findall(rest)})
    text = rule.text if rule.text is not None else _pick(candidates, request)
    if request.json_schema is not None and rule.text is None:
        text = json.dumps({"answer": text}, ensure_ascii=False)
    words = sum(len(message.text.split()) for message in request.messages)
    return ModelReply(
        text=text,
        top_logprobs=_listed(candidates, text, request),
        input_tokens=words,
        output_tokens=len(text.split()),
        evaluated_tokens=words,
        cost_usd=0.0,
        latency_ms=0.0,
        finish_reason="stop",
        model=name,
    )


def item_and_rest(request: ModelRequest) -> tuple[str, str]:
    """What `when` is searched in, and what `question` is: the item, and the rest of the last message.

    The item stands in user messages of its own, as of a judge, or in triple-quoted blocks of the last one.
    """
    *earlier, last = [message.text for message in request.messages if message.role == "user"]
    return ("\n".join(earlier), last) if earlier else split_item(last)


def split_item(prompt: str) -> tuple[str, str]:
    '''The text in triple-quoted blocks, and the rest; a prompt without blocks counts as both.

    >>> split_item('### Text:\\n"""\\nI love it\\n"""\\nIs it good?')
    ('I love it', '### Text:\\n\\nIs it good?')
    '''
    blocks = BLOCK.findall(prompt)
    if not blocks:
        return prompt, prompt
    return "\n".join(text for _, text in blocks), BLOCK.sub("", prompt)


def _fits(rule: Rule, item: str, rest: str) -> bool:
    return bool(_pattern(rule.when).search(item) and _pattern(rule.question).search(rest))


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _candidates(answers: Mapping[str, float], keys: Mapping[str, str]) -> tuple[TokenLogprob, ...]:
    """Option words with their log-probabilities, best first; as keys where the prompt lists "A. word"."""
    total = sum(answers.values())
    found = [
        TokenLogprob(keys.get(word, word), math.log(weight / total) if weight > 0 else LEAST_LOGPROB)
        for word, weight in answers.items()
    ]
    return tuple(sorted(found, key=lambda candidate: -candidate.logprob))


def _pick(candidates: tuple[TokenLogprob, ...], request: ModelRequest) -> str:
    """The best candidate at temperature 0, else one drawn by its weight: always the same for a request."""
    if request.temperature == 0:
        return candidates[0].token
    seed = f"{request.seed}/{request.sample}/{request.messages[-1].text}"
    weights = [math.exp(candidate.logprob / request.temperature) for candidate in candidates]
    return random.Random(seed).choices([c.token for c in candidates], weights)[0]


def _listed(
    candidates: tuple[TokenLogprob, ...], text: str, request: ModelRequest
) -> tuple[tuple[TokenLogprob, ...], ...] | None:
    if request.top_logprobs is None:
        return None
    first = candidates or (TokenLogprob(text.split(maxsplit=1)[0] if text.strip() else "", 0.0),)
    return (first[: request.top_logprobs],)

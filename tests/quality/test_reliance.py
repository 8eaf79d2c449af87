from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.quality.reliance import Aligned, align, edit_distance, words_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "known_answers" / "alignment.json").read_text("utf-8")
)["cases"]
WORDS = st.lists(st.sampled_from(["red", "bands", "stand", "out", "well"]), max_size=14)
TEXTS = WORDS.map(" ".join)
DRAFTS = st.lists(TEXTS, max_size=3).map(lambda texts: list(enumerate(texts, 1)))


def drafts_of(case: dict[str, Any]) -> list[tuple[int, str]]:
    return [(draft["id"], draft["text"]) for draft in case["drafts"]]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_shares_and_distances_worked_out_by_hand(case: dict[str, Any]) -> None:
    found = align(case["final"], drafts_of(case))
    assert (round(found.share, 6), found.edit_distance) == (case["share"], case["edit_distance"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_blocks_worked_out_by_hand_hold_the_words_that_came_from_drafts(case: dict[str, Any]) -> None:
    final, drafts = words_of(case["final"]), dict(drafts_of(case))
    place, words = 0, 0
    for block in case["blocks"]:
        assert words_of(block["text"]) == words_of(block["draft_text"])
        assert block["draft_text"] in drafts[block["draft"]]
        place = case["final"].index(block["text"], place) + len(block["text"])
        words += len(words_of(block["text"]))
    assert words == round(case["share"] * len(final))


def slow_share(final: str, drafts: list[tuple[int, str]]) -> float:
    """Every run of every length looked for in every draft."""
    words = words_of(final)
    covered = set()
    for _, text in drafts:
        draft = words_of(text)
        if len(words) < 3 and words == draft:
            covered |= set(range(len(words)))
        for start in range(len(words)):
            for end in range(start + 3, len(words) + 1):
                run = words[start:end]
                if any(draft[place : place + len(run)] == run for place in range(len(draft))):
                    covered |= set(range(start, end))
    return len(covered) / len(words) if words else 0.0


def slow_distance(one: list[str], other: list[str]) -> int:
    """The table of Wagner and Fischer, cell by cell."""
    above = list(range(len(other) + 1))
    for row, word in enumerate(one, 1):
        here = [row]
        for column, said in enumerate(other, 1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (word != said)))
        above = here
    return above[-1]


@given(TEXTS, DRAFTS)
def test_the_share_equals_that_of_looking_for_every_run(final: str, drafts: list[tuple[int, str]]) -> None:
    found = align(final, drafts)
    assert found.share == slow_share(final, drafts)
    assert 0 <= found.share <= 1
    assert (found.share == 0) == (found.draft is None) == (found.edit_distance is None)


@given(WORDS, WORDS)
def test_the_edit_distance_equals_that_of_the_whole_table(one: list[str], other: list[str]) -> None:
    assert edit_distance(one, other) == slow_distance(one, other) == edit_distance(other, one)


@given(st.text(max_size=60))
def test_a_text_is_all_of_itself(text: str) -> None:
    found = align(text, [(1, text)])
    assert found == (Aligned(found.words, 1.0, 1, 0) if found.words else Aligned(0, 0.0, None, None))


@given(TEXTS, DRAFTS, TEXTS)
def test_one_more_draft_never_makes_the_share_smaller(
    final: str, drafts: list[tuple[int, str]], more: str
) -> None:
    assert align(final, [*drafts, (9, more)]).share >= align(final, drafts).share


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_plain_text_has_the_same_words_beside_other_letters(text: str) -> None:
    assert words_of(text + " é") == (*words_of(text), "é")


@given(st.text(max_size=60))
def test_words_are_the_same_in_capitals(text: str) -> None:
    lowered = [word for word in words_of(text) if word.islower()]
    assert words_of(" ".join(lowered).upper()) == words_of(" ".join(lowered))

"""Published judges against people, and published scores, computed again from the raw data.

Data: LLMBar (arXiv 2310.07641, MIT licence), PandaLM (arXiv 2306.05087, Apache-2.0), Prometheus (arXiv
2310.08491, Apache-2.0) and the MQM ratings of TED talks, English to German (arXiv 2104.14478, Apache-2.0).
The files hold about half of the published items.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric, score
from milo.roles import judge
from milo.roles.contradiction import contradiction
from tests.roles.judge_builders import reply_with

Row = Mapping[str, Any]  # a line of the data sets, as it is
Data = Callable[[str], Path]

#: Points off for an error, by severity (README of the data).
MAX_SCORE = 25.0
MQM = Rubric(
    name="mqm",
    title="MQM",
    threshold=20.0,
    max_score=MAX_SCORE,
    errors=(
        ErrorCategory(name="non_translation", title="Not a translation", penalty=25.0),
        ErrorCategory(name="major", title="Major", penalty=5.0),
        ErrorCategory(name="minor", title="Minor", penalty=1.0),
        ErrorCategory(name="minor_punctuation", title="Minor, punctuation", penalty=0.1),
        ErrorCategory(name="neutral", title="Neutral", penalty=0.0),
    ),
)


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def vanilla(row: Row, model: str) -> Row:
    """What the model said with the prompt Vanilla."""
    return next(one for one in row["judges"] if (one["model"], one["prompt"]) == (model, "Vanilla"))


@pytest.mark.parametrize(
    ("model", "orig", "swap", "inconsistent"),
    [("GPT-4", 0.8209, 0.8557, 0.0547), ("PaLM2", 0.6816, 0.6866, 0.3035)],
)
def test_llmbar_judges_agree_with_people_as_published(
    data_folder: Data, model: str, orig: float, swap: float, inconsistent: float
) -> None:
    rows = rows_of(data_folder("llmbar") / "items.jsonl")
    pairs = [(str(row["human_label"]), vanilla(row, model)) for row in rows]
    assert len(pairs) == 201
    assert round(fmean(human == said["orig"] for human, said in pairs), 4) == orig
    assert round(fmean(human == said["swap"] for human, said in pairs), 4) == swap
    assert round(fmean(said["orig"] != said["swap"] for _, said in pairs), 4) == inconsistent


@pytest.mark.parametrize(
    ("model", "agreement", "n"), [("gpt-3.5-turbo", 0.7068, 498), ("pandalm-7b", 0.6452, 513)]
)
def test_pandalm_judges_agree_with_the_majority_of_three_as_published(
    data_folder: Data, model: str, agreement: float, n: int
) -> None:
    pairs = []
    for row in rows_of(data_folder("pandalm") / "items.jsonl"):
        (label, votes), *_ = Counter(row["annotations"].values()).most_common(1)
        said = row["judges"][model]["label"]
        if votes >= 2 and said is not None:
            pairs.append((label, said))
    assert len(pairs) == n
    assert round(fmean(people == said for people, said in pairs), 4) == agreement


def mqm_category(error: Row) -> str:
    """The error category of the rubric a marked error counts for."""
    if error["category"].startswith("Non-translation"):
        return "non_translation"
    if error["severity"] == "Minor" and error["category"] == "Fluency/Punctuation":
        return "minor_punctuation"
    return str(error["severity"]).casefold()


def test_the_scores_of_fourteen_translation_systems_are_the_published_ones(data_folder: Data) -> None:
    folder = data_folder("mqm_ted")
    published = json.loads((folder / "system_scores_computed.json").read_text("utf-8"))
    points_off = defaultdict(list)
    for row in rows_of(folder / "segments.jsonl"):
        counts = Counter(mqm_category(error) for error in row["errors"])
        found = score(MQM, {}, {error.name: counts[error.name] for error in MQM.errors})
        points_off[row["system"]].append(MAX_SCORE - found.raw)
    assert len(published) == 14
    assert {system: round(fmean(off), 3) for system, off in points_off.items()} == published


def better_output() -> judge.Judging:
    """LLMBar's question as a criterion with two grades."""
    grades = (Grade(name="a", label="Output (a)", level=1), Grade(name="b", label="Output (b)", level=2))
    criterion = Criterion(name="better", title="Which output is better?", weight=1.0, grades=grades)
    return judge.Judging(
        description="",
        subject=(),
        questions=(),
        rubrics=(Rubric(name="r", title="R", threshold=0.0, criteria=(criterion,)),),
        logprobs=False,
    )


def texts_of(rows: list[Row], prompt: str) -> list[tuple[str, str | None]]:
    """Each raw reply to the prompt, with the output it prefers as published (the order taken back)."""
    found = []
    for row in rows:
        for said in row["judges"]:
            if said["prompt"] == prompt and "text_orig" in said:
                found.append((said["text_orig"], {"1": "a", "2": "b"}.get(said["orig"])))
                found.append((said["text_swap"], {"1": "b", "2": "a"}.get(said["swap"])))
    return found


def test_short_replies_of_three_published_judges_are_read_as_published(data_folder: Data) -> None:
    replies = texts_of(rows_of(data_folder("llmbar") / "items.jsonl"), "Vanilla")
    read = [judge.read(better_output(), "better", reply_with(text)).grade for text, _ in replies]
    assert len(replies) == 1206
    assert read == [label for _, label in replies]


def test_a_grade_is_never_guessed_from_a_reply_that_reasons_first(data_folder: Data) -> None:
    replies = texts_of(rows_of(data_folder("llmbar") / "items.jsonl"), "CoT")
    verdicts = [(judge.read(better_output(), "better", reply_with(text)), label) for text, label in replies]
    assert len(verdicts) == 1206
    wrong = [(verdict, label) for verdict, label in verdicts if verdict.grade not in (None, label)]
    assert wrong == []
    assert {verdict.status for verdict, _ in verdicts} <= {"ok", "unreadable"}
    assert sum(verdict.status == "unreadable" for verdict, _ in verdicts) > 1000


@pytest.mark.parametrize("labels", [("1", "2", "3", "4", "5"), ("Bad", "Poor", "Fair", "Good", "Excellent")])
def test_no_published_explanation_is_taken_for_a_contradiction(
    data_folder: Data, labels: tuple[str, ...]
) -> None:
    grades = tuple(Grade(name=f"level{n}", label=label, level=n) for n, label in enumerate(labels, start=1))
    criterion = Criterion(name="c", title="C", weight=1.0, grades=grades)
    rows = rows_of(data_folder("rubric_gpt4") / "items.jsonl")
    flagged = [
        row["id"]
        for row in rows
        if contradiction(criterion, f"level{int(row['gpt4_scores'][0])}", row["gpt4_feedback"])
    ]
    assert len(rows) == 160
    assert flagged == []

"""What the demo ships fits the templates it is labeled with, and is as much and as varied as it says."""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from milo.core.answer import check_answers
from milo.core.assistant_policy import assistant_faults
from milo.core.project import ProjectSpec
from milo.core.questions import Answer, OptionQuestion, Question
from milo.core.rubric import Criterion, parts_of
from milo.demo import story as demo_story
from milo.formats import rubric_yaml
from milo.formats.milo_yaml import template, templates
from milo.models import catalog
from milo.models.replay import read_recording

CONTENT = Path(str(files("milo"))) / "demo" / "content"
NAMES = [
    *("answer_given_questions", "comment_classification", "next_turn", "preference_pairs"),
    *("review_sentiment", "writing_answers", "yes_no_check"),
]
FILES = ["reviews.jsonl", "comments.jsonl", "written_answers.jsonl"]

#: Columns of an item file that are not fields of the subject.
ABOUT_THE_ITEM = {"id", "category", "language", "gold"}

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (CONTENT / name).read_text(encoding="utf-8").splitlines()]


def answers(questions: tuple[Question, ...], plain: dict[str, Any]) -> dict[str, Answer]:
    kinds = {question.name: question.kind for question in questions}
    adapter: TypeAdapter[Answer] = TypeAdapter(Answer)
    return {
        name: adapter.validate_python({"kind": kinds[name], "value": value}) for name, value in plain.items()
    }


def story() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CONTENT / "story.yaml").read_text(encoding="utf-8"))
    return found


def items_of(project: str) -> dict[str, Row]:
    file = next(entry["items"] for entry in story()["projects"] if entry["key"] == project)
    return {row["id"]: row for row in rows(file)}


def spec_of(project: str) -> ProjectSpec:
    return demo_story.spec(next(e for e in story()["projects"] if project in (e["key"], e["items"])))


def questions_of(project: str) -> tuple[Question, ...]:
    return spec_of(project).questions


def text_of(row: Row) -> str:
    text: str = row.get("comment") or row.get("notice") or row["text"]
    return text


def test_the_templates_are_projects_without_faults() -> None:
    assert list(templates()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_template_has_a_task_a_workflow_and_a_section_for_each_choice(name: str) -> None:
    spec = template(name)
    kinds = Counter(section.kind for section in spec.guideline.sections)
    explained = {section.question for section in spec.guideline.sections if section.kind == "question"}
    with_options = {question.name for question in spec.questions if question.kind != "text"}
    assert (kinds["task"], kinds["workflow"]) == (1, 1)
    assert with_options <= explained
    assert kinds["example"] >= 1


@pytest.mark.parametrize("name", NAMES)
def test_the_guideline_names_every_option_by_the_label_annotators_see(name: str) -> None:
    spec = template(name)
    for question in spec.questions:
        if not isinstance(question, OptionQuestion):
            continue
        body = " ".join(
            section.body
            for section in spec.guideline.sections
            if section.question == question.name and section.kind == "question"
        )
        missing = [option.label for option in question.options if f"**{option.label}**" not in body]
        assert not missing, f"{name}, question {question.name}: no definition of {missing}"


@pytest.mark.parametrize(
    ("name", "rubric"),
    [
        ("writing_answers", "vqa_answers"),
        ("answer_given_questions", "vqa_answers"),
        ("next_turn", "answer_quality"),
    ],
)
def test_a_writing_project_comes_with_the_rubric_its_answers_are_reviewed_by(name: str, rubric: str) -> None:
    assert template(name).rubrics == (rubric_yaml.templates()[rubric],)


@pytest.mark.parametrize("name", ["writing_answers", "answer_given_questions", "next_turn"])
def test_a_writing_project_begins_without_an_assistant_and_is_ready_for_one(name: str) -> None:
    spec = template(name)
    assert spec.settings.assistant.model is None
    ready = replace(spec.settings.assistant, model="any")
    assert assistant_faults(ready, [field.name for field in spec.subject], spec.questions) == []


def test_comment_classification_asks_the_questions_of_the_paper() -> None:
    relevance, characteristics, civil = template("comment_classification").questions
    assert (relevance.kind, characteristics.kind, civil.kind) == ("choice", "choices", "choice")
    asked = (relevance, characteristics, civil)
    assert [len(q.options) for q in asked if isinstance(q, OptionQuestion)] == [3, 7, 2]
    assert characteristics.kind == "choices"
    assert [option.name for option in characteristics.options if option.exclusive] == ["none"]


@pytest.mark.parametrize("file", FILES)
def test_every_field_is_declared_and_every_required_one_is_there(file: str) -> None:
    subject = spec_of(file).subject
    declared = {field.name for field in subject}
    for row in rows(file):
        fields = row.keys() - ABOUT_THE_ITEM
        assert fields <= declared, f"{row['id']} has undeclared {sorted(fields - declared)}"
        for field in subject:
            assert not field.required or row.get(field.name, "").strip(), f"{row['id']} lacks {field.name}"


@pytest.mark.parametrize("file", FILES)
def test_ids_and_texts_are_unique_and_texts_are_normalised(file: str) -> None:
    found = rows(file)
    assert len({row["id"] for row in found}) == len(found)
    texts = [text_of(row) for row in found]
    assert len(set(texts)) == len(found)
    assert [t for t in texts if unicodedata.normalize("NFC", t) != t or t != t.strip()] == []


@pytest.mark.parametrize(
    ("file", "name"), [("reviews.jsonl", "review_sentiment"), ("comments.jsonl", "comment_classification")]
)
def test_gold_answers_fit_the_questions_completely(file: str, name: str) -> None:
    questions = template(name).questions
    for row in rows(file):
        if "gold" in row:
            check_answers(questions, answers(questions, row["gold"]))


@pytest.mark.parametrize(
    ("file", "name"), [("reviews.jsonl", "review_sentiment"), ("comments.jsonl", "comment_classification")]
)
def test_no_example_of_the_guideline_gives_an_item_away(file: str, name: str) -> None:
    spec = template(name)
    examples = [text for section in spec.guideline.sections for text in re.findall('"([^"]+)"', section.body)]
    for question in spec.questions:
        if isinstance(question, OptionQuestion):
            examples += [text for option in question.options for text in option.examples]
    told = {run for text in examples for run in _runs_of_words(text)}
    for row in rows(file):
        shared = _runs_of_words(row.get("comment") or row["text"]) & told
        assert not shared, f"{row['id']} shares {sorted(shared)} with an example"


def _runs_of_words(text: str) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + 4]) for i in range(len(words) - 3)}


def test_reviews_are_as_often_positive_as_negative_one_breaks_off_and_ten_of_each_side_have_gold() -> None:
    meant = json.loads((Path(__file__).parent / "review_key.json").read_text(encoding="utf-8"))
    found = rows("reviews.jsonl")
    gold = {row["id"]: row["gold"]["sentiment"] for row in found if "gold" in row}
    assert Counter(meant[row["id"]] for row in found) == {"positive": 30, "negative": 29, "breaks off": 1}
    assert Counter(gold.values()) == {"positive": 10, "negative": 10}
    assert {id: meant[id] for id in gold} == gold
    assert Counter(row["category"] for row in found) == {"product": 20, "film": 20, "restaurant": 20}


def test_twenty_four_comments_have_gold_and_the_live_ones_have_none() -> None:
    found = rows("comments.jsonl")
    comments = next(entry for entry in story()["projects"] if entry["key"] == "comments")
    assert len(found) == 30
    assert [row["id"] for row in found if "gold" not in row] == comments["live"]
    assert len(comments["live"]) == 6


def test_every_option_is_the_gold_answer_of_some_comment() -> None:
    gold = [row["gold"] for row in rows("comments.jsonl") if "gold" in row]
    for question in template("comment_classification").questions:
        assert isinstance(question, OptionQuestion)
        used = {name for answer in gold for name in _names(answer[question.name])}
        assert used == {option.name for option in question.options}


def _names(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_comments_show_other_scripts_and_directions() -> None:
    found = rows("comments.jsonl")
    assert {row["language"] for row in found} == {"en", "de", "es", "ar", "ja"}
    directions = {unicodedata.bidirectional(row["comment"][0]) for row in found}
    assert {"L", "AL"} <= directions
    assert any(ord(character) > 0xFFFF for row in found for character in row["comment"])


def test_every_picture_is_a_small_png_that_an_item_describes() -> None:
    shown = {row["image"]: row.get("image_description") for row in rows("comments.jsonl") if "image" in row}
    shipped = {path.name: path.read_bytes() for path in (CONTENT / "pictures").iterdir()}
    assert shown.keys() == shipped.keys()
    assert 8 <= len(shipped) <= 10
    assert all(shown.values())
    for name, data in shipped.items():
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), name
        assert struct.unpack(">II", data[16:24]) == (640, 400), name
        assert len(data) <= 40_000, f"{name} has {len(data)} bytes"


def test_every_answer_of_the_story_could_have_been_submitted() -> None:
    for answer in story()["answers"]:
        assert answer["item"] in items_of(answer["project"])
        questions = questions_of(answer["project"])
        check_answers(questions, answers(questions, answer["answers"]))
        assert 0 < answer["active_seconds"] <= 60


def test_nobody_answers_an_item_twice_or_beyond_its_overlap() -> None:
    taken = [(entry["project"], entry["item"], entry["by"]) for entry in _work()]
    assert len(taken) == len(set(taken))
    for (project, item), count in Counter((project, item) for project, item, _ in taken).items():
        assert count <= spec_of(project).settings.overlap, f"{item} has {count} answers"


def test_the_second_annotator_has_done_eleven_reviews_and_fourteen_comments() -> None:
    done = Counter((entry["project"], entry["by"]) for entry in story()["answers"])
    assert done[("reviews", "second_annotator")] == 11
    assert done[("comments", "second_annotator")] == 14


def test_each_annotator_takes_the_items_of_a_project_from_the_first_on() -> None:
    for project in ("reviews", "comments"):
        order = list(items_of(project))
        for person in ("first_annotator", "second_annotator"):
            done = {e["item"] for e in _work() if (e["project"], e["by"]) == (project, person)}
            assert done == set(order[: len(done)])


def test_each_annotator_wrote_six_answers_and_four_questions_are_left() -> None:
    given = [entry["item"] for entry in story()["answers"] if entry["project"] == "written"]
    assert given == list(items_of("written"))[:12]
    assert len(items_of("written")) == 16
    done = Counter(entry["by"] for entry in story()["answers"] if entry["project"] == "written")
    assert done == {"first_annotator": 6, "second_annotator": 6}


def test_the_auditor_of_the_story_grades_every_part_of_the_rubric_and_says_why_it_is_bad() -> None:
    (rubric,) = spec_of("written").rubrics
    parts = {part.name: part for part in parts_of(rubric)}
    for step in story()["quality"]:
        if step["do"] != "review":
            continue
        assert step["grades"].keys() == parts.keys()
        bad = {
            name
            for name, found in step["grades"].items()
            if (found > 0 if isinstance(found, int) else _level(parts[name], found) < 3)
        }
        assert step.get("reasons", {}).keys() == bad, step["item"]


def test_the_judge_of_the_policy_is_the_model_that_is_there_after_make_demo() -> None:
    assert spec_of("written").settings.review.judge == catalog.KNOWN[catalog.DEFAULT].title


def test_every_verdict_of_the_story_was_recorded_under_the_name_of_a_known_model() -> None:
    header, records = read_recording(demo_story.JUDGE_RECORDING)
    assert header["model"] in {weights.title for weights in catalog.KNOWN.values()}
    (rubric,) = spec_of("written").rubrics
    given = {
        entry["item"]: entry["answers"]["answer"] for entry in story()["answers"] if "wa-" in entry["item"]
    }
    mended = {step["item"]: step["answers"]["answer"] for step in story()["quality"] if step["do"] == "mend"}
    for step in story()["quality"]:
        if step["do"] != "judge":
            continue
        for item in step["items"]:
            answer = mended[item] if len(step["items"]) == 1 else given[item]
            found = {record.question for record in records if answer in record.contains}
            assert found == {part.name for part in parts_of(rubric)}, item


def _level(part: object, grade: str) -> int:
    assert isinstance(part, Criterion)
    return part.grade(grade).level


def test_the_disagreement_follows_from_the_answers() -> None:
    (disagreement,) = story()["disagreements"]
    given = {
        entry["by"]: entry["answers"][disagreement["question"]]
        for entry in story()["answers"]
        if entry["item"] == disagreement["item"]
    }
    assert given == {person: disagreement[person] for person in ("first_annotator", "second_annotator")}
    assert len(set(given.values())) == 2


def test_the_rejections_the_inquiry_and_the_failed_call_point_at_real_things() -> None:
    rejections, (inquiry,), (failed,) = (
        story()[part] for part in ("rejections", "inquiries", "failed_calls")
    )
    assert {rejection["project"] for rejection in rejections} == {"reviews", "comments"}
    for rejection in rejections:
        assert rejection["reason"] in {"language", "rendering", "context", "other"}
        assert rejection["item"] not in {entry["item"] for entry in story()["answers"]}
    for entry in (*rejections, inquiry, failed):
        assert entry["item"] in items_of(entry["project"])
    for entry in (inquiry, failed):
        assert entry["question"] in {question.name for question in questions_of(entry["project"])}
    assert inquiry["clause"].keys() == {"section_id", "title", "body"}
    live = next(e for e in story()["projects"] if e["key"] == failed["project"])["live"]
    assert failed["item"] not in live


def _work() -> list[dict[str, Any]]:
    return [*story()["answers"], *story()["rejections"]]

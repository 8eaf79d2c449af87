from __future__ import annotations

import pytest

from milo.core.rubric import score
from milo.formats import rubric_yaml

ANSWER_QUALITY = rubric_yaml.TEMPLATES.joinpath("answer_quality.yaml").read_text("utf-8")


def line_of(text: str, found: str) -> int:
    lines = text.splitlines()
    return lines.index(next(line for line in lines if found in line)) + 1


@pytest.mark.parametrize("name", ["answer_quality", "mqm_errors", "vqa_answers"])
def test_a_template_fits_any_project_and_survives_being_written(name: str) -> None:
    rubric = rubric_yaml.templates()[name]
    assert rubric_yaml.check(rubric_yaml.write([rubric]), [], []).rubrics == (rubric,)


def test_all_templates_go_together() -> None:
    rubrics = tuple(rubric_yaml.templates().values())
    assert rubric_yaml.check(rubric_yaml.write(rubrics), [], []).rubrics == rubrics


def test_the_vqa_rubric_has_the_criteria_and_the_missing_grades_of_the_paper() -> None:
    """arXiv 2409.10702, Tables 3 and A3: Instruction-Following and Refusal have no middle grade."""
    rubric = rubric_yaml.templates()["vqa_answers"]
    levels = {one.name: [grade.level for grade in one.grades] for one in rubric.criteria}
    assert len(levels) == 8
    assert levels["instruction_following"] == levels["refusal"] == [1, 3]
    assert levels["accuracy"] == levels["comprehensiveness"] == [1, 2, 3]
    assert [one.name for one in rubric.criteria if one.allow_na] == ["refusal"]


def test_the_error_template_has_the_points_of_mqm() -> None:
    """Major 5, minor 1, punctuation 0.1, as in the data of doi:10.1162/tacl_a_00437."""
    rubric = rubric_yaml.templates()["mqm_errors"]
    none = {error.name: 0 for error in rubric.errors}
    found = none | {"mistranslation_major": 1, "spelling": 2, "punctuation": 3}
    assert score(rubric, {}, found).raw == pytest.approx(25 - 5 - 2 - 0.3)
    assert score(rubric, {}, found).status == "redo"
    assert score(rubric, {}, none | {"mistranslation_major": 1}).status == "passed"


@pytest.mark.parametrize(
    ("right", "wrong", "where", "found", "allowed"),
    [
        ("weight: 0.3", "weight: 0.4", "criteria", "sum to 1.1", "sum to 1"),
        ("weight: 0.3", "weight: heavy", "criteria.1.weight", "'heavy'", "a valid number"),
        ("threshold: 75", "threshold: 101", "threshold", "101", "at most max_score, 100"),
        ("threshold: 75", "treshold: 75", "treshold", "'treshold'", "threshold"),
        ("allow_na: true", "harshness: 6", "criteria.complete.harshness", "6", "1 (forgiving) to 5"),
        (
            "label: Gaps, level: 1",
            "label: Gaps, level: 2",
            "criteria.complete.grades",
            "level 2 twice",
            "once",
        ),
        ("label: Gaps, level", "lable: Gaps, level", "criteria.2.grades.0.lable", "'lable'", "label, level"),
        (
            "give this answer.",
            "give {{answer}}.",
            "criteria.correct.definition",
            "{{answer}}",
            "text, sentiment",
        ),
    ],
)
def test_a_fault_names_line_value_found_and_what_is_allowed(
    right: str, wrong: str, where: str, found: str, allowed: str
) -> None:
    text = ANSWER_QUALITY.replace(right, wrong, 1)
    checked = rubric_yaml.check(text, ["text"], ["sentiment"])
    assert checked.rubrics is None
    fault = next(fault for fault in checked.faults if fault.where == where)
    assert found in fault.found
    assert allowed in fault.allowed
    at = "criteria:" if where == "criteria" else "grades:" if where.endswith("grades") else wrong
    if where == "criteria.complete.grades":
        assert fault.line is not None
        assert fault.line > line_of(text, "name: complete\n".strip())
    else:
        assert fault.line == line_of(text, at)


def test_a_file_of_several_rubrics_names_the_line_too() -> None:
    text = rubric_yaml.write(rubric_yaml.templates().values()).replace("threshold: 20", "threshold: 26")
    (fault,) = rubric_yaml.check(text, [], []).faults
    assert fault.where == "rubrics.mqm_errors.threshold"
    assert fault.line == line_of(text, "threshold: 26")


def test_fields_and_questions_of_the_project_may_be_named() -> None:
    text = ANSWER_QUALITY.replace("give this answer.", "give {{sentiment}} for {{ text }}.", 1)
    assert rubric_yaml.check(text, ["text"], ["sentiment"]).faults == ()


@pytest.mark.parametrize("text", ["", "[]", "just words", "rubrics: []", "rubrics: {a: 1}", "a: [", "? {}"])
def test_what_is_no_rubric_is_a_fault_or_none(text: str) -> None:
    checked = rubric_yaml.check(text, [], [])
    assert checked.rubrics == () if text == "rubrics: []" else checked.rubrics is None
    assert bool(checked.faults) == (text != "rubrics: []")

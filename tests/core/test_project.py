"""A project's specification is checked as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from milo.core.errors import InvalidInput
from milo.core.guideline import Guideline, Section, changes
from milo.core.project import ProjectSpec, Settings, SubjectField, check_spec
from milo.core.questions import ChoiceQuestion, Option, ShownIf, TextQuestion

YES_NO = (Option(name="yes", label="Yes"), Option(name="no", label="No"))
SPEC = ProjectSpec(
    name="Reviews",
    subject=(SubjectField(name="text", title="Review"),),
    questions=(ChoiceQuestion(name="good", title="Is it good?", options=YES_NO),),
)


def faults_of(spec: ProjectSpec) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        check_spec(spec)
    return [str(fault) for fault in caught.value.faults]


def test_a_small_project_is_accepted() -> None:
    check_spec(SPEC)


def test_a_question_cannot_depend_on_a_later_one_or_on_an_option_that_is_not_there() -> None:
    late = TextQuestion(name="why", title="Why?", shown_if=ShownIf(question="best", any_of=("yes",)))
    assert faults_of(replace(SPEC, questions=(*SPEC.questions, late))) == [
        "questions.why.shown_if.question: found 'best'; allowed: an earlier question with options: good"
    ]
    wrong = replace(late, shown_if=ShownIf(question="good", any_of=("maybe",)))
    assert faults_of(replace(SPEC, questions=(*SPEC.questions, wrong))) == [
        "questions.why.shown_if.any_of: found 'maybe'; allowed: any of yes, no"
    ]


def test_names_options_and_keys_stand_once() -> None:
    twice = ChoiceQuestion(
        name="Good!",
        title="?",
        options=(Option(name="yes", label="Yes", key="y"), Option(name="yes", label="", key="y")),
    )
    faults = faults_of(replace(SPEC, questions=(twice,)))
    assert any("'Good!'" in fault for fault in faults)
    assert any("name 'yes' twice" in fault for fault in faults)
    assert any("key 'y' twice" in fault for fault in faults)
    assert any("a label to show" in fault for fault in faults)


def test_settings_outside_their_range_are_named_with_the_range() -> None:
    spec = replace(SPEC, settings=Settings(overlap=0, preselect_at=1.5))
    assert faults_of(spec) == [
        "settings.overlap: found 0; allowed: 1 to 50",
        "settings.preselect_at: found 1.5; allowed: 0 to 1",
    ]


def test_a_guideline_section_about_an_unknown_question_is_refused() -> None:
    guideline = Guideline(sections=(Section(id="tone", title="Tone", body="...", question="tone"),))
    assert faults_of(replace(SPEC, guideline=guideline)) == [
        "guideline.tone.question: found 'tone'; allowed: one of good"
    ]


def test_changes_between_two_guidelines_name_what_came_went_and_was_reworded() -> None:
    task = Section(id="task", title="Task", body="Read it.")
    note = Section(id="note", title="Note", body="Old.")
    clause = Section(id="clause", title="Clause", body="New.")
    found = changes([task, note], [replace(task, body="Read it twice."), clause])
    assert [(c.id, c.before, c.after) for c in found] == [
        ("task", "Read it.", "Read it twice."),
        ("clause", None, "New."),
        ("note", "Old.", None),
    ]
    assert changes([task], [task]) == []

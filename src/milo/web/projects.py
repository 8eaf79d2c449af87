"""Setting a project up: templates, specification, versions of schema and guideline."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from milo.core.errors import InvalidInput
from milo.core.guideline import Guideline, Section
from milo.core.project import ProjectSpec, Reveal, SubjectField
from milo.core.questions import Question
from milo.core.rubric import Rubric
from milo.core.strict import INPUT
from milo.db import convert
from milo.db.queries import projects as project_queries
from milo.db.tables import ProjectRow
from milo.formats import milo_yaml
from milo.web.caller import Scope, Who
from milo.workflow import assign, assistant_card, judge_cards, projects, review
from milo.workflow.assistant_card import AssistantSummary

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A project to begin with."""

    name: str
    title: str
    description: str
    spec: ProjectSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlText:
    """The text of a milo.yaml."""

    __pydantic_config__ = INPUT

    yaml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFault:
    """One thing wrong with a file, with its line from 1."""

    line: int | None
    where: str
    found: str
    allowed: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSpec:
    """A project that can be created, or what is wrong."""

    spec: ProjectSpec | None
    errors: list[SpecFault]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProject:
    """A template (with an own name), a specification, or a milo.yaml: exactly one of them."""

    __pydantic_config__ = INPUT

    template: str | None = None
    name: str | None = None
    spec: ProjectSpec | None = None
    yaml: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChanges:
    """What is to be different; what is left out stays. Settings are merged one by one."""

    __pydantic_config__ = INPUT

    name: str | None = None
    description: str | None = None
    subject: tuple[SubjectField, ...] | None = None
    questions: tuple[Question, ...] | None = None
    guideline: Guideline | None = None
    rubrics: tuple[Rubric, ...] | None = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSummary:
    """A project in a list."""

    id: int
    slug: str
    name: str
    description: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """The settings an annotator works under."""

    reveal: Reveal
    preselect_at: float
    show_confidence: bool
    confirm_presses: int
    idle_gap_seconds: int
    lease_minutes: int
    daily_goal: int
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSummary:
    """What everybody knows of how answers are reviewed."""

    check: bool  # the judge may be asked before submitting
    has_judge: bool
    redo_rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineVersion:
    """The guideline as of a version."""

    version: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaVersion:
    """Questions and shown fields as of a version."""

    version: int
    subject: tuple[SubjectField, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDetail:
    """A project as its members see it."""

    id: int
    slug: str
    name: str
    description: str
    role: str
    schema_version: int
    guideline_version: int
    subject: tuple[SubjectField, ...]
    questions: tuple[Question, ...]
    guideline: GuidelineVersion
    rubrics: tuple[Rubric, ...]
    rubric_version: int
    review: ReviewSummary
    settings: WorkSettings
    assistant: AssistantSummary | None  # None: nobody drafts answers here


@router.get("/templates")
def list_templates(who: Who) -> list[Template]:
    """The templates a project can begin with."""
    with who.read() as scope:
        scope.anywhere()
    return [
        Template(name=name, title=spec.name, description=spec.description, spec=spec)
        for name, spec in milo_yaml.templates().items()
    ]


@router.post("/specs/check")
def check_spec(body: YamlText, who: Who) -> CheckedSpec:
    """What a milo.yaml says, or each fault with line, value found and what is allowed."""
    with who.read() as scope:
        scope.anywhere()
    checked = milo_yaml.check(body.yaml)
    faults = [
        SpecFault(line=f.line, where=f.where, found=f.found, allowed=f.allowed, message=str(f))
        for f in checked.faults
    ]
    return CheckedSpec(spec=checked.spec, errors=faults)


@router.get("/projects")
def list_projects(who: Who) -> list[ProjectSummary]:
    """The projects one is in; an administrator sees all."""
    with who.read() as scope:
        person = scope.anywhere()
        return [
            ProjectSummary(
                id=row.id,
                slug=row.slug,
                name=row.name,
                description=row.description,
                role=role or "researcher",
            )
            for row, role in project_queries.with_roles(scope.session, person.id, every=person.is_admin)
        ]


@router.post("/projects", status_code=201)
def create_project(body: NewProject, who: Who) -> ProjectDetail:
    """A new project from a template, a specification or a milo.yaml; one becomes its researcher."""
    with who.read() as scope:
        scope.anywhere()
    spec = _chosen_spec(body)
    with who.write() as scope:
        project = projects.create(scope.session, spec, by=scope.anywhere(), now=scope.now)
        return _detail(scope, project)


@router.get("/projects/{p}")
def read_project(p: str, who: Who) -> ProjectDetail:
    """A project with its newest questions and guideline."""
    with who.read() as scope:
        return _detail(scope, scope.project(p))


@router.patch("/projects/{p}")
def change_project(p: str, body: ProjectChanges, who: Who) -> ProjectDetail:
    """The project after the changes; new questions, guideline or rubrics are a new version."""
    with who.write() as scope:
        project = scope.project(p)
        before = projects.settings(project)
        spec = projects.merged(projects.spec_of(scope.session, project), _named(body))
        projects.change(scope.session, project, spec, by=scope.person, now=scope.now)
        judge_cards.bar_changed(scope.session, project)
        detail = _detail(scope, project)
    item: int | None = 0 if spec.settings.overlap != before.overlap else None
    while item is not None:
        with who.write() as scope:
            item = assign.fit_slots(scope.session, scope.project(p), after=item)
    answer: int | None = 0 if spec.settings.review != before.review else None
    while answer is not None:
        with who.write() as scope:
            answer = review.fit_policy(scope.session, scope.project(p), after=answer, now=scope.now)
    return detail


@router.get("/projects/{p}/spec")
def read_spec(p: str, who: Who) -> ProjectSpec:
    """The whole project as one specification."""
    with who.read() as scope:
        return projects.spec_of(scope.session, scope.project(p))


@router.get("/projects/{p}/spec.yaml", response_class=PlainTextResponse)
def read_spec_file(p: str, who: Who) -> PlainTextResponse:
    """The whole project as a milo.yaml."""
    with who.read() as scope:
        project = scope.project(p)
        text = milo_yaml.write(projects.spec_of(scope.session, project))
    name = f'attachment; filename="{project.slug}.milo.yaml"'
    return PlainTextResponse(text, headers={"Content-Disposition": name})


@router.get("/projects/{p}/schemas/{v}")
def read_schema(p: str, v: int, who: Who) -> SchemaVersion:
    """Questions and shown fields as of a version: work in progress keeps the one it began with."""
    with who.read() as scope:
        project = scope.project(p)
        return SchemaVersion(
            version=v,
            subject=projects.subject_fields(scope.session, project.id, v),
            questions=projects.questions(scope.session, project.id, v),
        )


@router.get("/projects/{p}/guidelines/{v}")
def read_guideline(p: str, v: int, who: Who) -> GuidelineVersion:
    """The guideline as of a version."""
    with who.read() as scope:
        project = scope.project(p)
        return GuidelineVersion(version=v, sections=projects.guideline_sections(scope.session, project.id, v))


def _chosen_spec(body: NewProject) -> ProjectSpec:
    given = [name for name in ("template", "spec", "yaml") if getattr(body, name) is not None]
    if len(given) != 1:
        raise InvalidInput(
            f"A project is made from exactly one of template, spec, yaml; found {', '.join(given) or 'none'}."
        )
    if body.template is not None:
        spec = milo_yaml.template(body.template)
    elif body.yaml is not None:
        spec = milo_yaml.read(body.yaml)
    else:
        assert body.spec is not None
        spec = body.spec
    return spec if body.name is None else replace(spec, name=body.name, slug="")


def _named(body: ProjectChanges) -> dict[str, Any]:
    changes: dict[str, Any] = {"settings": body.settings}
    for name, adapter in (("subject", convert.SUBJECT), ("questions", convert.QUESTIONS)):
        if getattr(body, name) is not None:
            changes[name] = convert.as_data(adapter, getattr(body, name))
    if body.rubrics is not None:
        changes["rubrics"] = convert.as_data(convert.RUBRICS, body.rubrics)
    if body.guideline is not None:
        sections = convert.as_data(convert.SECTIONS, body.guideline.sections)
        changes["guideline"] = {"sections": sections}
    for name in ("name", "description"):
        if getattr(body, name) is not None:
            changes[name] = getattr(body, name)
    return changes


def _detail(scope: Scope, project: ProjectRow) -> ProjectDetail:
    spec = projects.spec_of(scope.session, project)
    settings = spec.settings
    return ProjectDetail(
        id=project.id,
        slug=project.slug,
        name=project.name,
        description=project.description,
        role=scope.role or "researcher",
        schema_version=project.schema_version,
        guideline_version=project.guideline_version,
        subject=spec.subject,
        questions=spec.questions,
        guideline=GuidelineVersion(version=project.guideline_version, sections=spec.guideline.sections),
        rubrics=spec.rubrics,
        rubric_version=project.rubric_version,
        review=ReviewSummary(
            check=settings.review.check,
            has_judge=settings.review.judge is not None,
            redo_rounds=settings.review.redo_rounds,
        ),
        settings=WorkSettings(
            reveal=settings.reveal,
            preselect_at=settings.preselect_at,
            show_confidence=settings.show_confidence,
            confirm_presses=settings.confirm_presses,
            idle_gap_seconds=settings.idle_gap_seconds,
            lease_minutes=settings.lease_minutes,
            daily_goal=settings.daily_goal,
            paused=settings.paused,
        ),
        assistant=assistant_card.summary(scope.session, project),
    )

"""Rubrics: templates, versions with what judges achieved under each, and the file."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from milo.core.rubric import Rubric
from milo.formats import rubric_yaml
from milo.web.caller import Who
from milo.web.projects import SpecFault, YamlText
from milo.workflow import projects, rubrics
from milo.workflow.rubrics import RubricVersion, RubricVersionSummary

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricTemplate:
    """A rubric to begin with."""

    name: str
    title: str
    description: str
    rubric: Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRubrics:
    """Rubrics the project can use, or what is wrong."""

    rubrics: tuple[Rubric, ...] | None
    errors: list[SpecFault]


@router.get("/rubric-templates")
def list_rubric_templates(who: Who) -> list[RubricTemplate]:
    """The rubrics one can begin with."""
    with who.read() as scope:
        scope.anywhere()
    return [
        RubricTemplate(name=name, title=rubric.title, description=rubric.description, rubric=rubric)
        for name, rubric in rubric_yaml.templates().items()
    ]


@router.get("/projects/{p}/rubrics")
def list_rubric_versions(p: str, who: Who) -> list[RubricVersionSummary]:
    """Every rubric version, with precision and recall of the judges that worked by it."""
    with who.read() as scope:
        return rubrics.versions(scope.session, scope.project(p))


@router.get("/projects/{p}/rubrics/{v}")
def read_rubrics(p: str, v: int, who: Who) -> RubricVersion:
    """The rubrics as of a version: feedback keeps the one it was given by."""
    with who.read() as scope:
        return rubrics.version(scope.session, scope.project(p), v)


@router.post("/projects/{p}/rubrics/check")
def check_rubrics(p: str, body: YamlText, who: Who) -> CheckedRubrics:
    """What a file with rubrics says, or each fault with line, value found and what is allowed."""
    with who.read() as scope:
        checked = rubrics.check(scope.session, scope.project(p), body.yaml)
    faults = [
        SpecFault(line=f.line, where=f.where, found=f.found, allowed=f.allowed, message=str(f))
        for f in checked.faults
    ]
    return CheckedRubrics(rubrics=checked.rubrics, errors=faults)


@router.get("/projects/{p}/rubrics.yaml", response_class=PlainTextResponse)
def read_rubrics_file(p: str, who: Who) -> PlainTextResponse:
    """The newest rubrics as the part `rubrics:` of a milo.yaml."""
    with who.read() as scope:
        project = scope.project(p)
        text = rubric_yaml.write(projects.rubrics(scope.session, project.id, project.rubric_version))
    name = f'attachment; filename="{project.slug}.rubrics.yaml"'
    return PlainTextResponse(text, headers={"Content-Disposition": name})

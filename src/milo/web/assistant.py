"""The assistant of a project: its card for everybody, its report and its prompt for researchers."""

from __future__ import annotations

from fastapi import APIRouter

from milo.web.caller import Who
from milo.workflow import assistant_card, assistant_preview, assistant_report
from milo.workflow.assistant_card import AssistantCard
from milo.workflow.assistant_preview import AssistantPrompt, PreviewInput
from milo.workflow.assistant_report import AssistantReport

router = APIRouter(prefix="/api")


@router.get("/projects/{p}/assistant")
def read_assistant(p: str, who: Who) -> AssistantCard | None:
    """What the assistant sees and what was measured on this project; null where there is none."""
    with who.read() as scope:
        return assistant_card.card(scope.session, scope.project(p))


@router.get("/projects/{p}/assistant/report")
def read_report(p: str, who: Who) -> AssistantReport:
    """What was said of models' help, and how people relied on it, by model and version."""
    with who.read() as scope:
        return assistant_report.report(scope.session, scope.project(p))


@router.post("/projects/{p}/assistant/preview")
def preview_prompt(p: str, body: PreviewInput, who: Who) -> AssistantPrompt:
    """The filled prompt of a policy; nothing is asked or stored."""
    with who.read() as scope:
        return assistant_preview.preview(scope.session, scope.project(p), body)

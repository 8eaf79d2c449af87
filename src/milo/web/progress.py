"""How far a project is."""

from __future__ import annotations

from fastapi import APIRouter

from milo.web.caller import Who
from milo.workflow import progress
from milo.workflow.progress import Progress

router = APIRouter(prefix="/api")


@router.get("/projects/{p}/progress")
def read_progress(p: str, who: Who) -> Progress:
    """Counts by state, each annotator's work, suggestions, answers a day, accuracy on gold answers."""
    with who.read() as scope:
        return progress.of_project(scope.session, scope.project(p), scope.now)

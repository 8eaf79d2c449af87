"""The assistant: a draft that is written while its annotator watches, and the drafts there are."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from milo.core.draft import Draft
from milo.core.errors import Unavailable
from milo.core.questions import Answer
from milo.core.strict import INPUT
from milo.web.caller import Who

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistInput:
    """What is asked of the assistant, and the answers as they stand."""

    __pydantic_config__ = INPUT

    query: str = ""
    answers: dict[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """The drafts of an assignment, the latest last."""

    drafts: tuple[Draft, ...]


@router.post("/assignments/{a}/assist", response_class=StreamingResponse)
async def write_draft(a: int, who: Who, wanted: AssistInput) -> StreamingResponse:
    """A new draft as server-sent events, token by token.

    `waiting` {reason} while a model is loaded, `started` {draft, number, model, version}, `piece` {text, p}
    once a token, then `done` with the draft or `problem` {reason, draft}. Closing the connection stops the
    model; what had come is kept.
    """
    raise Unavailable("The assistant is not there yet.")


@router.get("/assignments/{a}/drafts")
def list_drafts(a: int, who: Who) -> Drafts:
    """The drafts of an assignment of one's own."""
    with who.read() as scope:
        scope.own_assignment(a)
        return Drafts(drafts=())

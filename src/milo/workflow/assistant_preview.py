"""The prompt of an assistant as it would be sent for an item; no model is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Literal

from sqlalchemy.orm import Session

from milo.core.assistant_policy import AssistantPolicy, assistant_faults
from milo.core.errors import InvalidInput, NotFound
from milo.core.model_call import ImagePart
from milo.core.strict import INPUT, Whole
from milo.db.queries import assignments
from milo.db.tables import ItemPayloadRow, ItemRow, ProjectRow
from milo.roles import assistant
from milo.roles.assistant import Assisting
from milo.workflow import assist, examples, projects


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewInput:
    """A policy to try, on an item (without one, the first) and with what would be asked."""

    __pydantic_config__ = INPUT

    item: Whole | None = None
    query: str = ""
    assistant: AssistantPolicy = field(default_factory=AssistantPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    """One message; pictures are counted, not sent."""

    role: Literal["system", "user", "assistant"]
    text: str
    pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantPrompt:
    """The filled prompt."""

    item: int | None  # the item it was filled with
    messages: tuple[PromptMessage, ...]
    version: str
    tokens: int  # of the texts, estimated


def preview(session: Session, project: ProjectRow, wanted: PreviewInput) -> AssistantPrompt:
    """What would be sent for this policy, for the item or the project's first one.

    Raises `InvalidInput` for a policy that does not fit the project, `Conflict` without a model or question.
    """
    policy = wanted.assistant
    subject = projects.subject_fields(session, project.id, project.schema_version)
    questions = projects.questions(session, project.id, project.schema_version)
    faults = assistant_faults(policy, [field.name for field in subject], questions)
    if faults:
        raise InvalidInput("The assistant cannot be asked: " + "; ".join(map(str, faults)), tuple(faults))
    model = assist.assistant_model(session, policy)
    assisting = assist.assisting_of(session, project, policy, model)
    item = _item(session, project, wanted.item)
    fields = session.get_one(ItemPayloadRow, item.id).fields if item is not None else {}
    shown = assisting.examples
    if item is not None:
        shown = examples.for_prompt(session, project.id, assisting.question.name, not_of_item=item.id)
    query = wanted.query
    if policy.query in {field.name for field in subject}:
        query = str(fields.get(policy.query or "") or "")
    request = assistant.request(
        replace(assisting, examples=shown), query, fields, _pictures(assisting, fields)
    )
    messages = tuple(
        PromptMessage(
            role=message.role,
            text=message.text,
            pictures=sum(part.kind == "image" for part in message.parts),
        )
        for message in request.messages
    )
    return AssistantPrompt(
        item=None if item is None else item.id,
        messages=messages,
        version=assist.version_of(model, assisting),
        tokens=ceil(sum(len(message.text) for message in messages) / assist.CHARACTERS_A_TOKEN),
    )


def _item(session: Session, project: ProjectRow, id: int | None) -> ItemRow | None:
    """The wanted item, else the project's first one; None where there are none."""
    if id is None:
        first = assignments.first_items(session, project.id, 1)
        return session.get(ItemRow, first[0]) if first else None
    item = session.get(ItemRow, id)
    if item is None or item.project_id != project.id or not item.visible or item.deleted_at is not None:
        raise NotFound(f"There is no item {id} in this project.")
    return item


def _pictures(assisting: Assisting, fields: Mapping[str, Any]) -> dict[str, ImagePart]:  # Any: JSON
    """Stand-ins for the item's pictures: they are only counted."""
    shown = assistant.pictures_of(assisting)
    return {field.name: ImagePart("", b"") for field in shown if fields.get(field.name) is not None}

"""The item table and the record of an item."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from milo.core.assignment import ItemState
from milo.db.tables import ItemRow
from milo.web.caller import Who
from milo.workflow import items
from milo.workflow.items import LARGEST_PAGE, ItemPage, ItemRecord

router = APIRouter(prefix="/api")

#: The largest id a database holds.
_LAST = 2**63 - 1


@router.get("/projects/{p}/items")
def list_items(
    p: str,
    who: Who,
    state: ItemState | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[int, Query(ge=0, le=_LAST)] = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 50,
) -> ItemPage:
    """A page of items by state and text; `cursor` is `next_cursor` of the page before."""
    with who.read() as scope:
        project = scope.project(p)
        return items.listed(scope.session, project.id, state=state, search=q, after=cursor, limit=limit)


@router.get("/items/{i}")
def read_item(i: int, who: Who) -> ItemRecord:
    """An item with every suggestion, assignment, revision, inquiry and model call."""
    with who.read() as scope:
        row, _ = scope.find(ItemRow, i)
        return items.record(scope.session, row, now=scope.now)

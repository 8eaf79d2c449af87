"""What people say of models' work, the rated cases, and the examples made of them."""

from __future__ import annotations

from fastapi import APIRouter

from milo.core.draft import RatingInput
from milo.db.tables import ExampleRow
from milo.web.caller import Who
from milo.workflow import examples, rated_cases, ratings
from milo.workflow.examples import Example, ExampleInput, Examples
from milo.workflow.rated_cases import RatedCases
from milo.workflow.ratings import GivenRatings, RatingReply

router = APIRouter(prefix="/api")


@router.put("/assignments/{a}/ratings")
def rate(a: int, body: RatingInput, who: Who) -> RatingReply:
    """Rate a draft, suggestion, verdict or check of one's own work; without a thumb, take it back."""
    with who.write() as scope:
        row, _ = scope.own_assignment(a)
        given = ratings.rate(scope.session, row, body, by=scope.person, now=scope.now)
        return RatingReply(rating=given)


@router.get("/assignments/{a}/ratings")
def read_ratings(a: int, who: Who) -> GivenRatings:
    """One's own ratings of what models made for an item."""
    with who.read() as scope:
        row, _ = scope.own_assignment(a)
        return ratings.of_assignment(scope.session, row, by=scope.person)


@router.get("/projects/{p}/ratings")
def list_ratings(
    p: str, who: Who, rated: str = "all", thumb: str = "all", cursor: str | None = None, limit: int = 20
) -> RatedCases:
    """Rated cases, the latest first, with what was sent in the end."""
    with who.read() as scope:
        project = scope.project(p)
        return rated_cases.listed(
            scope.session, project, rated=rated, thumb=thumb, cursor=cursor, limit=limit
        )


@router.get("/projects/{p}/examples")
def list_examples(p: str, who: Who) -> Examples:
    """The examples models are shown, by question."""
    with who.read() as scope:
        return examples.listed(scope.session, scope.project(p))


@router.post("/projects/{p}/examples")
def add_example(p: str, body: ExampleInput, who: Who) -> Example:
    """Make an example of a rated case, or of an item with an answer."""
    with who.write() as scope:
        project = scope.project(p)
        return examples.add(scope.session, project, body, by=scope.person, now=scope.now)


@router.delete("/examples/{e}", status_code=204)
def delete_example(e: int, who: Who) -> None:
    """Show it to no model any more."""
    with who.write() as scope:
        row, _ = scope.find(ExampleRow, e)
        examples.delete(scope.session, row, now=scope.now)

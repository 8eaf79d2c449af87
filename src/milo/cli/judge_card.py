"""`milo judge-card`: how far the judges of a project can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from milo.cli.output import Json, show
from milo.config import load
from milo.core.errors import NotFound
from milo.installation import open_installation

if TYPE_CHECKING:
    from milo.quality.judge_card import PartFigures, Share
    from milo.workflow.judge_cards import Judge


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("judge-card")(judge_card)


def judge_card(
    project: Annotated[str, typer.Argument(help="Its number or slug.")],
    judge: Annotated[int | None, typer.Option(help="Only this judge, by its number.")] = None,
    json: Json = False,
) -> None:
    """How the judges of a project compare with the people who reviewed the same answers."""
    from pydantic import TypeAdapter

    from milo.db.queries import projects
    from milo.workflow import judge_cards

    with open_installation(load(), create=False).database.read() as session:
        row = projects.find(session, project)
        if row is None:
            raise NotFound(f"There is no project {project!r}.")
        found = judge_cards.every(session, row)
    if judge is not None:
        known = ", ".join(str(one.id) for one in found) or "none"
        found = [one for one in found if one.id == judge]
        if not found:
            raise NotFound(f"There is no judge {judge} in this project; there are: {known}.")
    data = TypeAdapter(list[judge_cards.Judge]).dump_python(found, mode="json")
    text = "\n\n".join("\n".join(_lines(one)) for one in found)
    show(data, text or "No judge has judged in this project yet.", json)


def _lines(judge: Judge) -> Iterator[str]:
    versions = f"version {judge.version}, rubric version {judge.rubric_version}"
    yield f"judge {judge.id}: {judge.model.name}, {versions}"
    card = judge.card
    if card is None:
        yield "no card yet: nobody has reviewed an answer it judged; its verdicts are advice"
        return
    yield (
        "it meets the bar: its verdicts send work back"
        if judge.binds
        else "it does not meet the bar: its verdicts are advice"
    )
    intervals = {"recall": card.status.recall, "precision": card.status.precision}
    for demand in judge.met:
        value = _value(intervals.get(demand.name), demand.value, is_count=demand.name == "reviewed")
        least = f"{demand.at_least:.0f}" if demand.name == "reviewed" else f"{demand.at_least:.2f}"
        yield f"  {demand.name:<10} {value}, at least {least}: {'yes' if demand.is_met else 'no'}"
    yield f"  all grades identical in {card.overall.identical} of {card.overall.n} answers"
    yield f"  no verdict: {card.uncertain} uncertain, {card.unreadable} unreadable, {card.failed} failed"
    for name, figures in card.parts.items():
        yield f"  {name}: {_part(figures)}"


def _part(figures: PartFigures) -> str:
    agreement = _value(figures.agreement, None)
    kappa = "not measurable" if figures.kappa is None else f"{figures.kappa:.2f}"
    return f"agreement {agreement}, kappa {kappa}, {figures.n} answers"


def _value(share: Share | None, value: float | None, *, is_count: bool = False) -> str:
    if share is not None:
        return f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})"
    if value is None:
        return "not measurable"
    return f"{value:.0f}" if is_count else f"{value:.2f}"

"""`milo judge`: verdicts of a model on answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from milo.cli.following import ProjectName, follow, model_of, pairs, project_of, texts
from milo.cli.output import Json, now, show
from milo.config import load
from milo.core.errors import InvalidInput
from milo.installation import open_installation

if TYPE_CHECKING:
    from milo.workflow.judge import Estimate


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(judge)


def judge(
    project: ProjectName,
    model: Annotated[str, typer.Option(help="One of `milo model list`.")],
    state: Annotated[
        list[str] | None,
        typer.Option(
            help="submitted, passed, redo: judged whether they wait for it or not; may be repeated."
        ),
    ] = None,
    labels_of: Annotated[
        int | None, typer.Option(help="The labels of this prompt version instead of people's answers.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first so many answers.")] = None,
    harshness: Annotated[
        list[str] | None,
        typer.Option(metavar="PART=1..5", help="How strictly it reads a part; may be repeated."),
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A guideline section the judge does not get; may be repeated.")
    ] = None,
    template: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="An own prompt template; may be repeated."),
    ] = None,
    cost_cap: Annotated[float | None, typer.Option(help="US dollars; else the project's cap.")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again what failed before.")
    ] = False,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what it would take.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for a worker that does it.")] = True,
    json: Json = False,
) -> None:
    """Let a model judge the answers that wait for it by the rubrics; nothing is judged twice."""
    from milo.workflow import judge as judging
    from milo.workflow.judge import JudgeRun

    installation = open_installation(load(), create=False)
    found = project_of(installation, project)
    with installation.database.write() as session:
        wanted = JudgeRun(
            model=model_of(session, model).id,
            states=tuple(state or ()),
            labels_of=labels_of,
            limit=limit,
            harshness=_levels(harshness or []) or None,
            sections=tuple(without) if without else None,
            templates=texts(template or ()) or None,
            cost_cap_usd=cost_cap,
            retry_failed=retry_failed,
        )
        takes = judging.estimate(session, found, wanted)
        if not estimate:
            id = judging.enqueue(session, found, wanted, by=None, now=now()).id
    if estimate:
        show(asdict(takes), _in_words(takes), json)
        return
    follow(installation, id, wait=wait, json=json)


def _levels(given: list[str]) -> dict[str, int]:
    found = {}
    for part, level in pairs(given, "--harshness").items():
        if not level.isdecimal():
            raise InvalidInput(f"--harshness is {part}={level}; allowed is PART=1 to PART=5")
        found[part] = int(level)
    return found


def _in_words(takes: Estimate) -> str:
    cost = "at an unknown cost" if takes.cost_usd is None else f"for about {takes.cost_usd:.2f} USD"
    time = "" if takes.seconds is None else f", in about {takes.seconds:.0f} s"
    return f"{takes.answers} answers, {takes.calls} calls, about {takes.tokens} tokens, {cost}{time}."

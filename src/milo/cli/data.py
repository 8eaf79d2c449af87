"""`milo import`, `preannotate` and `export`: data in, suggestions, labels out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from milo.cli.following import ProjectName, follow, model_of, pairs, project_of, texts
from milo.cli.output import Json, now, show
from milo.config import load
from milo.core.errors import InvalidInput, MiloError
from milo.core.export_options import ExportFormat, ExportOptions, Images, SftColumns
from milo.db.tables import ImportRow
from milo.installation import open_installation

if TYPE_CHECKING:
    from milo.roles.prompting import Style

SHOWN_REJECTED = 10


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("import")(import_file)
    app.command()(preannotate)
    app.command()(export)


def import_file(
    project: ProjectName,
    file: Annotated[
        Path, typer.Argument(help="JSONL, JSON, CSV, TSV or Parquet.", exists=True, dir_okay=False)
    ],
    format: Annotated[
        str, typer.Option(help="jsonl, json, csv, tsv or parquet; else by the name's ending.")
    ] = "",
    map: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=COLUMN", help="Which column is which field; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Import a file, skipping duplicates; rejected rows are named and do not stop the rest."""
    from milo.db.queries import imports
    from milo.workflow import import_items

    installation = open_installation(load(), create=False)
    with installation.database.write() as session:
        row = import_items.start(
            session,
            project_of(installation, project),
            filename=file.name,
            path=file.resolve(),
            format=format or None,
            mapping=pairs(map or (), "--map"),
            by=None,
            now=now(),
        )
        id = row.id
    import_items.run(installation.database, id, data_dir=installation.data_dir, clock=now)
    with installation.database.read() as session:
        row = session.get_one(ImportRow, id)
        rejected = imports.rejected(session, id, limit=SHOWN_REJECTED)
    if row.state == "failed":
        raise MiloError(f"{file.name} was not imported: {row.error}")
    data = {
        "id": id,
        "rows": row.rows_read,
        "imported": row.imported,
        "duplicates": row.duplicates,
        "rejected": row.rejected,
        "rejected_rows": [{"row": r.row, "reason": r.reason, "excerpt": r.excerpt} for r in rejected],
    }
    lines = [
        f"{row.rows_read} rows: {row.imported} imported, "
        f"{row.duplicates} {'duplicate' if row.duplicates == 1 else 'duplicates'}, {row.rejected} rejected.",
        *(f"  row {one.row}: {one.reason}" for one in rejected),
    ]
    if row.rejected > len(rejected):
        lines.append(f"  ... and {row.rejected - len(rejected)} more")
    show(data, "\n".join(lines), json)


def preannotate(
    project: ProjectName,
    model: Annotated[str, typer.Option(help="One of `milo model list`.")],
    limit: Annotated[int | None, typer.Option(help="Only the first so many items.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A guideline section the model does not get; may be repeated.")
    ] = None,
    template: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="An own prompt template; may be repeated."),
    ] = None,
    style: Annotated[str, typer.Option(help="question, or option: one yes/no call an option.")] = "question",
    explain: Annotated[bool, typer.Option("--explain", help="Ask why as well.")] = False,
    examples: Annotated[
        bool, typer.Option("--examples", help="Show the project's examples before each item.")
    ] = False,
    cost_cap: Annotated[float | None, typer.Option(help="US dollars; else the project's cap.")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again what failed before.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for a worker that does it.")] = True,
    json: Json = False,
) -> None:
    """Let a model answer what it has not answered yet; a worker that runs does it, else this command."""
    from milo.workflow import pre_annotate
    from milo.workflow.pre_annotate import PreAnnotation

    if style not in ("question", "option"):
        raise InvalidInput(f"--style is {style!r}; allowed are question, option")
    installation = open_installation(load(), create=False)
    with installation.database.write() as session:
        row = model_of(session, model)
        wanted = PreAnnotation(
            model=row.id,
            limit=limit,
            sections=tuple(without) if without else None,
            templates=texts(template or ()) or None,
            style=cast("Style", style),
            explain=explain,
            examples=examples,
            cost_cap_usd=cost_cap,
            retry_failed=retry_failed,
        )
        job = pre_annotate.enqueue(session, project_of(installation, project), wanted, by=None, now=now())
        id = job.id
    follow(installation, id, wait=wait, json=json)


def export(
    project: ProjectName,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    format: Annotated[
        str,
        typer.Option(
            help="jsonl or csv, else by the name's ending; to train: sft, dpo, kto, reward, openai-chat, "
            "openai-preference, sharegpt, alpaca or hf."
        ),
    ] = "",
    state: Annotated[
        list[str] | None,
        typer.Option(help="passed, submitted, rejected, skipped or surplus; may be repeated."),
    ] = None,
    unlabeled: Annotated[bool, typer.Option("--unlabeled", help="Items that nobody answered, too.")] = False,
    edits: Annotated[
        bool, typer.Option("--edits", help="Of jsonl: how texts came about, edit by edit.")
    ] = False,
    question: Annotated[
        str, typer.Option(help="To train: the answers to this question; else to all that fit.")
    ] = "",
    columns: Annotated[str, typer.Option(help="Of sft: messages or prompt-completion.")] = "messages",
    provenance: Annotated[
        bool, typer.Option("--provenance", help="To train: a column on where each row came from.")
    ] = False,
    images: Annotated[str, typer.Option(help="To train: link pictures, or include them.")] = "link",
    json: Json = False,
) -> None:
    """Write labels to a file, or rows to train models on, and say where everything went."""
    from milo.workflow import export as exports

    chosen = format or out.suffix.removeprefix(".").lower()
    _one_of(chosen, ExportFormat, f"The format of {out.name!r}")
    _one_of(columns, SftColumns, "--columns")
    _one_of(images, Images, "--images")
    options = ExportOptions(
        format=cast("ExportFormat", chosen),
        include_unlabeled=unlabeled,
        include_edits=edits,
        states=tuple(state) if state else ExportOptions().states,
        question=question or None,
        columns=cast("SftColumns", columns),
        include_provenance=provenance,
        images=cast("Images", images),
    )
    if options.is_training and out.suffix != f".{options.ending}":
        raise InvalidInput(f"{chosen} is written to a file ending in .{options.ending}; found {out.name!r}")
    installation = open_installation(load(), create=False)
    found = project_of(installation, project)
    written = exports.write(
        installation.database,
        found.id,
        options,
        data_dir=installation.data_dir,
        name=f"command-{now():%Y%m%d-%H%M%S-%f}",
    )
    with installation.database.write() as session:
        exports.keep(session, found.id, options, written, job_id=None, by=None, now=now())
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(written.path, out)
    lines = _told(written.ledger.as_data(), out)
    if unlabeled and not options.is_training:
        lines.append(f"  and {written.ledger.exported_unlabeled} items that nobody answered")
    show({"file": str(out), "ledger": written.ledger.as_data()}, "\n".join(lines), json)


def _told(ledger: Mapping[str, Any], out: Path) -> list[str]:
    """What a person reads of the ledger; of a file to train on, its rows as well."""
    rows = ledger.get("rows")
    what = f"{ledger['exported']} of {ledger['annotations']} annotations"
    if rows is not None:
        what = f"{rows} {'row' if rows == 1 else 'rows'} from {what}"
    lines = [f"{what} are in {out}."]
    lines += [f"  left out, {reason}: {count}" for reason, count in ledger["excluded"].items()]
    lines += [f"  rows left out, {reason}: {count}" for reason, count in ledger.get("left_out", {}).items()]
    return lines


def _one_of(found: str, kind: object, what: str) -> None:
    allowed = list(_words(kind))
    if found not in allowed:
        raise InvalidInput(f"{what} is {found or 'unknown'!r}; allowed are {', '.join(allowed)}")


def _words(kind: object) -> Iterator[str]:
    """The words of a `Literal`, or of several."""
    for one in get_args(kind):
        yield from (one,) if isinstance(one, str) else _words(one)

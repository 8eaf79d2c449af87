"""The file of a training export: JSON Lines, or a ZIP archive where there is more than rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from milo import __version__
from milo.core.export_options import ExportOptions
from milo.formats import alpaca, archive, hugging_face, json_array, sharegpt
from milo.workflow import media
from milo.workflow.training_rows import PICTURES, TrainingRows

PIECE = 1024 * 1024

Member = tuple[str, Iterable[bytes]]


def write(rows: TrainingRows, options: ExportOptions, path: Path, data_dir: Path) -> None:
    """Write the rows to `path`, which is there once it is whole."""
    parts = {sheet.name: path.with_suffix(f".{sheet.name}.part") for sheet in rows.sheets}
    try:
        counts = _spool(rows, options, parts)
        if options.ending == "jsonl":
            (only,) = parts.values()
            only.replace(path)
            return
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb", buffering=PIECE) as file:
            archive.write(file, _members(rows, options, parts, counts, data_dir))
        unfinished.replace(path)
    finally:
        for part in (path.with_suffix(".part"), *parts.values()):
            part.unlink(missing_ok=True)


def _spool(rows: TrainingRows, options: ExportOptions, parts: dict[str, Path]) -> dict[str, int]:
    """Write each sheet's rows to its part, as JSON Lines; how many there are of each."""
    names_files = _names_files(options)
    counts = dict.fromkeys(parts, 0)
    with ExitStack() as stack:
        files = {name: stack.enter_context(part.open("wb", buffering=PIECE)) for name, part in parts.items()}
        for sheet, row in rows:
            if names_files and "images" in row:
                row["images_file_names"] = row.pop("images")
            files[sheet].write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
            counts[sheet] += 1
    return counts


def _names_files(options: ExportOptions) -> bool:
    """Whether pictures are named by files as the image folders of `datasets` want it."""
    return options.images == "include" and options.format in ("sft", "dpo", "kto", "reward", "hf")


def _members(
    rows: TrainingRows, options: ExportOptions, parts: dict[str, Path], counts: dict[str, int], data_dir: Path
) -> Iterator[Member]:
    """Every file of the archive: first what tells about the rows, then the rows, then the pictures."""
    parts = {name: part for name, part in parts.items() if counts[name]}
    match options.format:
        case "sharegpt":
            yield from _for_llama_factory(rows, parts, sharegpt.dataset_info)
        case "alpaca":
            yield from _for_llama_factory(rows, parts, alpaca.dataset_info)
        case "hf":
            yield from _folder(rows, options, parts, counts, data_dir)
            return
        case _:
            for part in parts.values():
                yield "metadata.jsonl", _content(part)
    yield from _pictures("", set().union(*rows.pictures.values()), data_dir)


def _for_llama_factory(
    rows: TrainingRows, parts: dict[str, Path], dataset_info: Callable[..., tuple[str, dict[str, Any]]]
) -> Iterator[Member]:
    name = rows.slug.replace("-", "_")
    entries = dict(dataset_info(name, sheet, f"{sheet}.json", rows.shape) for sheet in parts)
    yield "dataset_info.json", [orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)]
    for sheet, part in parts.items():
        yield f"{sheet}.json", json_array.of_lines(_lines(part))


def _folder(
    rows: TrainingRows, options: ExportOptions, parts: dict[str, Path], counts: dict[str, int], data_dir: Path
) -> Iterator[Member]:
    has_files = options.images == "include" and rows.shape.has_images
    paths = {sheet: sheet if has_files else f"data/{sheet}.jsonl" for sheet in parts}
    card = hugging_face.card(_facts(rows, counts, paths, includes_images=has_files))
    yield "README.md", [card.encode()]
    for sheet, part in parts.items():
        yield f"{sheet}/metadata.jsonl" if has_files else paths[sheet], _content(part)
        yield from _pictures(f"{sheet}/", rows.pictures[sheet], data_dir)


def _facts(
    rows: TrainingRows, counts: dict[str, int], paths: dict[str, str], *, includes_images: bool
) -> hugging_face.Facts:
    ledger, made = rows.ledger, rows.made
    return hugging_face.Facts(
        name=rows.name,
        rows={sheet: counts[sheet] for sheet in paths},
        paths=paths,
        has_images=rows.shape.has_images,
        includes_images=includes_images,
        languages=sorted(made.languages),
        annotations=ledger.annotations,
        annotators=len(made.annotators),
        statuses=ledger.statuses,
        excluded=ledger.excluded,
        left_out=ledger.left_out,
        sources=ledger.sources,
        guideline_versions=made.guideline_versions,
        models=made.models,
        written=made.written,
        draft_share=made.draft_share / made.written if made.written else None,
        with_draft=made.with_draft,
        edit_distance=made.edit_distance / made.with_draft if made.with_draft else None,
        milo_version=__version__,
    )


def _pictures(folder: str, names: Iterable[str], data_dir: Path) -> Iterator[Member]:
    for name in sorted(names):
        yield f"{folder}{PICTURES}/{name}", _content(media.find(data_dir, name).path)


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=PIECE) as file:
        yield from file

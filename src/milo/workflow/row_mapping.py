"""A row of a file as an item: which column is which field, and why a row cannot be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from milo.core.answer import check_answers
from milo.core.errors import Fault, InvalidInput
from milo.core.item import content_hash
from milo.core.project import Show, SubjectField
from milo.core.questions import (
    ChatQuestion,
    ChoiceQuestion,
    ChoicesQuestion,
    OptionQuestion,
    PairwiseQuestion,
    Question,
    RankingQuestion,
    pairwise,
    ranking,
)
from milo.core.turn import turns_of
from milo.db import convert
from milo.formats.csv_file import unescaped
from milo.formats.row import DEFAULT_LIMITS, BadRow, Limits, Row, excerpt_of, value_fault
from milo.workflow import media
from milo.workflow.media import MediaKind

ID_COLUMNS = ("item_id", "external_id", "id")
#: What a mapping may name beside the subject's fields and `gold.<question>`.
OTHER_TARGETS = ("item_id", "category", "language", "gold")
#: Keys of an exported row (formats.md 12) that are not the item's own data.
NATIVE_KEYS = frozenset(
    {
        *("item_id", "data", "category", "language", "gold", "meta"),
        *("task_version", "annotation", "suggestions", "inquiries", "qa", "model_calls"),
    }
)
LONGEST_ID = 300
LONGEST_LANGUAGE = 35
EXCERPT = 160

#: Columns that often hold what a project calls otherwise, best first.
_SYNONYMS = (
    "text",
    "content",
    "comment",
    "review",
    "body",
    "sentence",
    "message",
    "tweet",
    "post",
    "document",
)


class Incoming(NamedTuple):
    """An item as a row describes it."""

    number: int
    external_id: str | None  # None: the row names none
    fields: Mapping[str, Any]  # Any: whatever JSON can hold, here and below
    content_hash: str
    excerpt: str
    category: str | None
    language: str | None
    gold: Mapping[str, Any]
    meta: Mapping[str, Any]
    native: Mapping[str, Any] | None  # the whole row when it is an exported one with more than the item
    size: int

    @property
    def has_annotation(self) -> bool:
        """Whether the row brings somebody's answers beside the item."""
        return self.native is not None and self.native.get("annotation") is not None


class _FieldPlan(NamedTuple):
    """What to do for one field of the subject, worked out once a file."""

    name: str
    column: str
    is_required: bool
    show: Show


@dataclass(slots=True)
class RowMapping:
    """Turns the rows of one file into items of one project."""

    subject: tuple[SubjectField, ...]
    questions: tuple[Question, ...]
    columns: Mapping[str, str]  # field, `item_id`, `category`, `language`, `gold.<question>` -> column
    adopt: Callable[[object, MediaKind], str]  # how a picture or video a row names becomes an address
    limits: Limits = DEFAULT_LIMITS
    _plans: list[_FieldPlan] = field(init=False)
    _id_columns: list[str] = field(init=False)
    _gold_columns: list[tuple[str, str]] = field(init=False)  # question, column
    _category_column: str = field(init=False)
    _language_column: str = field(init=False)

    def __post_init__(self) -> None:
        gold = [f"gold.{question.name}" for question in self.questions]
        allowed = [*(field.name for field in self.subject), *OTHER_TARGETS, *gold]
        faults = tuple(
            Fault(f"mapping.{target}", repr(target), "one of " + ", ".join(allowed))
            for target in self.columns
            if target not in allowed
        )
        if faults:
            raise InvalidInput("The mapping cannot be used: " + "; ".join(map(str, faults)), faults)
        self._plans = [
            _FieldPlan(
                one.name,
                self.columns.get(one.name, one.name),
                one.required,
                one.show,
            )
            for one in self.subject
        ]
        mapped = [self.columns["item_id"]] if "item_id" in self.columns else []
        self._id_columns = [*mapped, *ID_COLUMNS]
        self._category_column = self.columns.get("category", "category")
        self._language_column = self.columns.get("language", "language")
        self._gold_columns = [(target[5:], self.columns.get(target, target)) for target in gold]

    def item(self, row: Row) -> Incoming | BadRow:
        """The item a row describes, or why it describes none."""
        data = row.data
        try:
            if isinstance(data.get("data"), dict) and "data" not in self.columns.values():
                return self._native(row, data)
            if "item_id" in data and "annotation.annotator" in data:
                return self._native(row, self._unflattened(data))
            return self._flat(row)
        except InvalidInput as error:
            return BadRow(row.number, str(error), _shown(data))

    def _flat(self, row: Row) -> Incoming:
        """The item of a row whose columns stand for the fields, by name or by the mapping."""
        rest = dict(row.data)
        fields = {}
        for plan in self._plans:
            value = row.data.get(plan.column)
            if value is not None:
                fields[plan.name] = value
                rest.pop(plan.column, None)
        id_column = next((name for name in self._id_columns if name in rest), None)
        external_id = rest.pop(id_column) if id_column else None
        category = rest.pop(self._category_column, None)
        language = rest.pop(self._language_column, None)
        gold = self._flat_gold(rest) if rest else None
        return self._checked(row, fields, external_id, category, language, gold, rest, None)

    def _native(self, row: Row, data: Mapping[str, Any]) -> Incoming:
        """The item of an exported row, whose fields stand below `data`."""
        id_column = next((name for name in ID_COLUMNS if name in data), None)
        meta = data.get("meta") or {}
        if not isinstance(meta, dict):
            raise InvalidInput(f"meta is {meta!r:.60}; allowed is an object")
        for key in ("annotation", "suggestions", "inquiries", "model_calls"):
            if fault := value_fault(key, data.get(key), self.limits):
                raise InvalidInput(fault)
        unknown = {key: value for key, value in data.items() if key not in NATIVE_KEYS and key != id_column}
        return self._checked(
            row,
            dict(data["data"]),
            data[id_column] if id_column else None,
            data.get("category"),
            data.get("language"),
            data.get("gold") or {},
            {**meta, **unknown},
            data
            if any(data.get(key) for key in ("annotation", "suggestions", "model_calls", "inquiries"))
            else None,
        )

    def _checked(
        self,
        row: Row,
        fields: dict[str, Any],
        external_id: object,
        category: object,
        language: object,
        gold: object,
        meta: Mapping[str, Any],
        native: Mapping[str, Any] | None,
    ) -> Incoming:
        shown = ""
        for plan in self._plans:
            value = fields.get(plan.name)
            if value is None or value == "":
                if plan.is_required:
                    found = "it" if plan.column == plan.name else f"column {plan.column!r}"
                    raise InvalidInput(f"the field {plan.name!r} is missing: {found} is not there or empty")
            elif plan.show == "image" or plan.show == "video":
                fields[plan.name] = self.adopt(value, plan.show)
            elif plan.show == "chat":
                fields[plan.name], last = _conversation(plan.name, value)
                shown += " " + last[: 2 * EXCERPT]
            elif plan.show in ("text", "markdown") and isinstance(value, str) and len(shown) < EXCERPT:
                shown += " " + value[: 2 * EXCERPT]
        self._check_values(fields, meta)
        return Incoming(
            row.number,
            None if external_id is None else _text(external_id, "the id", LONGEST_ID),
            fields,
            content_hash(fields),
            _first_words(" ".join(shown.split())),
            None if category is None else _text(category, "category", LONGEST_ID),
            None if language is None else _text(language, "language", LONGEST_LANGUAGE),
            self._gold(gold) if gold else {},
            meta,
            native,
            row.size,
        )

    def _check_values(self, fields: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
        short = self.limits.field_bytes // 4  # characters that surely fit
        for part in (fields, meta):
            for name, value in part.items():
                is_plain = type(value) is str and len(value) < short and "\x00" not in value
                if not is_plain and (fault := value_fault(name, value, self.limits)):
                    raise InvalidInput(fault)
                if "\x00" in name:
                    raise InvalidInput("a column's name holds a NUL character")

    def _flat_gold(self, rest: dict[str, Any]) -> object:
        """The gold answers of a flat row: one object, or a column a question."""
        whole = rest.pop(self.columns.get("gold", "gold"), None)
        if isinstance(whole, dict):
            return whole
        found = {}
        for name, column in self._gold_columns:
            if column in rest and (value := rest.pop(column)) not in (None, ""):
                found[name] = value
        if whole not in (None, ""):
            if len(self.questions) != 1:
                raise InvalidInput(f"gold is {whole!r:.60}; allowed is an object with an answer a question")
            found[self.questions[0].name] = whole
        return found

    def _gold(self, gold: object) -> dict[str, Any]:
        """Known answers as stored: names or labels of options, lists of them, texts, or whole answers."""
        if not isinstance(gold, dict):
            raise InvalidInput(f"gold is {gold!r:.60}; allowed is an object with an answer a question")
        by_name = {question.name: question for question in self.questions}
        data = {}
        for name, value in gold.items():
            if name not in by_name:
                raise InvalidInput(f"gold names the question {name!r}; allowed are {', '.join(by_name)}")
            data[name] = value if isinstance(value, dict) else _plain_gold(by_name[name], value)
        answers = convert.answers_from(data)
        check_answers(self.questions, answers, complete=False)
        return convert.answers_as_data(answers)

    def _unflattened(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a CSV export as the exported row it was written from."""
        cells = {column: unescaped(cell) for column, cell in row.items()}
        parts: dict[str, dict[str, str]] = {}
        for column, cell in cells.items():
            part, _, name = column.partition(".")
            if name and cell != "":
                parts.setdefault(part, {})[name] = cell
        by_name = {question.name: question for question in self.questions}
        sure = parts.get("confidence", {})
        value = {
            name: {**_plain_answer(by_name.get(name), cell), "confidence": sure.get(name)}
            for name, cell in parts.get("answer", {}).items()
        }
        annotation: dict[str, Any] = dict(parts.get("annotation", {}))
        for name in ("revision", "active_ms", "wall_ms", "blurred_ms", "guideline_version"):
            annotation[name] = _whole(annotation.get(name), name)
        annotation["value"] = value
        annotation["origin"] = {
            name: dict(pair.rpartition(":")[::2] for pair in cell.split("|"))
            for name, cell in parts.get("origin", {}).items()
        }
        return {
            "item_id": cells["item_id"],
            "data": parts.get("data", {}),
            "category": cells.get("category") or None,
            "language": cells.get("language") or None,
            "gold": parts.get("gold", {}),
            "task_version": _whole(cells.get("task_version"), "task_version"),
            "annotation": annotation if annotation.get("annotator") else None,
        }


def adopting(data_dir: Path, project_id: int, folder: Path | None) -> Callable[[object, MediaKind], str]:
    """How the picture or video a row names becomes the address in its field."""
    return lambda value, kind: media.adopt(data_dir, project_id, value, folder, kind)


def suggested(
    subject: Sequence[SubjectField], questions: Sequence[Question], columns: Sequence[str]
) -> dict[str, str]:
    """Which column probably is which field; fields for which nothing fits are left out.

    >>> suggested([SubjectField(name="text", title="Review")], [], ["Nr", "Comment"])
    {'text': 'Comment'}
    """
    free = {column.lower(): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for one in subject:
        for name in (one.name, one.title.lower()):
            if one.name not in found and name.lower() in free:
                found[one.name] = free.pop(name.lower())
    if found or any(column in ("data", "annotation.annotator") for column in columns):
        first: Sequence[SubjectField] = ()
    else:
        first = [one for one in subject if one.required and one.show in ("text", "markdown")][:1]
    for one in first:
        if column := next((free[name] for name in _SYNONYMS if name in free), None):
            found[one.name] = column
    gold = [f"gold.{question.name}" for question in questions]
    names = {"item_id": ID_COLUMNS, "category": ("category",), "language": ("language", "lang")}
    for target, candidates in names.items():
        if column := next((free[name] for name in candidates if name in free), None):
            found[target] = column
    return found | {target: free[target] for target in ["gold", *gold] if target in free}


def _first_words(text: str) -> str:
    """At most `EXCERPT` characters, with an ellipsis where text was cut off, after a whole word if it can."""
    if len(text) <= EXCERPT:
        return text
    cut = text[:EXCERPT]
    head, _, last = cut.rpartition(" ")
    is_word_short = len(last) < EXCERPT // 4  # else there are no spaces to speak of, as in Chinese
    return (head if head and is_word_short else cut[:-1]).rstrip() + "…"


def _conversation(name: str, value: Any) -> tuple[Any, str]:  # Any: whatever JSON can hold
    """A conversation with what was said last; in a cell of a CSV file it stands as JSON."""
    if isinstance(value, str):
        with suppress(orjson.JSONDecodeError):  # the text itself is named as what was found
            value = orjson.loads(value)
    try:
        return value, turns_of(value)[-1].content
    except InvalidInput as error:
        raise InvalidInput(f"the field {name!r} is no conversation: {error}") from None


def _plain_gold(question: Question, value: object) -> dict[str, Any]:
    if isinstance(question, RankingQuestion) and isinstance(value, list):
        groups = [one if isinstance(one, list) else [one] for one in value]
        return {"kind": "ranking", "value": [[str(name) for name in group] for group in groups]}
    if isinstance(value, list):
        return {"kind": "choices", "value": [_option(question, one) for one in value]}
    if not isinstance(value, str):
        raise InvalidInput(
            f"gold of {question.name!r} is {value!r:.60}; allowed is text or a list of options"
        )
    return _plain_answer(question, value)


def _plain_answer(question: Question | None, cell: str) -> dict[str, Any]:
    match question:
        case ChoiceQuestion():
            return {"kind": "choice", "value": _option(question, cell)}
        case ChoicesQuestion():
            separator = "|" if "|" in cell else ";"
            parts = [part.strip() for part in cell.split(separator)]
            return {"kind": "choices", "value": [_option(question, part) for part in parts if part]}
        case PairwiseQuestion():
            return {"kind": "pairwise", "value": _preference(question, cell)}
        case RankingQuestion():
            return {"kind": "ranking", "value": ranking.parsed(cell)}
        case ChatQuestion():
            return {"kind": "chat", "value": cell}
        case _:
            return {"kind": "text", "value": cell}


def _preference(question: PairwiseQuestion, cell: str) -> str:
    value = pairwise.parsed(question, cell)
    allowed = pairwise.ALLOWED[question.ties]
    if value in allowed:
        return value
    fields = f"{question.first} or {question.second}"
    raise InvalidInput(
        f"the answer to {question.name!r} is {cell!r:.60}; allowed are {', '.join(allowed)}, or the better "
        f"field: {fields}"
    )


def _option(question: Question, value: object) -> str:
    """The name of the option that has this name or label."""
    if isinstance(question, OptionQuestion):
        for option in question.options:
            if value in (option.name, option.label):
                return option.name
        allowed = ", ".join(option.name for option in question.options)
        raise InvalidInput(f"the answer to {question.name!r} is {value!r:.60}; allowed are {allowed}")
    raise InvalidInput(f"the answer to {question.name!r} is {value!r:.60}; allowed is text")


def _text(value: object, what: str, longest: int) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInput(f"{what} is {value!r:.60}; allowed is text or a whole number")
    text = str(value)
    if len(text) > longest:
        raise InvalidInput(f"{what} has {len(text)} characters; allowed are {longest}")
    if "\x00" in text:
        raise InvalidInput(f"{what} holds a NUL character; allowed is text without it")
    return text


def _whole(cell: object, what: str) -> int:
    if cell in (None, ""):
        return 0
    if isinstance(cell, int):
        return cell
    if isinstance(cell, str) and cell.isdecimal():
        return int(cell)
    raise InvalidInput(f"{what} is {cell!r:.60}; allowed is a whole number")


def _shown(data: Mapping[str, Any]) -> str:
    short = {key: value[:EXCERPT] if isinstance(value, str) else value for key, value in data.items()}
    return excerpt_of(orjson.dumps(short))

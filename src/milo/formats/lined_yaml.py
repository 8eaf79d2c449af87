"""YAML as people write it: read with the line of every fault, written so that people like to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from milo.core.errors import Fault, InvalidInput
from milo.core.questions import KINDS

T = TypeVar("T")

#: How deep and long a file may be before it is refused unread.
MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[T]):
    """What a file holds: its type, what may stand under which key, and what must hold beyond types."""

    holds: Callable[[], TypeAdapter[T]]
    keys: Any  # the dataclass at the root, whose fields are its keys
    nested: Mapping[object, Any]  # under this key stands this dataclass, or a list of it
    check: Callable[[T], None]  # raises `InvalidInput` with faults
    wanted: str  # the keys, for a file that is no mapping


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a file holds, or None with what is wrong."""

    value: T | None
    faults: tuple[Fault, ...]


def read(text: str, shape: Shape[T]) -> Read[T]:
    """What the file holds if it can be used, else every fault with its line (from 1)."""
    if len(text) > MAX_CHARACTERS:
        return _refused(Fault("the file", f"{len(text)} characters", f"at most {MAX_CHARACTERS}", 1))
    try:
        root = _composed(text)
    except yaml.YAMLError as error:
        return _refused(_syntax_fault(error))
    if not isinstance(root, yaml.MappingNode):
        return _refused(Fault("the file", _source(root), f"keys and values: {shape.wanted}", 1))
    faults = tuple(_structure_faults(root))
    if faults:
        return Read(None, faults)
    try:
        value = shape.holds().validate_python(yaml.SafeLoader("").construct_document(root))
    except yaml.YAMLError as error:
        return _refused(_syntax_fault(error))
    except ValidationError as error:
        return Read(None, tuple(_type_fault(root, fault, shape) for fault in error.errors()))
    try:
        shape.check(value)
    except InvalidInput as error:
        lines = (replace(fault, line=_line(root, fault.where.split("."))) for fault in error.faults)
        return Read(None, tuple(lines))
    return Read(value, ())


def write(value: object) -> str:
    """A dataclass as a file: what stands at its default is left out, long texts are blocks."""
    return yaml.dump(
        _plain(value), Dumper=_Readable, sort_keys=False, allow_unicode=True, width=100, indent=2
    )


def _refused(fault: Fault) -> Read[T]:
    return Read(None, (fault,))


def _composed(text: str) -> yaml.Node | None:
    """The tree of nodes, each with its place.

    Aliases are refused, as a short file can unfold to billions, and so is what would exhaust the stack.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise _Refused("an alias (*name); write the value out", event.start_mark)
        if depth > MAX_DEPTH:
            raise _Refused(f"more than {MAX_DEPTH} levels", event.start_mark)
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


class _Refused(yaml.YAMLError):
    """Something YAML allows and milo does not."""

    def __init__(self, problem: str, mark: Any) -> None:  # Any: PyYAML has two classes of marks
        super().__init__(problem)
        self.problem, self.problem_mark = problem, mark


def _syntax_fault(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "text that cannot be read"
    return Fault(
        "the file", str(what).removeprefix("found "), "YAML", mark.line + 1 if mark is not None else 1
    )


def _structure_faults(node: yaml.Node) -> Iterator[Fault]:
    """What YAML itself lets pass: a key twice (the last would win), keys that are no text."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                found = f"the key twice, first in line {seen[name]}"
                yield Fault(name, found, "each key once", _line_of(key))
            if key.tag != "tag:yaml.org,2002:str":
                yield Fault("a key", _source(key), "text; put it in quotes if it is one", _line_of(key))
            seen[name] = _line_of(key)
            yield from _structure_faults(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _structure_faults(value)


def _type_fault(root: yaml.Node, error: Any, shape: Shape[Any]) -> Fault:  # Any: pydantic's ErrorDetails
    parts = [part for part in error["loc"] if part != "[key]"]
    where = ".".join(str(part) for part in parts if part not in KINDS) or "the file"
    node, key, found_all = _walk(root, parts)
    line = _line_of(key if key is not None and found_all else node)
    match error["type"]:
        case "missing" | "missing_keyword_only":
            return Fault(where, "nothing", "a value, it is required", _line_of(node))
        case "extra_forbidden" | "unexpected_keyword_argument":
            return Fault(
                where, f"the unknown key {str(parts[-1])!r}", "one of " + _known(parts[:-1], shape), line
            )
        case "union_tag_not_found":
            return Fault(f"{where}.kind", "nothing", "one of " + ", ".join(KINDS), line)
        case "union_tag_invalid":
            found = repr(error["ctx"]["tag"])
            return Fault(f"{where}.kind", found, "one of " + ", ".join(KINDS), _line(root, [*parts, "kind"]))
        case "string_type":
            return Fault(where, _source(node), "text; put it in quotes if it is one", line)
        case _:
            return Fault(where, _source(node), error["msg"].removeprefix("Input should be "), line)


def _known(parts: Sequence[object], shape: Shape[Any]) -> str:
    holder = next((shape.nested[part] for part in reversed(parts) if part in shape.nested), shape.keys)
    return ", ".join(field.name for field in fields(holder))


def _line(root: yaml.Node, parts: Sequence[object]) -> int:
    """The line of a path, or of the nearest part above it that is there."""
    node, key, _ = _walk(root, parts)
    return _line_of(key if key is not None else node)


def _walk(node: yaml.Node, parts: Sequence[object]) -> tuple[yaml.Node, yaml.Node | None, bool]:
    """The node of a path with its key; the last one found, if the path ends early.

    A part is a key, a position, or the `name`, `id` or `by` of an entry in a list; parts that name a kind of
    question stand in no file and are passed over.
    """
    key: yaml.Node | None = None
    for part in parts:
        step = _step(node, part)
        if step is not None:
            key, node = step
        elif part not in KINDS:
            return node, key, False
    return node, key, True


def _step(node: yaml.Node, part: object) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
        if found is None and (sections := dict(_entries(node)).get("sections")) is not None:
            return _step(sections, part)  # faults of the guideline name a section right away
        return found
    if isinstance(node, yaml.SequenceNode):
        if isinstance(part, int):
            return (None, node.value[part]) if part < len(node.value) else None
        for entry in node.value:
            named = {"name", "id", "by"} & {k for k, v in _entries(entry) if v.value == part}
            if named:
                return None, entry
    return None


def _entries(node: yaml.Node) -> list[tuple[Any, Any]]:
    return [(key.value, value) for key, value in node.value] if isinstance(node, yaml.MappingNode) else []


def _line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _source(node: yaml.Node | None) -> str:
    match node:
        case yaml.ScalarNode():
            text = str(node.value)
            return repr(text if len(text) <= 60 else text[:59] + "…") if text else "nothing"
        case yaml.SequenceNode():
            return f"a list of {len(node.value)}"
        case yaml.MappingNode():
            return "keys and values: " + ", ".join(str(key) for key, _ in _entries(node)[:5])
        case _:
            return "nothing"


# --- writing ----------------------------------------------------------------------------------------


class _Readable(yaml.SafeDumper):
    """Long texts as blocks, short lists of words on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand indented under their key."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    is_block = "\n" in text and not any(line != line.rstrip() for line in text.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if is_block else None)


def _words(dumper: yaml.SafeDumper, words: list[Any]) -> yaml.Node:
    is_short = all(isinstance(word, str) for word in words) and sum(map(len, words)) < 60
    return dumper.represent_sequence("tag:yaml.org,2002:seq", words, flow_style=is_short)


_Readable.add_representer(str, _text)
_Readable.add_representer(list, _words)


def _plain(value: Any) -> Any:
    """Mappings and lists without what stands at its default; a question's kind is always written."""
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if not is_dataclass(value):
        return value
    default = {field.name: _default(field) for field in fields(value)}
    return {
        name: _plain(getattr(value, name))
        for name in _ordered(list(default))
        if name == "kind" or getattr(value, name) != default[name]
    }


def _ordered(names: list[str]) -> list[str]:
    first = [name for name in ("name", "id", "slug", "description", "kind", "title") if name in names]
    return first + [name for name in names if name not in first]


def _default(field: Any) -> Any:  # Any: dataclasses.Field of any type
    if callable(field.default_factory):
        return field.default_factory()
    return field.default

"""One review subject."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from milo.core.questions import Answer

FieldValue = str | int | float | bool | None | list["FieldValue"] | dict[str, "FieldValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is looked at, with the known answers if there are any."""

    id: int
    external_id: str
    fields: Mapping[str, FieldValue]
    category: str | None = None
    language: str | None = None
    gold: Mapping[str, Answer] = field(default_factory=dict)


def content_hash(fields: Mapping[str, FieldValue]) -> str:
    """The first 128 bits of the SHA-256 of the fields in hex, whatever the order of their keys.

    >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    True
    """
    parts: list[str] = []
    for name in sorted(fields):
        value = fields[name]
        if not isinstance(value, str):
            value = "\0" + json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        parts += (f"{len(name)} {len(value)}", name, value)  # the lengths: no content reads as another's
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

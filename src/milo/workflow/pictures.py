"""The pictures of an item, as parts of a prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from milo.core.item import FieldValue
from milo.core.model_call import ImagePart
from milo.core.project import SubjectField
from milo.workflow import media


def of_item(
    data_dir: Path, subject: Sequence[SubjectField], fields: Mapping[str, FieldValue]
) -> dict[str, ImagePart]:
    """The picture of each image field that has one; raises `NotFound` for one that is not stored."""
    return {
        field.name: ImagePart(*media.load(data_dir, str(fields[field.name])))
        for field in subject
        if field.show == "image" and fields.get(field.name)
    }

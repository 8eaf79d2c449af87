"""Pictures of items: kept once under the data folder, named by their content."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from milo.core.errors import InvalidInput, NotFound

MAX_BYTES = 20_000_000

TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
_NAME = re.compile(r"[0-9a-f]{64}\.(png|jpg|gif|webp)")
_URL = re.compile(rf"/api/projects/[^/]+/media/({_NAME.pattern})")
_DATA_URL = re.compile(r"data:image/[a-z+]+;base64,")


class Picture(NamedTuple):
    """A stored picture."""

    media_type: str
    path: Path


def store(data_dir: Path, content: bytes) -> str:
    """The name under which a picture is kept from now on; the same content has the same name.

    Raises `InvalidInput` when its first bytes are those of no PNG, JPEG, GIF or WebP, or when it is too long.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"The picture has {len(content):,} bytes; allowed are {MAX_BYTES:,}.")
    name = f"{hashlib.sha256(content).hexdigest()}.{_kind(content)}"
    path = _path(data_dir, name)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return name


def url(project_id: int, name: str) -> str:
    """Where the interface finds a picture; this stands in the item's field."""
    return f"/api/projects/{project_id}/media/{name}"


def find(data_dir: Path, name: str) -> Picture:
    """A stored picture by its name; raises `NotFound`."""
    path = _path(data_dir, name) if _NAME.fullmatch(name) else None
    if path is None or not path.is_file():
        raise NotFound(f"There is no picture {name!r}.")
    return Picture(TYPES[path.suffix[1:]], path)


def load(data_dir: Path, reference: str) -> tuple[str, bytes]:
    """Media type and bytes of the picture an item's field refers to."""
    found = _URL.fullmatch(reference)
    if found is None:
        raise NotFound(f"{reference[:120]!r} refers to no stored picture.")
    picture = find(data_dir, found[1])
    return picture.media_type, picture.path.read_bytes()


def adopt(data_dir: Path, project_id: int, value: object, folder: Path | None) -> str:
    """The address for an item's field of a picture that a row of a file names.

    A row may name one stored before (its address, also from another project's export), hold it as a data URL,
    or, where `folder` is given, name a file in that folder or in its folder `pictures`. Raises `InvalidInput`
    saying what is allowed.
    """
    if not isinstance(value, str):
        raise InvalidInput(f"a picture is named by text; found {value!r:.60}")
    if found := _URL.fullmatch(value):
        try:
            find(data_dir, found[1])
        except NotFound:
            raise InvalidInput(f"the picture {found[1]} is not stored here; upload it first") from None
        return url(project_id, found[1])
    if _DATA_URL.match(value):
        return url(project_id, store(data_dir, _decoded(value)))
    if folder is not None and "://" not in value:
        return url(project_id, store(data_dir, _content(folder, value)))
    allowed = "the address that uploading it gave, or a data URL (data:image/png;base64,...)"
    raise InvalidInput(f"the picture {value[:80]!r} cannot be used; allowed is {allowed}")


def _kind(content: bytes) -> str:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise InvalidInput("The file is no picture that can be shown; allowed are PNG, JPEG, GIF and WebP.")


def _path(data_dir: Path, name: str) -> Path:
    return data_dir / "media" / name[:2] / name


def _decoded(data_url: str) -> bytes:
    try:
        return base64.b64decode(data_url.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise InvalidInput(f"the picture's data URL is not base64: {error}") from error


def _content(folder: Path, name: str) -> bytes:
    candidates = [(folder / name).resolve(), (folder / "pictures" / name).resolve()]
    if not candidates[0].is_relative_to(folder.resolve()):
        raise InvalidInput(f"the picture {name!r} lies outside the folder of the file; move it there")
    path = next((path for path in candidates if path.is_file()), None)
    if path is None:
        raise InvalidInput(f"there is no picture {name!r} beside the file or in its folder 'pictures'")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InvalidInput(f"the picture {name!r} has {size:,} bytes; allowed are {MAX_BYTES:,}")
    return path.read_bytes()

"""Pictures and videos of items: kept once under the data folder, named by their content."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from milo.core.errors import InvalidInput, NotFound

MediaKind = Literal["image", "video"]

MAX_BYTES: Mapping[MediaKind, int] = {"image": 20_000_000, "video": 200_000_000}

TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
_WORDS: Mapping[MediaKind, str] = {"image": "picture", "video": "video"}
_FORMATS: Mapping[MediaKind, str] = {"image": "PNG, JPEG, GIF and WebP", "video": "MP4 and WebM"}
_FOLDERS: Mapping[MediaKind, str] = {"image": "pictures", "video": "videos"}
_NAME = re.compile(rf"[0-9a-f]{{64}}\.({'|'.join(TYPES)})")
_URL = re.compile(rf"/api/projects/[^/]+/media/({_NAME.pattern})")
_DATA_URL = re.compile(r"data:(?:image|video)/[a-z0-9+]+;base64,")
# Brands of MP4 files that browsers play; AVIF and HEIC pictures begin alike, with other brands.
_MP4_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V", b"dash", b"MSNV")
_HEAD = 64  # bytes that tell the format


class Stored(NamedTuple):
    """A stored picture or video."""

    media_type: str
    path: Path


class Arriving:
    """A picture or video that comes in piece by piece; it ends with `keep` or `discard`."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        folder = data_dir / "media"
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{secrets.token_hex(12)}.part"
        self._file = self._path.open("xb")
        self._hash = hashlib.sha256()
        self._head = b""
        self._size = 0

    def add(self, piece: bytes) -> None:
        """The next bytes; raises `InvalidInput` as soon as there are too many."""
        self._size += len(piece)
        self._head += piece[: _HEAD - len(self._head)]
        if self._size > MAX_BYTES["image"]:
            self._check()
        self._hash.update(piece)
        self._file.write(piece)

    def keep(self) -> str:
        """The name under which it is kept from now on; the same content has the same name."""
        ending = self._check()
        self._file.close()
        name = f"{self._hash.hexdigest()}.{ending}"
        path = _path(self._data_dir, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(path)
        return name

    def discard(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _check(self) -> str:
        ending = _ending(self._head)
        kind = _kind(ending)
        if self._size > MAX_BYTES[kind]:
            raise InvalidInput(
                f"The {_WORDS[kind]} has over {MAX_BYTES[kind]:,} bytes; that is the most allowed."
            )
        return ending


def store(data_dir: Path, content: bytes) -> str:
    """The name under which a picture or video is kept from now on; the same content has the same name.

    Raises `InvalidInput` when its first bytes are those of nothing that can be shown, or when it is too long.
    """
    arriving = Arriving(data_dir)
    try:
        arriving.add(content)
        return arriving.keep()
    except BaseException:
        arriving.discard()
        raise


def url(project_id: int, name: str) -> str:
    """Where the interface finds it; this stands in the item's field."""
    return f"/api/projects/{project_id}/media/{name}"


def find(data_dir: Path, name: str) -> Stored:
    """A stored picture or video by its name; raises `NotFound`."""
    path = _path(data_dir, name) if _NAME.fullmatch(name) else None
    if path is None or not path.is_file():
        raise NotFound(f"There is no picture or video {name!r}.")
    return Stored(TYPES[path.suffix[1:]], path)


def name_of(reference: str) -> str:
    """The name under which what an item's field refers to is kept; raises `NotFound`."""
    found = _URL.fullmatch(reference)
    if found is None:
        raise NotFound(f"{reference[:120]!r} refers to no stored picture.")
    return found[1]


def load(data_dir: Path, reference: str) -> tuple[str, bytes]:
    """Media type and bytes of the picture an item's field refers to."""
    picture = find(data_dir, name_of(reference))
    return picture.media_type, picture.path.read_bytes()


def adopt(
    data_dir: Path, project_id: int, value: object, folder: Path | None, kind: MediaKind = "image"
) -> str:
    """The address for an item's field of a picture or video that a row of a file names.

    A row may name one stored before (its address, also from another project's export), hold it as a data URL,
    or, where `folder` is given, name a file in that folder or in its folder `pictures` or `videos`. Raises
    `InvalidInput` saying what is allowed.
    """
    word = _WORDS[kind]
    if not isinstance(value, str):
        raise InvalidInput(f"a {word} is named by text; found {value!r:.60}")
    if found := _URL.fullmatch(value):
        try:
            find(data_dir, found[1])
        except NotFound:
            raise InvalidInput(f"the {word} {found[1]} is not stored here; upload it first") from None
        return url(project_id, _of_kind(found[1], kind))
    if _DATA_URL.match(value):
        return url(project_id, store(data_dir, _checked(_decoded(value), kind)))
    if folder is not None and "://" not in value:
        return url(project_id, _copied(data_dir, _beside(folder, value, kind), kind))
    example = "data:image/png;base64,..." if kind == "image" else "data:video/mp4;base64,..."
    allowed = f"the address that uploading it gave, or a data URL ({example})"
    raise InvalidInput(f"the {word} {value[:80]!r} cannot be used; allowed is {allowed}")


def _ending(head: bytes) -> str:
    """The format by the first bytes."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12].startswith(_MP4_BRANDS):
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:_HEAD]:  # EBML, and its type of document
        return "webm"
    allowed = f"{_FORMATS['image']}, and as a video {_FORMATS['video']}"
    raise InvalidInput(f"The file is no picture or video that can be shown; allowed are {allowed}.")


def _kind(ending: str) -> MediaKind:
    return "video" if TYPES[ending].startswith("video/") else "image"


def _of_kind(name: str, kind: MediaKind) -> str:
    """The name, if what is stored under it is of this kind."""
    found = _kind(name.rpartition(".")[2])
    if found != kind:
        raise InvalidInput(f"{name} is a {_WORDS[found]}; allowed here are {_FORMATS[kind]}")
    return name


def _checked(content: bytes, kind: MediaKind) -> bytes:
    _of_kind(f"the content.{_ending(content[:_HEAD])}", kind)
    return content


def _path(data_dir: Path, name: str) -> Path:
    return data_dir / "media" / name[:2] / name


def _decoded(data_url: str) -> bytes:
    try:
        return base64.b64decode(data_url.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise InvalidInput(f"the data URL is not base64: {error}") from error


def _beside(folder: Path, name: str, kind: MediaKind) -> Path:
    """The file that a row of a file in this folder names."""
    word, inner = _WORDS[kind], _FOLDERS[kind]
    candidates = [(folder / name).resolve(), (folder / inner / name).resolve()]
    if not candidates[0].is_relative_to(folder.resolve()):
        raise InvalidInput(f"the {word} {name!r} lies outside the folder of the file; move it there")
    path = next((path for path in candidates if path.is_file()), None)
    if path is None:
        raise InvalidInput(f"there is no {word} {name!r} beside the file or in its folder {inner!r}")
    size = path.stat().st_size
    if size > MAX_BYTES[kind]:
        raise InvalidInput(f"the {word} {name!r} has {size:,} bytes; allowed are {MAX_BYTES[kind]:,}")
    return path


def _copied(data_dir: Path, path: Path, kind: MediaKind) -> str:
    arriving = Arriving(data_dir)
    try:
        with path.open("rb") as file:
            _checked(file.read(_HEAD), kind)
            file.seek(0)
            while piece := file.read(1024 * 1024):
                arriving.add(piece)
        return arriving.keep()
    except BaseException:
        arriving.discard()
        raise

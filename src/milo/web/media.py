"""Pictures of items."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

from milo.core.errors import InvalidInput
from milo.web.caller import Who
from milo.workflow import media

router = APIRouter(prefix="/api")

_BODY = {"required": True, "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture that items may now show: `url` goes into a field of kind image."""

    name: str
    url: str


@router.post("/projects/{p}/media", status_code=201, openapi_extra={"requestBody": _BODY})
async def add_picture(p: str, who: Who) -> StoredPicture:
    """Store the picture in the body: PNG, JPEG, GIF or WebP by its first bytes, 20 MB at most."""
    project_id = await run_in_threadpool(_project_id, p, who)
    content = bytearray()
    async for chunk in who.request.stream():
        content += chunk
        if len(content) > media.MAX_BYTES:
            raise InvalidInput(f"The picture has over {media.MAX_BYTES:,} bytes; that is the most allowed.")
    name = await run_in_threadpool(media.store, _data_dir(who), bytes(content))
    return StoredPicture(name=name, url=media.url(project_id, name))


@router.get("/projects/{p}/media/{name:path}", response_class=FileResponse)
def read_picture(p: str, name: str, who: Who) -> FileResponse:
    """A picture by its name, which is the hash of its content: it never changes."""
    with who.read() as scope:
        scope.project(p)
    picture = media.find(_data_dir(who), name)
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(picture.path, media_type=picture.media_type, headers=headers)


def _project_id(p: str, who: Who) -> int:
    with who.read() as scope:
        return scope.project(p).id


def _data_dir(who: Who) -> Path:
    folder: Path = who.request.app.state.config.data_dir
    return folder.expanduser().resolve()

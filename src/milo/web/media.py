"""Pictures and videos of items."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

from milo.web.caller import Who
from milo.workflow import media

router = APIRouter(prefix="/api")

_CHUNK = 1024 * 1024
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"required": True, "content": {"image/*": _BINARY, "video/*": _BINARY}}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture or video that items may now show: `url` goes into a field that shows an image or a video."""

    name: str
    url: str


@router.post("/projects/{p}/media", status_code=201, openapi_extra={"requestBody": _BODY})
async def add_picture(p: str, who: Who) -> StoredPicture:
    """Store the picture (PNG, JPEG, GIF, WebP; 20 MB at most) or video (MP4, WebM; 200 MB) in the body.

    What it is, its first bytes decide.
    """
    project_id = await run_in_threadpool(_project_id, p, who)
    arriving = await run_in_threadpool(media.Arriving, _data_dir(who))
    try:
        pending = bytearray()
        async for chunk in who.request.stream():
            pending += chunk
            if len(pending) >= _CHUNK:
                await run_in_threadpool(arriving.add, bytes(pending))
                pending.clear()
        await run_in_threadpool(arriving.add, bytes(pending))
        name = await run_in_threadpool(arriving.keep)
    except BaseException:
        arriving.discard()
        raise
    return StoredPicture(name=name, url=media.url(project_id, name))


@router.get("/projects/{p}/media/{name:path}", response_class=FileResponse)
def read_picture(p: str, name: str, who: Who) -> FileResponse:
    """A picture or video by its name, which is the hash of its content: it never changes; ranges too."""
    with who.read() as scope:
        scope.project(p)
    stored = media.find(_data_dir(who), name)
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(stored.path, media_type=stored.media_type, headers=headers)


def _project_id(p: str, who: Who) -> int:
    with who.read() as scope:
        return scope.project(p).id


def _data_dir(who: Who) -> Path:
    folder: Path = who.request.app.state.config.data_dir
    return folder.expanduser().resolve()

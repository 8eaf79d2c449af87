"""ZIP archives that are the same whenever they are made of the same: fixed order, no moments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

EARLIEST = (1980, 1, 1, 0, 0, 0)  # a ZIP archive has no earlier moment
#: Pictures are compressed already.
COMPRESSED = (".png", ".jpg", ".gif", ".webp")


def write(file: BinaryIO, members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write each member, a name and the pieces of its content, in the order given."""
    with ZipFile(file, "w") as archive:
        for name, pieces in members:
            entry = ZipInfo(name, EARLIEST)
            entry.compress_type = ZIP_STORED if name.endswith(COMPRESSED) else ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as inside:
                for piece in pieces:
                    inside.write(piece)

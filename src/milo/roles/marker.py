"""Lines that enclose what a model is to look at, and that nothing inside can know or imitate."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Marker:
    """The line before and the line after."""

    start: str
    end: str


def marker_for(secret: str, content: str) -> Marker:
    """The same marker for the same secret, unless the content holds it: then the next one it does not hold.

    >>> marker_for("s", "text") == marker_for("s", "other text")
    True
    >>> marker_for("s", marker_for("s", "").end) == marker_for("s", "")
    False
    """
    folded = content.casefold()
    token = next(token for token in _tokens(secret) if token not in folded)
    return Marker(start=f"<<<START {token}>>>", end=f"<<<END {token}>>>")


def enclosed(marker: Marker, content: str) -> str:
    """The content between its two lines."""
    return f"{marker.start}\n{content}\n{marker.end}"


def _tokens(secret: str) -> Iterator[str]:
    for number in count():
        yield hmac.new(secret.encode(), str(number).encode(), hashlib.sha256).hexdigest()[:16]

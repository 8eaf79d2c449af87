"""Which contents an import has met, in 20 bytes an item, so that a million of them fit beside the rest."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import Any

from milo.db.queries.imports import Content

#: A `set` of the same hashes takes five times the memory.
_RUN = [("hash", "S16"), ("item", "i8")]
LONGEST_RUN = 200_000  # merging longer ones would take more memory than looking into several costs time


class Contents:
    """Hashes with their items, in sorted runs: long ones, then each at least twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[Any] = []  # Any: numpy arrays of _RUN; numpy is imported late

    def known(self, hashes: Sequence[str]) -> set[str]:
        """Those of the hashes that were added before."""
        import numpy as np

        wanted = np.frombuffer(bytes.fromhex("".join(hashes)), dtype="S16")
        found = np.zeros(len(wanted), dtype=bool)
        for run in self._runs:
            places = np.searchsorted(run["hash"], wanted)
            places[places == len(run)] = 0
            found |= run["hash"][places] == wanted
        return {one for one, is_known in zip(hashes, found, strict=True) if is_known}

    def add(self, contents: Sequence[Content]) -> None:
        """Remember these."""
        import numpy as np

        if not contents:
            return
        run = np.empty(len(contents), dtype=_RUN)
        run["hash"] = np.frombuffer(bytes.fromhex("".join(c.content_hash for c in contents)), dtype="S16")
        run["item"] = [content.item_id for content in contents]
        run.sort(order="hash")
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < min(2 * len(self._runs[-1]), LONGEST_RUN):
            self._merge_last_two()

    def in_order(self) -> Iterator[Content]:
        """All of them, sorted by hash."""
        yield from starmap(Content, heapq.merge(*map(_pairs, self._runs)))

    def _merge_last_two(self) -> None:
        import numpy as np

        second, first = self._runs.pop(), self._runs.pop()
        merged = np.empty(len(first) + len(second), dtype=_RUN)
        places = np.searchsorted(first["hash"], second["hash"]) + np.arange(len(second))
        is_first = np.ones(len(merged), dtype=bool)
        is_first[places] = False
        merged[places], merged[is_first] = second, first
        self._runs.append(merged)


def _pairs(run: Any) -> Iterator[tuple[str, int]]:  # Any: a numpy array of _RUN
    for start in range(0, len(run), 5000):
        part = run[start : start + 5000]
        digits = part["hash"].tobytes().hex()
        yield from zip(
            (digits[at : at + 32] for at in range(0, len(digits), 32)), part["item"].tolist(), strict=True
        )

"""Which contents an import has met, in 20 bytes an item, so that a million of them fit beside the rest."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Any

from milo.db.queries.imports import Content

#: A `set` of the same hashes takes five times the memory.
_RUN = [("hash", "S16"), ("item", "i8")]


class Contents:
    """Hashes with their items, in sorted runs of which each is at least twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[Any] = []  # Any: numpy arrays of _RUN; numpy is imported late

    def known(self, hashes: Sequence[str]) -> set[str]:
        """Those of the hashes that were added before."""
        import numpy as np

        wanted = np.array([bytes.fromhex(one) for one in hashes], dtype="S16")
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
        rows = [(bytes.fromhex(content.content_hash), content.item_id) for content in contents]
        run = np.array(rows, dtype=_RUN)
        run.sort(order="hash")
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            self._merge_last_two()

    def in_order(self) -> Iterator[Content]:
        """All of them, sorted by hash."""
        for hash, item in heapq.merge(*map(_pairs, self._runs)):
            yield Content(hash.hex(), item)

    def _merge_last_two(self) -> None:
        import numpy as np

        second, first = self._runs.pop(), self._runs.pop()
        merged = np.empty(len(first) + len(second), dtype=_RUN)
        places = np.searchsorted(first["hash"], second["hash"]) + np.arange(len(second))
        is_first = np.ones(len(merged), dtype=bool)
        is_first[places] = False
        merged[places], merged[is_first] = second, first
        self._runs.append(merged)


def _pairs(run: Any) -> Iterator[tuple[bytes, int]]:  # Any: a numpy array of _RUN
    for start in range(0, len(run), 10_000):
        part = run[start : start + 10_000]
        # numpy drops the zero bytes at the end
        yield from ((hash.ljust(16, b"\0"), item) for hash, item in part.tolist())

"""The set of contents an import has met says the truth, however its runs were merged."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.db.queries.imports import Content
from milo.workflow import contents
from milo.workflow.contents import Contents


def hash_of(number: int) -> str:
    """A hash; the first ones end and begin with zero bytes, which numpy likes to drop."""
    if number < 8:
        return ("00" * number).ljust(32, "a") if number % 2 else ("b" * (32 - 2 * number)).ljust(32, "0")
    return sha256(str(number).encode()).hexdigest()[:32]


@given(st.lists(st.sets(st.integers(0, 400), max_size=60), max_size=12), st.sampled_from([1, 40, 10_000]))
def test_what_was_added_is_known_and_comes_in_order(batches: list[set[int]], longest: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(contents, "LONGEST_RUN", longest)
        met, added = Contents(), dict[str, int]()
        for batch in batches:
            hashes = [hash_of(number) for number in sorted(batch)]
            assert met.known(hashes) == {one for one in hashes if one in added}
            fresh = [Content(hash_of(number), number) for number in batch if hash_of(number) not in added]
            met.add(fresh)
            added.update(fresh)
        assert list(met.in_order()) == [Content(*pair) for pair in sorted(added.items())]

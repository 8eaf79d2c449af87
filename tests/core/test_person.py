"""The permission table."""

from __future__ import annotations

from typing import get_args

import pytest

from milo.core.errors import Forbidden
from milo.core.person import ALLOWED, Permission, Role, is_allowed, require


def test_every_permission_has_a_row_of_known_roles() -> None:
    assert set(ALLOWED) == set(get_args(Permission))
    assert all(roles <= set(get_args(Role)) for roles in ALLOWED.values())


def test_an_administrator_may_do_everything_and_an_outsider_nothing() -> None:
    for permission in ALLOWED:
        assert is_allowed(permission, None, is_admin=True)
        assert not is_allowed(permission, None, is_admin=False)


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(Forbidden, match="'export', which these have: researcher, administrator"):
        require("export", "annotator", is_admin=False)


def test_annotators_see_no_one_elses_work() -> None:
    assert not is_allowed("read_items", "annotator", is_admin=False)
    assert not is_allowed("read_progress", "annotator", is_admin=False)

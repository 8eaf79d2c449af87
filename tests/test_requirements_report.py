"""What is missing is skipped with a reason, or fails where it is required."""

from __future__ import annotations

import pytest

from tests.requirements_report import missing, required


def test_something_missing_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILO_REQUIRE", "chromium")
    with pytest.raises(pytest.skip.Exception, match="weights: none installed"):
        missing("weights", "none installed")


def test_something_missing_fails_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILO_REQUIRE", "chromium, weights")
    with pytest.raises(pytest.fail.Exception, match=r"weights is required \(MILO_REQUIRE\) and missing"):
        missing("weights", "none installed")


def test_a_required_name_nobody_knows_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILO_REQUIRE", "chromum")
    with pytest.raises(pytest.UsageError, match=r"names chromum; allowed are chromium, postgresql"):
        required()

"""What tests need outside Python is found where it may lie, else named as the package apt would install."""

from __future__ import annotations

from pathlib import Path

import pytest
from install_system_packages import BROWSERS, apt_commands, find_browser, main, missing_packages


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser and without PostgreSQL; the folder is its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MILO_CHROMIUM", raising=False)
    monkeypatch.setattr("install_system_packages.POSTGRESQL", tmp_path / "postgresql")
    return tmp_path


def a_program(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)


def test_a_bare_machine_lacks_both(bare: Path) -> None:
    assert missing_packages() == ["chromium-headless-shell", "postgresql"]


@pytest.mark.parametrize("name", BROWSERS)
def test_any_browser_on_the_path_is_enough(bare: Path, name: str) -> None:
    a_program(bare / name)
    assert missing_packages() == ["postgresql"]


def test_a_browser_that_is_named_is_enough(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILO_CHROMIUM", "/opt/browser")
    a_program(bare / "chromium")
    assert find_browser() == "/opt/browser"
    assert missing_packages() == ["postgresql"]


@pytest.mark.parametrize("place", ["initdb", "postgresql/15/bin/initdb"])
def test_postgresql_is_found_on_the_path_and_where_debian_puts_it(bare: Path, place: str) -> None:
    a_program(bare / place)
    assert missing_packages() == ["chromium-headless-shell"]


def test_without_apt_it_only_says_what_is_missing(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert "apt-get install chromium-headless-shell postgresql" in capsys.readouterr().out


def test_apt_reads_its_lists_before_it_installs_without_asking() -> None:
    update, install = apt_commands(["a-package"])
    assert update[-1] == "update"
    assert install[2:] == ["install", "--yes", "--no-install-recommends", "a-package"]

"""Settings of an installation come from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from milo import config
from milo.core.errors import InvalidInput


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who runs the tests may have set some for their own milo."""
    for name in config.Config.model_fields:
        monkeypatch.delenv(f"MILO_{name}".upper(), raising=False)


def test_data_and_weights_stay_in_the_home_folder_by_default() -> None:
    settings = config.load()
    assert settings.data_dir == Path.home() / ".local/share/milo"
    assert settings.cache_dir == Path.home() / ".cache/milo"


def test_the_server_is_reachable_from_this_machine_only_by_default() -> None:
    assert (config.load().host, config.load().port) == ("127.0.0.1", 8000)


def test_each_setting_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILO_DATA_DIR", "~/labels")
    monkeypatch.setenv("MILO_DATABASE_URL", "postgresql+psycopg://milo@127.0.0.1/milo")
    monkeypatch.setenv("MILO_PORT", "0")
    settings = config.load()
    assert settings.data_dir == Path.home() / "labels"
    assert settings.database_url == "postgresql+psycopg://milo@127.0.0.1/milo"
    assert settings.port == 0


def test_a_bad_setting_is_named_with_what_was_found_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MILO_WEIGHTS_SOURCE", "attic")
    with pytest.raises(InvalidInput, match=r"MILO_WEIGHTS_SOURCE: found 'attic'; allowed: .*'hub'"):
        config.load()


def test_every_setting_says_what_it_is_for() -> None:
    silent = [name for name, field in config.Config.model_fields.items() if not field.description]
    assert silent == []

"""Settings of an installation, read once from the environment (`MILO_...`) when a command starts.

They are unlike a project's settings, which researchers change in the interface and which live in the
database (`core/project.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from milo.core.errors import Fault, InvalidInput

WeightsSource = Literal["auto", "hub", "packages"]
LogLevel = Literal["debug", "info", "warning", "error"]
Folder = Annotated[Path, AfterValidator(Path.expanduser)]


class Config(BaseSettings):
    """Where an installation keeps its data and how it serves.

    Every field is an environment variable: `MILO_` and the field's name in capitals.
    """

    model_config = SettingsConfigDict(
        env_prefix="MILO_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    data_dir: Folder = Path("~/.local/share/milo")
    """Database, uploads, media, exports and the secret key: what a backup has to hold."""

    database_url: str = ""
    """SQLAlchemy URL. Empty means SQLite in `data_dir`; teams set `postgresql+psycopg://...`."""

    cache_dir: Folder = Path("~/.cache/milo")
    """What can be fetched again: the weights of embedded models."""

    weights_source: WeightsSource = "auto"
    """Where `milo model install` looks for weights: `auto` takes the first source that answers."""

    host: str = "127.0.0.1"
    """Address the server listens on. The default is reachable from this machine only."""

    port: int = Field(default=8000, ge=0, le=65_535)
    """Port the server listens on; 0 takes a free one and prints it."""

    secure_cookies: bool = False
    """Send the session cookie over HTTPS only. Set it wherever HTTPS stands before milo."""

    session_hours: int = Field(default=168, ge=1)
    """A log-in lasts this many hours."""

    logins_per_minute: int = Field(default=10, ge=1)
    """Log-in attempts a minute for one name; checking one costs 0.26 s of CPU and 64 MiB."""

    log_level: LogLevel = "info"
    """The least severe log lines that are written."""


def load() -> Config:
    """The settings of this process.

    >>> load().host
    '127.0.0.1'

    Raises `InvalidInput` naming each variable that cannot be read.
    """
    try:
        return Config()
    except ValidationError as error:
        faults = tuple(
            Fault(where=f"MILO_{fault['loc'][0]}".upper(), found=repr(fault["input"]), allowed=fault["msg"])
            for fault in error.errors()
        )
        raise InvalidInput("; ".join(map(str, faults)), faults) from error

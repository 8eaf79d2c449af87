"""Install what tests need outside Python: a browser and PostgreSQL, by apt where this is root.

Elsewhere it only says what is missing; the tests that need it are skipped with that reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

POSTGRESQL = Path("/usr/lib/postgresql")
#: On the PATH any of these will do; the first opens pages in a third of the time of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def main() -> int:
    packages = missing_packages()
    if not packages:
        return 0
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        print(
            f"Not installed: {', '.join(packages)}. As root on Debian: apt-get install {' '.join(packages)}"
        )
        return 0
    print(f"Installing {', '.join(packages)} by apt")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in apt_commands(packages):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        if done.returncode:
            print(f"{' '.join(command)} ended with status {done.returncode}", file=sys.stderr)
    return 0  # what is still missing is decided by the tests, which know what is required


def apt_commands(packages: Sequence[str]) -> list[list[str]]:
    """The list of packages made new, then these installed without what they merely recommend."""
    quiet = ["apt-get", "-qq"]
    return [[*quiet, "update"], [*quiet, "install", "--yes", "--no-install-recommends", *packages]]


def missing_packages() -> list[str]:
    """The Debian packages of what is neither on the PATH nor where Debian puts it."""
    packages = []
    if find_browser() is None:
        packages.append(BROWSERS[0])
    if not any(POSTGRESQL.glob("*/bin/initdb")) and not shutil.which("initdb"):
        packages.append("postgresql")
    return packages


def find_browser(names: Sequence[str] = BROWSERS) -> str | None:
    """`MILO_CHROMIUM`, else the first of these on the PATH; None where there is none."""
    return os.environ.get("MILO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


if __name__ == "__main__":
    sys.exit(main())

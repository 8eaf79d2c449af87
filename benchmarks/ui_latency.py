"""How long an annotator waits: key press to next task painted, and what the interface costs to start.

    python -m benchmarks.ui_latency [--tasks 100] [--added-ms 150]

A real server, its worker and Chromium. Each task is a comment with a post, context, three questions and a
model's suggestions; three tasks are ready when Enter is pressed, and the browser adds `--added-ms` to every
GET and POST. A wait is from the keydown event to the second animation frame that has the next task, which is
after its paint. The result is written to `benchmarks/results/ui_latency.json`, with machine and versions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from milo.config import Config
from milo.db.tables import ProjectRow
from milo.demo.build import import_file
from milo.demo.story import CONTENT
from milo.formats import milo_yaml
from milo.installation import Installation, open_installation, secret_key
from milo.web.pages import STATIC
from milo.worker import run_or_enqueue
from milo.workflow import models, people, pre_annotate, projects
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation
from tools.install_system_packages import BROWSERS, find_browser

RESULTS = Path(__file__).parent / "results" / "ui_latency.json"
PASSWORD = "benchmark-password"
STARTS = 3
IDLE_SECONDS = 10
BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
RULES = {
    "rules": [
        {
            "when": " ",
            "question": "How relevant",
            "answers": {"Fully relevant": 0.9, "Somewhat relevant": 0.1},
        },
        {"when": " ", "question": "civil and respectful", "answers": {"Yes": 0.97, "No": 0.03}},
        {"when": " ", "question": "Informative", "answers": {"Yes": 0.8, "No": 0.2}},
        {"when": " ", "answers": {"No": 0.95, "Yes": 0.05}},
    ],
    "default": {"answers": dict.fromkeys(("Yes", "No", "Fully relevant", "Somewhat relevant"), 1.0)},
}
WATCH = """() => {
    const shown = () => document.querySelector("h1")?.textContent;
    window.waits = [];
    window.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        const before = shown();
        const look = () => requestAnimationFrame(() => {
            if (shown() === before || document.querySelector(".subject") === null) return look();
            requestAnimationFrame(() => window.waits.push(performance.now() - event.timeStamp));
        });
        look();
    }, { capture: true });
}"""

ONE_REQUEST = """async () => {
    const began = performance.now();
    await fetch("/api/me");
    return performance.now() - began;
}"""
CLAIM = (
    "median 50 ms wished, at most 60, p95 at most 130; 230 kB of JavaScript; 3 s to start; 150 MB when idle"
)


def main() -> None:
    """Measure, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--added-ms", type=int, default=150)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        installation = prepare(Path(folder), options.tasks + 4)
        starts = [seconds_to_first_page(installation) for _ in range(STARTS)]
        with server(installation) as (url, pid):
            waits, scripts, added, browser = work(url, options.tasks, options.added_ms)
        with server(installation) as (url, pid):
            urllib.request.urlopen(url).read()
            time.sleep(IDLE_SECONDS)
            memory = {"server_mb": megabytes(pid), "worker_mb": sum(map(megabytes, children(pid)))}
        installation.database.close()
    result = report(options, load, waits, added) | {
        "initial_javascript": scripts,
        "start_to_first_page_seconds": {"median": median(starts), "runs": starts},
        "idle_memory": memory,
        "machine": machine(browser),
    }
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def prepare(folder: Path, items: int) -> Installation:
    """A project of so many comments, each with suggestions, and one annotator."""
    now = datetime.now(UTC)
    installation = open_installation(Config(data_dir=folder / "data"))
    with installation.database.write() as session:
        owner = people.add_person(
            session, login="owner", name="Owner", password=PASSWORD, role="researcher", now=now
        )
        annotator = people.add_person(
            session, login="annotator", name="Annotator", password=PASSWORD, role="annotator", now=now
        )
        project = projects.create(session, milo_yaml.template("comment_classification"), by=owner, now=now)
        people.add_member(session, project.id, annotator.id, "annotator", now=now)
        setup = ModelSetup(name="Rules", provider="scripted", model="rules", params=RULES)
        model = models.add(session, setup, secret=secret_key(installation.data_dir), now=now).id
        slug = project.slug
    import_file(installation, slug, comments(folder, items), owner)
    with installation.database.write() as session:
        row = session.scalars(select(ProjectRow)).one()
        job = pre_annotate.enqueue(session, row, PreAnnotation(model=model), by=None, now=now).id
    run_or_enqueue(installation, job)
    return installation


def comments(folder: Path, items: int) -> Path:
    """The demo's comments over and over, each a little different; some have a picture."""
    rows = [json.loads(line) for line in (CONTENT / "comments.jsonl").read_text("utf-8").splitlines()]
    shutil.copytree(CONTENT / "pictures", folder / "pictures")
    file = folder / "comments.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for number in range(items):
            row = rows[number % len(rows)]
            changed = {**row, "id": f"c-{number:04d}", "comment": f"{row['comment']} ({number})", "gold": {}}
            out.write(json.dumps(changed, ensure_ascii=False) + "\n")
    return file


@contextmanager
def server(installation: Installation) -> Iterator[tuple[str, int]]:
    """Address and process id of a server with its worker."""
    process = start(installation)
    try:
        yield address(process), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        assert process.stdout is not None
        process.stdout.close()


def start(installation: Installation) -> subprocess.Popen[str]:
    """`milo serve`, as it is started by hand."""
    return subprocess.Popen(
        [sys.executable, "-m", "milo", "serve", "--port", "0"],
        env={**os.environ, "MILO_DATA_DIR": str(installation.data_dir), "MILO_DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
    )


def address(process: subprocess.Popen[str]) -> str:
    """Where it says it is."""
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    return found.group()


def seconds_to_first_page(installation: Installation) -> float:
    """From the command to the first page with its scripts, all bytes read."""
    began = time.perf_counter()
    process = start(installation)
    url = address(process)
    page = urllib.request.urlopen(url).read().decode()
    for script in re.findall(r'(?:src|href)="(/[^"]+\.js)"', page):
        urllib.request.urlopen(url + script).read()
    seconds = time.perf_counter() - began
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)
    assert process.stdout is not None
    process.stdout.close()
    return round(seconds, 2)


def browser_path() -> str | None:
    """The browser whose frames are measured: a whole one, where there is one."""
    return find_browser((*BROWSERS[1:], BROWSERS[0]))


def work(url: str, tasks: int, added_ms: int) -> tuple[list[float], dict[str, Any], float, str]:
    """The waits of an annotator who confirms task after task; the scripts loaded; one bare request's time."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.request.post(f"{url}/api/login", data={"login": "annotator", "password": PASSWORD})
        page = context.new_page()
        delay(page, added_ms)
        with page.expect_response("**/next"):
            page.goto(f"{url}/p/comment-classification/annotate")
        page.get_by_role("button", name="Understood").click()
        scripts = javascript(page)
        added = page.evaluate(ONE_REQUEST)
        page.evaluate(WATCH)
        for number in range(tasks):
            with page.expect_response("**/submit"), page.expect_response("**/next"):
                page.keyboard.press("Enter")
            page.wait_for_function("count => window.waits.length === count", arg=number + 1)
        waits: list[float] = page.evaluate("window.waits")
        name = f"Chromium {browser.version}"
        browser.close()
    return waits, scripts, round(added, 1), name


def delay(page: Page, milliseconds: int) -> None:
    """Have the browser add this to every request."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": milliseconds, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def javascript(page: Page) -> dict[str, Any]:
    """Every script the labeling screen loaded, by its size under gzip."""
    names = page.evaluate(
        """performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
           .filter((path) => path.endsWith(".js"))"""
    )
    sizes = {path: len(gzip.compress((STATIC / path.lstrip("/")).read_bytes(), 6)) for path in set(names)}
    return {
        "gzip_kb": round(sum(sizes.values()) / 1000, 1),
        "files": {path.rsplit("/", 1)[1]: size for path, size in sorted(sizes.items())},
    }


def megabytes(pid: int) -> float:
    """What a process keeps for itself, shared pages counted by their share."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return round(kilobytes * 1024 / 1e6, 1)


def children(pid: int) -> list[int]:
    """The processes it started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def report(options: argparse.Namespace, load: float, waits: list[float], added: float) -> dict[str, Any]:
    """The figures beside what is claimed."""
    ordered = sorted(waits)
    return {
        "claim": CLAIM,
        "tasks": options.tasks,
        "added_ms": options.added_ms,
        "one_request_ms": added,
        "key_press_to_next_task_painted_ms": {
            "median": round(median(waits), 1),
            "p95": round(ordered[int(0.95 * len(ordered))], 1),
            "worst": round(ordered[-1], 1),
            "all": [round(wait, 1) for wait in waits],
        },
        "load_before": load,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def machine(browser: str) -> dict[str, Any]:
    """Where this ran, with the versions that matter."""
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "browser": browser,
        "versions": {name: version(name) for name in ("milo-annotate", "playwright", "uvicorn", "fastapi")},
    }


if __name__ == "__main__":
    main()

"""How late the words of a draft are on the screen, and the keys of the person who types beside it.

    python -m benchmarks.drafts_on_screen [--words 400] [--word-ms 50]

A scripted endpoint, in a process of its own, sends words that are the moment they are sent. A real server
asks it for a draft that Chromium shows; meanwhile keys are typed into the response. A word is seen, and a
key, in the task after the animation frame that follows the change of the page: after its paint. The result
is written to `benchmarks/results/drafts_on_screen.json`, with machine and versions.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import at
from benchmarks.streaming import POLICY, endpoint
from benchmarks.ui_latency import BROWSER_FLAGS, PASSWORD, browser_path, machine, server
from milo.config import Config
from milo.core.guideline import Guideline
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import TextQuestion
from milo.demo.build import import_file
from milo.installation import Installation, open_installation, secret_key
from milo.workflow import models, people, projects
from milo.workflow.models import ModelSetup

RESULTS = Path(__file__).parent / "results" / "drafts_on_screen.json"
CLAIM = "a word is painted at most 80 ms (p95) after the model server sent it"
KEY_MS = 120
WATCH = """() => {
    window.words = [];
    window.keys = [];
    const painted = (then) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = then;
        port2.postMessage(0);
    });
    let known = 0;
    new MutationObserver(() => {
        const text = document.querySelector("[data-status=generating] .words")?.textContent ?? "";
        const stamps = text.split(" ").filter(Boolean).map(Number);
        const fresh = stamps.slice(known);
        known = Math.max(known, stamps.length);
        if (fresh.length > 0)
            painted(() => { for (const stamp of fresh) window.words.push(Date.now() - stamp); });
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    window.addEventListener("keydown", ({ timeStamp, key }) => {
        if (key.length === 1) painted(() => window.keys.push(performance.now() - timeStamp));
    }, { capture: true });
}"""


def main() -> None:
    """Measure, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=400)
    parser.add_argument("--word-ms", type=float, default=50.0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory() as folder,
        endpoint(options.words, options.word_ms) as model,
    ):
        installation, slug = prepare(Path(folder), model)
        with server(installation) as (url, _):
            words, keys, browser = read(url, slug, options.words * options.word_ms)
        installation.database.close()
    result = {
        "at": datetime.now(UTC).isoformat(),
        "claim": CLAIM,
        "load_before": round(load, 1),
        "words": figures(words) | {"sent": options.words, "word_ms": options.word_ms},
        "keys_beside": figures(keys),
        "machine": machine(browser),
    }
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def figures(delays: list[float]) -> dict[str, float]:
    """How many, and how late in ms.

    >>> figures([10.0, 20.0, 30.0])
    {'count': 3, 'p50_ms': 20.0, 'p95_ms': 30.0, 'max_ms': 30.0}
    """
    ordered = sorted(delays)
    shown = {"p50_ms": at(ordered, 0.5), "p95_ms": at(ordered, 0.95), "max_ms": ordered[-1]}
    return {"count": len(ordered), **{name: round(value, 1) for name, value in shown.items()}}


def prepare(folder: Path, model: str) -> tuple[Installation, str]:
    """A writing project with one item, its assistant and one annotator."""
    now = datetime.now(UTC)
    installation = open_installation(Config(data_dir=folder / "data"))
    spec = ProjectSpec(
        name="Writing",
        subject=(SubjectField(name="text", title="Topic"),),
        questions=(
            TextQuestion(name="question", title="What is asked?", multiline=False),
            TextQuestion(name="answer", title="The answer"),
        ),
        guideline=Guideline(sections=()),
        settings=replace(Settings(), assistant=POLICY),
    )
    with installation.database.write() as session:
        owner = people.add_person(
            session, login="owner", name="Owner", password=PASSWORD, role="researcher", now=now
        )
        writer = people.add_person(
            session, login="writer", name="Writer", password=PASSWORD, role="annotator", now=now
        )
        setup = ModelSetup(name="Endpoint", provider="openai_compatible", model="scripted", base_url=model)
        models.add(session, setup, secret=secret_key(installation.data_dir), now=now)
        project = projects.create(session, spec, by=owner, now=now)
        people.add_member(session, project.id, writer.id, "annotator", now=now)
        slug = project.slug
    file = folder / "items.jsonl"
    file.write_text(json.dumps({"id": "one", "text": "Lima"}) + "\n", "utf-8")
    import_file(installation, slug, file, owner)
    return installation, slug


def read(url: str, slug: str, lasts_ms: float) -> tuple[list[float], list[float], str]:
    """Watch one draft to its end, typing beside it; the delays of words and keys."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.request.post(f"{url}/api/login", data={"login": "writer", "password": PASSWORD})
        page = context.new_page()
        page.goto(f"{url}/p/{slug}/annotate")
        page.get_by_role("button", name="Understood").click()
        page.locator("#text-question").fill("What is Lima?")
        page.evaluate(WATCH)
        page.keyboard.press("Control+g")
        page.wait_for_function("() => window.words.length > 0")
        _type(page, int(lasts_ms * 0.8 / KEY_MS))
        page.locator("[data-status=done]").wait_for(timeout=lasts_ms + 60_000)
        words: list[float] = page.evaluate("window.words")
        keys: list[float] = page.evaluate("window.keys")
        name = f"Chromium {browser.version}"
        browser.close()
    return words, keys, name


def _type(page: Page, count: int) -> None:
    page.locator("#text-answer").focus()
    text = ("A text of one's own, " * (1 + count // 21))[:count]
    page.keyboard.type(text, delay=KEY_MS)


if __name__ == "__main__":
    main()

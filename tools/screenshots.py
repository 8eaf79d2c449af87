"""The pictures in the documentation, taken from the demo: `python tools/screenshots.py` writes docs/images.

The demo is built in a temporary folder and served with its worker. The embedded model must be installed
(`milo model install`); of its work only a try on ten items is waited for. Look at the pictures before they
are committed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from install_system_packages import find_browser
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from sqlalchemy import delete

from milo.config import load
from milo.db.tables import JobRow
from milo.demo.build import PASSWORD, build, log_in_name
from milo.installation import Installation, open_installation

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE: ViewportSize = {"width": 1440, "height": 900}
MOST_MILLISECONDS = 240_000  # of the embedded model on ten items
OWN = (
    "A drip means that the washer in the tap no longer closes. The new one lies on the right of the picture."
)
BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Build the demo, take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="milo-pictures-") as folder:
        config = load().model_copy(update={"data_dir": Path(folder), "database_url": ""})
        installation = open_installation(config)
        demo = build(installation, now=datetime.now(UTC))
        leave_out(installation, demo.waiting_jobs)
        with served(installation) as url, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=find_browser(), args=BROWSER_FLAGS)
            addresses = (f"{url}/p/{demo.projects[key]}" for key in ("comments", "reviews", "pictures"))
            take_all(browser, *addresses)
            browser.close()
        installation.database.close()


def take_all(browser: Browser, comments: str, reviews: str, pictures: str) -> None:
    """The annotator's screens, then the researcher's, by the addresses of the projects."""
    annotator = logged_in(browser, comments, "first_annotator")
    researcher = logged_in(browser, comments, "researcher")
    labeling(annotator, comments)
    writing(annotator, researcher, pictures)
    assistant(researcher, pictures)
    home(researcher, comments)
    data(researcher, comments)
    bench(researcher, reviews)


@contextmanager
def served(installation: Installation) -> Iterator[str]:
    """The address of a server over this installation."""
    process = subprocess.Popen(
        [sys.executable, "-m", "milo", "serve", "--port", "0"],
        env={**os.environ, "MILO_DATA_DIR": str(installation.data_dir), "MILO_DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield found.group()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()


def leave_out(installation: Installation, jobs: Sequence[int]) -> None:
    """Forget runs that wait for the embedded model."""
    with installation.database.write() as session:
        session.execute(delete(JobRow).where(JobRow.id.in_(jobs)))


def logged_in(browser: Browser, project: str, who: str) -> Page:
    """A tab of a person of the demo."""
    context = browser.new_context(
        viewport=SIZE, locale="en-GB", color_scheme="light", reduced_motion="reduce"
    )
    log_in = urljoin(project, "/api/login")
    reply = context.request.post(log_in, data={"login": log_in_name(who), "password": PASSWORD})
    assert reply.ok, reply.text()
    return context.new_page()


def labeling(page: Page, project: str) -> None:
    """An item half done: one suggestion confirmed, one option of one's own, one suggestion left."""
    page.goto(f"{project}/annotate")
    page.get_by_role("button", name="Understood").click()
    page.get_by_role("button", name="Got it").click()
    page.keyboard.press("a")
    page.keyboard.press("1")
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    expect(page.locator("[data-save]")).to_have_text("Saved")
    take(page, "annotate")
    page.emulate_media(color_scheme="dark")
    take(page, "annotate-dark")


def writing(page: Page, researcher: Page, project: str) -> None:
    """A text written alone, then beside the embedded model (arXiv 2409.10702, Figures 5a and 5b)."""
    named = name_assistant(researcher, project, None)
    page.emulate_media(color_scheme="light")
    page.goto(f"{project}/annotate")
    query, response = page.locator("#text-query"), page.locator("#text-response")
    query.fill("Why does a tap drip, and what mends it?")
    response.fill(OWN)
    expect(page.locator("[data-save]")).to_have_text("Saved")
    take(page, "writing-alone")
    name_assistant(researcher, project, named)
    page.reload()
    page.get_by_role("button", name="Understood").click()
    for number in (1, 2):
        query.focus()
        page.keyboard.press("Control+g")
        ended = re.compile(f"^Draft {number}, (done|the model does not know)$")
        expect(page.get_by_role("region", name=ended)).to_be_visible(timeout=MOST_MILLISECONDS)
    response.focus()
    response.press("Control+End")
    page.keyboard.press("Control+i")
    response.press("Control+End")
    page.keyboard.type(" Turn the water off before you open it.")
    page.get_by_role("button", name="Made up").first.click()
    expect(page.locator("[data-save]")).to_have_text("Saved")
    take(page, "writing")


def name_assistant(page: Page, project: str, model: str | None) -> str | None:
    """Make a model the project's assistant, or none; the one it was before."""
    api = project.replace("/p/", "/api/projects/")
    token = page.request.get(urljoin(project, "/api/me")).json()["csrf_token"]
    policy = page.request.get(f"{api}/spec").json()["settings"]["assistant"]
    changed = {"settings": {"assistant": policy | {"model": model}}}
    reply = page.request.patch(api, data=changed, headers={"X-CSRF-Token": token})
    assert reply.ok, reply.text()
    before: str | None = policy["model"]
    return before


def assistant(page: Page, project: str) -> None:
    """How the assistant is set up, with its prompt."""
    page.goto(f"{project}/assistant")
    expect(page.get_by_role("heading", name="The prompt", level=2)).to_be_visible()
    take(page, "assistant")


def home(page: Page, project: str) -> None:
    """How far the project is."""
    page.goto(project)
    expect(page.get_by_role("table").first).to_be_visible()
    take(page, "home")


def data(page: Page, project: str) -> None:
    """The table with a record beside it."""
    page.goto(f"{project}/data")
    page.get_by_role("region", name="Items").get_by_role("link").first.click()
    expect(page.get_by_role("complementary")).to_contain_text("History")
    take(page, "data")


def bench(page: Page, project: str) -> None:
    """A prompt tried on ten items by the embedded model, the first in the list."""
    page.goto(f"{project}/models")
    page.get_by_role("button", name="Try on ten items").click()
    tried = page.get_by_role("heading", name="Tried on 10 items")
    expect(tried).to_be_visible(timeout=MOST_MILLISECONDS)
    take(page, "bench")


def take(page: Page, name: str) -> None:
    """The picture, with pictures and fonts loaded and nothing under the pointer."""
    page.mouse.move(0, 0)
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()

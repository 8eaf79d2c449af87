"""A real server with its worker, and a real browser, for every story."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright
from sqlalchemy import select

from milo.config import Config
from milo.core.person import Person, PersonRole
from milo.db.tables import PersonRow
from milo.installation import Installation, open_installation
from milo.web.caller import COOKIE
from milo.web.pages import STATIC
from milo.workflow import people

PASSWORD = "correct horse"


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`; making one takes a quarter of a second."""
    return people.hash_password(PASSWORD)


CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=10_000)


@dataclass
class Site:
    """A running milo: where it is, and its database for building and checking."""

    url: str
    installation: Installation

    def add(self, login: str, role: PersonRole) -> Person:
        """A person who logs in with `PASSWORD`."""
        with self.installation.database.write() as session:
            return people.add_person(
                session,
                login=login,
                name=login.title(),
                password=None,
                password_hash=password_hash(),
                role=role,
                now=datetime.now(UTC),
            )


@contextmanager
def running_site(data_dir: Path) -> Iterator[Site]:
    """A server with its worker on a free port, with an empty database."""
    if not (STATIC / "index.html").is_file():
        pytest.fail("the interface is not built; run `make interface`", pytrace=False)
    installation = open_installation(Config(data_dir=data_dir))
    server = subprocess.Popen(
        [sys.executable, "-m", "milo", "serve", "--port", "0"],
        env={**os.environ, "MILO_DATA_DIR": str(data_dir), "MILO_DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, f"the server said {line!r} instead of its address"
        yield Site(found.group(), installation)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        if server.stdout is not None:
            server.stdout.close()
        installation.database.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files stay together, each starts a server of its own; the longest is dealt to two."""
    for number, item in enumerate(items):
        name = item.path.stem
        half = number % 2 if name == "test_accessibility" else 0
        item.add_marker(pytest.mark.xdist_group(f"{name} {half}"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for the stories of a file; each has people and a project of its own."""
    with running_site(tmp_path_factory.mktemp("site") / "data") as site:
        yield site


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver, once a run."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """The browser, once a run."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of this test's own; an error in the page's console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert not errors, f"the page threw: {errors}"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab."""
    return context.new_page()


def expect_closed(page: Page) -> None:
    """No dialog is open any more: keys and clicks reach the screen again."""
    expect(page.locator("dialog")).to_have_count(0)


def understand(page: Page) -> None:
    """Close the card that is shown before one first works with a model."""
    page.get_by_role("button", name="Understood").click()
    expect_closed(page)


def option(page: Page, label: str) -> Locator:
    """The radio or checkbox of an option; its accessible name also says who chose it."""
    name = re.compile(rf"^{re.escape(label)}( (You|Confirmed|Rejected|Model|clears)|$)")
    return page.get_by_role("radio", name=name).or_(page.get_by_role("checkbox", name=name))


def expect_who(page: Page, label: str, who: str) -> None:
    """The word beside an option says who chose it."""
    expect(option(page, label)).to_have_accessible_name(re.compile(rf"^{re.escape(label)} {who}\b"))


def expect_item(page: Page, name: str) -> None:
    """The item on screen."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def expect_saved(page: Page, words: str | re.Pattern[str]) -> None:
    """What the header says about the safety of the work."""
    expect(page.locator("[data-save]")).to_have_text(words)


def log_in(page: Page, site: Site, login: str) -> None:
    """Begin as somebody who logged in before; the form itself has stories of its own."""
    with site.installation.database.write() as session:
        person = session.scalars(select(PersonRow).where(PersonRow.login == login)).one()
        opened = people.open_session(session, person.id, hours=12, now=datetime.now(UTC))
    page.context.add_cookies([{"name": COOKIE, "value": opened.token, "url": site.url}])
    page.goto(site.url)

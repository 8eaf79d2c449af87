"""axe finds nothing on any screen: with data, empty, failing, and with what opens on it, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from milo.core.person import Person, Role
from milo.db.tables import ItemRow
from tests.browser.conftest import PASSWORD, Site
from tests.browser.staging import Stage, answer, stage
from tests.conftest import REPOSITORY

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe()

Opener = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Case:
    """How a screen is brought into each state, and words that say it is there; None: it has no such state."""

    data: str
    empty: str | None
    error: str | None
    opened: tuple[Opener, ...] = ()


def menu(page: Page) -> None:
    page.get_by_label(re.compile("^Signed in as")).click()


def press(*keys: str) -> Opener:
    """Open something by keys; a dialog or a panel comes up."""

    def run(page: Page) -> None:
        expect(page.get_by_role("form", name="Questions")).to_be_visible()  # it is the form that hears keys
        for key in keys:
            page.keyboard.press(key)
        expect(page.get_by_role("dialog").or_(page.get_by_role("complementary"))).to_be_visible()

    return run


def button(name: str) -> Opener:
    """Open a dialog by a button."""

    def run(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("dialog")).to_be_visible()

    return run


def panel(name: str) -> Opener:
    """Open a panel by a button."""

    def run(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        expect(page.get_by_role("complementary")).to_be_visible()

    return run


def unfold(page: Page) -> None:
    """Open everything that can be unfolded."""
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")


def steps(page: Page) -> None:
    """The last part of the builder."""
    page.get_by_role("button", name="Settings").click()


FAILED = "Something went wrong"
CASES = {
    "/login": Case("People and models annotate data together.", None, None),
    "/": Case("items in the project", "You are in no project yet", "My projects", (menu,)),
    "/projects/new": Case(
        "Comment classification", None, FAILED, (lambda page: page.get_by_text("A milo.yaml").click(),)
    ),
    "/models": Case("Rule book", "No model is set up", FAILED, (button("Add a model"), button("Remove"))),
    "/people": Case("Reader", None, FAILED, (button("Add a person"), button("Change"))),
    "/me": Case("nightly export", "You have no keys.", FAILED, (menu,)),
    "/p/$slug": Case("Right on gold", "There are no items yet", FAILED, (unfold,)),
    "/p/$slug/annotate": Case(
        "Suggestions by",
        "No items yet",
        "No task could be loaded",
        (
            press("?"),
            press("Shift+S"),
            press("f"),
            press("q"),
            panel("My last items"),
            button("About"),
            menu,
        ),
    ),
    "/p/$slug/try": Case(
        "Nothing is stored.", "No items yet: import some first", FAILED, (press("?"), press("q"))
    ),
    "/p/$slug/mine": Case("rv-001", "Nothing here yet", FAILED),
    "/p/$slug/import": Case("reviews.jsonl", "Nothing has been imported", FAILED, (unfold,)),
    "/p/$slug/data": Case("rv-001", "There are no items yet", FAILED, (menu,)),
    "/p/$slug/data/$itemId": Case("Revision 1", "Imported", FAILED, (unfold,)),
    "/p/$slug/guideline": Case("Preview: the form as annotators", None, FAILED, (unfold, steps)),
    "/p/$slug/models": Case("Pre-annotating with", "Nothing tried yet", FAILED, (unfold,)),
    "/p/$slug/inquiries": Case("Is irony praise?", "No open questions", FAILED, (unfold,)),
    "/p/$slug/people": Case("People in this project", None, FAILED),
    "/p/$slug/export": Case("Exported and left out", "Nothing was exported yet", FAILED),
}
#: Lists that are the installation's or the person's, not the project's: emptied on the way to the browser.
ELSEWHERE_FULL = {"/models": "/api/models", "/me": "/api/me/keys"}


@dataclass(slots=True)
class World:
    """Two projects on one server, one full and one empty, and who looks at them."""

    url: str
    full: Stage
    bare: Stage
    answered: int
    unanswered: int
    context: BrowserContext
    nobody: BrowserContext
    lonely: BrowserContext

    def address(self, path: str, state: Literal["data", "empty", "error"]) -> str:
        """Where a route of the router is, with data or without."""
        project, item = (self.bare, self.unanswered) if state == "empty" else (self.full, self.answered)
        if "$itemId" in path:
            project = self.full
        return self.url + path.replace("$slug", project.slug).replace("$itemId", str(item))


@pytest.fixture(scope="module")
def world(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything the screens can show, built once."""
    folder = tmp_path_factory.mktemp("files")
    reader, worker = site.add("reader", "admin"), site.add("worker", "annotator")
    site.add("lonely", "annotator")
    members: dict[Person, Role] = {reader: "researcher", worker: "annotator"}
    full = stage(site.installation, "Full", folder=folder, suggested=8, explain=True, members=members)
    bare = stage(site.installation, "Bare", folder=folder, rows=0, members=members)
    answer(full, reader, "positive", inquiry="Is irony praise?")
    answer(full, worker, "negative")
    with site.installation.database.read() as session:
        items = list(
            session.scalars(select(ItemRow.id).where(ItemRow.project_id == full.project).order_by(ItemRow.id))
        )
    contexts = [
        browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce")
        for _ in range(3)
    ]
    for context, login in zip(contexts, ("reader", None, "lonely"), strict=True):
        if login is not None:
            reply = context.request.post(f"{site.url}/api/login", data={"login": login, "password": PASSWORD})
            assert reply.ok, reply.text()
    token = {"X-CSRF-Token": contexts[0].request.get(f"{site.url}/api/me").json()["csrf_token"]}
    here = f"{site.url}/api/projects/{full.slug}"
    assert (
        contexts[0].request.post(f"{here}/jobs", data={"kind": "export", "format": "jsonl"}, headers=token).ok
    )
    made = contexts[0].request.post(f"{site.url}/api/me/keys", data={"name": "nightly export"}, headers=token)
    assert made.ok, made.text()
    get_to_know_the_model(contexts[0], f"{site.url}/p/{full.slug}/annotate")
    yield World(site.url, full, bare, items[0], items[-1], *contexts)
    for context in contexts:
        context.close()


def get_to_know_the_model(context: BrowserContext, address: str) -> None:
    """Close the card that is shown before one first works with a model."""
    page = context.new_page()
    page.goto(address)
    with page.expect_response("**/api/me/preferences"):
        page.get_by_role("button", name="Understood").click()
    page.close()


def test_every_screen_the_router_knows_has_a_case() -> None:
    source = (REPOSITORY / "frontend" / "src" / "router.tsx").read_text("utf-8")
    listed = re.search(r"SCREEN_PATHS = \[(.*?)\]", source, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r'"(.+?)"', listed[1])) == set(CASES)


@pytest.mark.parametrize("path", CASES)
def test_axe_finds_nothing(path: str, world: World) -> None:
    case = CASES[path]
    found: list[str] = []
    for state in ("data", "empty", "error"):
        words = getattr(case, state)
        if words is None:
            continue
        page = open_screen(world, path, state, words)
        found += violations(page, f"{path} {state}")
        if state == "data":
            for number, opener in enumerate(case.opened):
                opener(page)
                found += violations(page, f"{path} opened {number}")
                page.reload()
                expect(page.locator("body")).to_contain_text(words)
        page.close()
    assert not found, "\n".join(found)


def open_screen(world: World, path: str, state: Literal["data", "empty", "error"], words: str) -> Page:
    """The screen in this state, loaded."""
    context = (
        world.nobody
        if path == "/login"
        else world.lonely
        if (path, state) == ("/", "empty")
        else world.context
    )
    page = context.new_page()
    if state == "error":
        page.route(re.compile(r"/api/(?!me$|projects/[^/]+$)"), fail)
    if state == "empty" and path in ELSEWHERE_FULL:
        page.route(f"**{ELSEWHERE_FULL[path]}", lambda route: route.fulfill(json=[]))
    page.goto(world.address(path, state))
    expect(page.locator("body")).to_contain_text(words)
    return page


def fail(route: Route) -> None:
    """Answer as a server in trouble does."""
    body = {
        "type": "about:blank",
        "title": "Internal error",
        "status": 500,
        "detail": "Something went wrong here.",
    }
    route.fulfill(status=500, json=body, headers={"Content-Type": "application/problem+json"})


def violations(page: Page, where: str) -> list[str]:
    """What axe finds, in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        result: dict[str, Any] = AXE.run(
            page, options={"runOnly": TAGS, "resultTypes": ["violations"]}
        ).response
        found += [
            f"{where} {scheme}: {broken['id']} at {node['target']}: {node['failureSummary']}"
            for broken in result["violations"]
            for node in broken["nodes"]
        ]
    return found

"""axe finds nothing on any screen: with data, empty, failing, and with what opens on it, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import delete, select

from milo.core.assistant_policy import AssistantPolicy
from milo.core.person import Person, Role
from milo.db.tables import ItemRow, LoginSessionRow
from milo.quality.judge_card import Probe
from milo.workflow import people
from tests.browser.assistant_staging import SAID, WRITER, write, writing_project
from tests.browser.conftest import PASSWORD, Site, expect_item, expect_who, running_site
from tests.browser.judge_staging import compare
from tests.browser.review_staging import audit, judge, reviewed, verdict
from tests.browser.staging import FAILS, Stage, answer, read_rows, stage
from tests.conftest import REPOSITORY

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Rules of these tags that look at colours.
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = Axe().axe_script
#: A failed request is asked again after seconds; nothing is learned from waiting for them.
IMPATIENT = """
    const later = window.setTimeout;
    window.setTimeout = (run, wait, ...rest) => later(run, Math.min(wait ?? 0, 20), ...rest);
"""

Opener = Callable[[Page], None]
State = Literal["data", "empty", "error"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Never:
    """A state that a screen cannot be in."""

    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """Words that say that a screen is in a state, and what can be opened on it."""

    data: str
    empty: str | Never
    error: str | Never
    opened: tuple[Opener, ...] | Never
    fail: Opener | None = None  # how a person makes it fail; None: its requests fail

    def words(self, state: State) -> str | Never:
        """What the screen says in this state."""
        return {"data": self.data, "empty": self.empty, "error": self.error}[state]


def menu(page: Page) -> None:
    page.get_by_label(re.compile("^Signed in as")).click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def enter_wrong_password(page: Page) -> None:
    page.get_by_label("Log-in name").fill("reader")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()


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


def start_qa(page: Page) -> None:
    """Begin a review: the form opens."""
    page.get_by_role("button", name="Start QA").first.click()
    expect(page.get_by_role("radiogroup").first).to_be_visible()


def see_the_judge(page: Page) -> None:
    """Grade, then see what the judge said; from then on the review is begun."""
    start_qa(page)
    page.get_by_role("radio", name="Insufficient").first.check()
    page.get_by_role("radio", name="Good").last.check()
    page.get_by_role("button", name="Confirm my grades").click()
    expect(page.get_by_role("button", name="Disagree").first).to_be_visible()


def over_time(page: Page) -> None:
    """One's own figures as a table."""
    page.get_by_role("button", name="Show table and criteria").click()
    expect(page.get_by_role("table").first).to_be_visible()


def mend(page: Page) -> None:
    """Open what came back: the feedback stands beside the form, and what was changed."""
    page.get_by_role("button", name="Redo").click()
    beside = page.get_by_role("complementary", name="Beside the form")
    expect(beside).to_contain_text("It is ironic.")
    page.get_by_role("radio").last.check()
    expect(beside).to_contain_text("1 answer changed")


def steps(page: Page) -> None:
    """The last part of the builder."""
    page.get_by_role("button", name="Settings").click()


def rubric_step(name: str, words: str) -> Opener:
    """Another part of the rubric screen."""

    def run(page: Page) -> None:
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("main")).to_contain_text(words)
        if name == "Policy":
            page.get_by_role("checkbox", name="A model judges answers").check()

    return run


def break_a_reference(page: Page) -> None:
    """Save a rubric that names a field nobody has, and weights that sum to more than one."""
    unfold(page)
    page.get_by_label("Weight in percent").first.fill("90")
    page.get_by_role("textbox", name="Definition", exact=True).first.fill("It fits {{nothing}}.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was saved.")


def add_a_rubric(page: Page) -> None:
    """The templates, beside a rubric that is there."""
    page.get_by_role("button", name="Add a rubric").click()
    expect(page.get_by_role("button", name="Take this one: Answer quality")).to_be_visible()


def look_into(page: Page) -> None:
    """Everything of a judge's card that can be unfolded."""
    expect(page.get_by_role("heading", name="Answers they differ on")).to_be_visible()
    unfold(page)


def show_tables(page: Page) -> None:
    """Every chart of the judge screen as a table."""
    look_into(page)
    for each in page.get_by_role("button", name="Show table").all():
        each.click()
    expect(page.get_by_role("region", name="Reviewed", exact=True).get_by_role("table")).to_be_visible()


def assistant_part(name: str, words: str) -> Opener:
    """Another part of the assistant screen, with all that unfolds on it."""

    def run(page: Page) -> None:
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("main")).to_contain_text(words)
        unfold(page)

    return run


def report_as_tables(page: Page) -> None:
    """Every chart of what people say as a table."""
    assistant_part("What people say", "2 drafts since")(page)
    for each in page.get_by_role("button", name="Show table").all():
        each.click()
    expect(page.get_by_role("row", name="Made up 1")).to_be_visible()


def use_as_example(page: Page) -> None:
    """A case becomes an example, and stands in their list."""
    assistant_part("Cases", "Who says 1887?")(page)
    page.get_by_role("button", name="Use as example").click()
    expect(page.get_by_role("article")).to_contain_text("Models are shown this as an example.")
    assistant_part("Examples", "shown to models")(page)


def refuse_a_policy(page: Page) -> None:
    """Save a temperature no model has."""
    page.get_by_label("Temperature", exact=True).fill("9")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_be_visible()


FAILED = "Something went wrong"
CASES = {
    "/login": Case(
        "People and models annotate data together.",
        Never("it lists nothing: the form is the same before anybody was added"),
        "The log-in name or the password is wrong.",
        Never("nothing opens on it; the log-in that opens on other screens has a test of its own"),
        fail=enter_wrong_password,
    ),
    "/": Case("items in the project", "You are in no project yet", "My projects", (menu,)),
    "/projects/new": Case(
        "Comment classification",
        Never("its templates come with milo"),
        FAILED,
        (lambda page: page.get_by_text("A milo.yaml").click(), menu),
    ),
    "/models": Case("Rule book", "No model is set up", FAILED, (button("Add a model"), button("Remove"))),
    "/people": Case(
        "Reader", Never("whoever may look is on the list"), FAILED, (button("Add a person"), button("Change"))
    ),
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
    "/p/$slug/review": Case(
        "Start QA",
        "There is no rubric yet",
        "No review could be loaded",
        (start_qa, panel("My reviews"), panel("Guideline"), button("Keys"), menu, see_the_judge),
    ),
    "/p/$slug/feedback": Case(
        "60.0, and 80 passes.",
        "No answers of yours",
        FAILED,
        (unfold, button("Ask about this"), button("I disagree"), button("Keys"), over_time, mend, menu),
    ),
    "/p/$slug/mine": Case("rv-001", "Nothing here yet", FAILED, (menu,)),
    "/p/$slug/import": Case("reviews.jsonl", "Nothing has been imported", FAILED, (unfold,)),
    "/p/$slug/data": Case("rv-001", "There are no items yet", FAILED, (menu,)),
    "/p/$slug/data/$itemId": Case("Revision 1", "Imported", FAILED, (unfold,)),
    "/p/$slug/guideline": Case(
        "Preview: the form as annotators",
        Never("a project without a question is refused"),
        FAILED,
        (unfold, steps),
    ),
    "/p/$slug/rubric": Case(
        "The weights sum to 100 %.",
        "No rubric yet",
        FAILED,
        (
            unfold,
            break_a_reference,
            add_a_rubric,
            rubric_step("As text", "The text says what the form says."),
            rubric_step("Policy", "Auditors review answers"),
            rubric_step("Calibration", "No calibration set"),
            rubric_step("Versions", "Version 1, now"),
        ),
    ),
    "/p/$slug/judge": Case("Card of Rule book", "There is no rubric yet", FAILED, (look_into, show_tables)),
    "/p/$slug/assistant": Case(
        "Small writer then drafts",
        "There is no assistant: people write alone.",
        FAILED,
        (
            unfold,
            refuse_a_policy,
            assistant_part("What people say", "2 drafts since"),
            report_as_tables,
            assistant_part("Cases", "Who says 1887?"),
            use_as_example,
        ),
    ),
    "/p/$slug/models": Case("Pre-annotating with", "Nothing tried yet", FAILED, (unfold, button("Open 1"))),
    "/p/$slug/inquiries": Case("Is irony praise?", "No open questions", FAILED, (unfold,)),
    "/p/$slug/people": Case("Researcher", "Add to the project", FAILED, (menu,)),
    "/p/$slug/export": Case("Exported and left out", "Nothing was exported yet", FAILED, (menu,)),
}


@dataclass(slots=True)
class World:
    """A server with a full project and empty ones, one with nothing at all, and who looks at them."""

    site: Site
    full: Stage
    bare: Stage
    left: Stage  # nobody is in it any more
    reviewed: Stage
    compared: Stage
    sent_back: Stage  # with an answer of the reader's
    written: Stage  # with an assistant, and texts that came from its drafts
    answered: int
    unanswered: int
    reader: BrowserContext
    nobody: BrowserContext
    lonely: BrowserContext  # in no project, without keys
    first: BrowserContext  # the only person on a server with nothing else
    elsewhere: Site

    def open(self, path: str, state: State) -> Page:
        """A tab at a route of the router, in front of somebody who finds data there, or none."""
        who, site = self.reader, self.site
        if path == "/login":
            who = self.nobody
        elif state == "empty" and path in ("/", "/me"):
            who = self.lonely
        elif state == "empty" and path == "/models":
            who, site = self.first, self.elsewhere
        page = who.new_page()
        if state == "error" and CASES[path].fail is None:
            page.add_init_script(IMPATIENT)
            page.route(re.compile(r"/api/(?!me$|projects/[^/]+$)"), fail)
        page.goto(site.url + self._filled(path, state))
        return page

    def _filled(self, path: str, state: State) -> str:
        project, item = (self.bare, self.unanswered) if state == "empty" else (self.full, self.answered)
        if "$itemId" in path:
            project = self.full
        if state == "empty" and path == "/p/$slug/people":
            project = self.left
        if state != "empty" and path == "/p/$slug/review":
            project = self.reviewed
        if state != "empty" and path == "/p/$slug/feedback":
            project = self.sent_back
        if state != "empty" and path == "/p/$slug/assistant":
            project = self.written
        if state != "empty" and path in ("/p/$slug/rubric", "/p/$slug/judge"):
            project = self.compared
        return path.replace("$slug", project.slug).replace("$itemId", str(item))


@pytest.fixture(scope="module")
def world(site: Site, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything the screens can show, built once."""
    folder = tmp_path_factory.mktemp("files")
    reader, worker = site.add("reader", "admin"), site.add("worker", "annotator")
    site.add("lonely", "annotator")
    members: dict[Person, Role] = {reader: "researcher", worker: "annotator"}
    rows = read_rows("reviews.jsonl")[:12]
    rows[7]["text"] += f" And {FAILS}."
    full = stage(
        site.installation, "Full", folder=folder, rows=rows, suggested=8, explain=True, members=members
    )
    bare = stage(site.installation, "Bare", folder=folder, rows=0, members=members)
    left = stage(site.installation, "Left", folder=folder, rows=0)
    with site.installation.database.write() as session:
        people.set_members(session, left.project, {}, by=None, now=datetime.now(UTC))
    answer(full, reader, "positive", inquiry="Is irony praise?")
    answer(full, worker, "negative")
    judged = reviewed(site.installation, "Reviewed", folder, members)
    answer(judged, worker, "negative")
    judge(
        judged,
        verdict("right", "good", explanation="Hardly.", contradicts="minimum"),
        verdict("guideline", status="failed", reason="timed out"),
        verdict("slip", count=0),
    )
    compared = reviewed(site.installation, "Compared", folder, members)
    for value in ("positive", "negative"):
        answer(compared, worker, value)
    good, bad = ("good", "good", 0), ("minimum", "insufficient", 2)
    probe = Probe(attempts=20, flips=1, control_flips=0, rate=0.05, control_rate=0.0)
    compare(compared, reader, [(good, good), (good, bad)], probe=probe)
    sent_back = reviewed(site.installation, "Sent back", folder, members)
    answer(sent_back, reader, "positive")
    judge(sent_back, verdict("right", status="uncertain"), verdict("guideline", "good"))
    audit(sent_back, worker, 1, "insufficient", explanation="It is ironic.")
    policy = AssistantPolicy(model=WRITER, query="query")
    written = writing_project(
        site.installation, "Written", folder, members, researcher=reader, assistant=policy
    )
    write(written, reader, worker, thumb="down", complaints=("made_up",), note="Who says 1887?")
    write(written, reader, worker, sent=SAID, thumb="up")
    with site.installation.database.read() as session:
        items = list(
            session.scalars(select(ItemRow.id).where(ItemRow.project_id == full.project).order_by(ItemRow.id))
        )
    with running_site(tmp_path_factory.mktemp("elsewhere") / "data") as elsewhere:
        elsewhere.add("first", "admin")
        world = World(
            site=site,
            full=full,
            bare=bare,
            left=left,
            reviewed=judged,
            compared=compared,
            sent_back=sent_back,
            written=written,
            answered=items[0],
            unanswered=items[-1],
            reader=logged_in(browser, site, "reader"),
            nobody=new_context(browser),
            lonely=logged_in(browser, site, "lonely"),
            first=logged_in(browser, elsewhere, "first"),
            elsewhere=elsewhere,
        )
        fill(world.reader, site, full)
        yield world
        for context in (world.reader, world.nobody, world.lonely, world.first):
            context.close()


def new_context(browser: Browser) -> BrowserContext:
    """A browser profile that nothing moves in, so that axe sees colours at rest."""
    return browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", reduced_motion="reduce"
    )


def logged_in(browser: Browser, site: Site, login: str) -> BrowserContext:
    """A browser profile in which somebody is logged in."""
    context = new_context(browser)
    reply = context.request.post(f"{site.url}/api/login", data={"login": login, "password": PASSWORD})
    assert reply.ok, reply.text()
    return context


def post(context: BrowserContext, address: str, body: dict[str, Any]) -> None:
    """Ask the server for something in the name of who is logged in."""
    me = context.request.get(f"{address.split('/api/')[0]}/api/me").json()
    reply = context.request.post(address, data=body, headers={"X-CSRF-Token": me["csrf_token"]})
    assert reply.ok, reply.text()


def fill(context: BrowserContext, site: Site, full: Stage) -> None:
    """An export, a key, and the card of the model closed, as it stays."""
    post(context, f"{site.url}/api/projects/{full.slug}/jobs", {"kind": "export", "format": "jsonl"})
    post(context, f"{site.url}/api/me/keys", {"name": "nightly export"})
    page = context.new_page()
    page.goto(f"{site.url}/p/{full.slug}/annotate")
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
    for state in STATES:
        words = case.words(state)
        if isinstance(words, Never):
            continue
        page = world.open(path, state)
        if state == "error" and case.fail is not None:
            case.fail(page)
        expect(page.locator("body")).to_contain_text(words)
        found += violations(page, f"{path} {state}")
        page.close()
    for number, opener in enumerate([] if isinstance(case.opened, Never) else case.opened):
        page = world.open(path, "data")
        expect(page.locator("body")).to_contain_text(case.data)
        opener(page)
        found += violations(page, f"{path} opened {number}")
        page.close()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_the_log_in_that_opens_where_one_works(world: World, browser: Browser) -> None:
    person = world.site.add("expiring", "annotator")
    context = logged_in(browser, world.site, "expiring")
    page = context.new_page()
    page.goto(world.site.url)
    menu(page)
    with world.site.installation.database.write() as session:
        session.execute(delete(LoginSessionRow).where(LoginSessionRow.person_id == person.id))
    page.get_by_role("link", name="My settings").click()
    dialog = page.get_by_role("dialog", name="Log in again")
    expect(dialog).to_be_visible()
    found = violations(page, "log in again")
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Log in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is wrong")
    found += violations(page, "log in again, wrong password")
    context.close()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_an_answer_that_was_not_accepted(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    person = world.site.add("twice", "annotator")
    staged = stage(world.site.installation, "Twice", folder=tmp_path, members={person: "annotator"})
    context = logged_in(browser, world.site, "twice")
    page = context.new_page()
    page.goto(f"{world.site.url}/p/{staged.slug}/annotate")
    expect_item(page, "rv-001")
    answer(staged, person, "negative", resume=True)  # as from another machine
    page.keyboard.press("1")
    expect_who(page, "Positive", "You")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Not accepted").click()
    expect(page.get_by_role("dialog")).to_contain_text("Negative")
    found = violations(page, "conflict")
    context.close()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_a_picture_that_was_opened(
    world: World, browser: Browser, tmp_path: Path
) -> None:
    person = world.site.add("viewer", "annotator")
    staged = stage(
        world.site.installation,
        "Pictures",
        folder=tmp_path,
        content="comments.jsonl",
        rows=1,
        members={person: "annotator"},
    )
    context = logged_in(browser, world.site, "viewer")
    page = context.new_page()
    page.goto(f"{world.site.url}/p/{staged.slug}/annotate")
    page.get_by_role("button", name="Enlarge").first.click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    found = violations(page, "picture")
    context.close()
    assert not found, "\n".join(found)


def test_axe_finds_nothing_in_how_a_text_grew_and_in_what_trains_a_model(world: World) -> None:
    page = world.reader.new_page()
    page.goto(f"{world.site.url}/p/{world.written.slug}/data")
    page.get_by_role("link", name="pq-001").click()
    record = page.get_by_role("complementary", name="Record pq-001")
    record.get_by_text("How “Response” grew").click()
    replay = record.get_by_role("slider")
    replay.press("ArrowLeft")
    expect(replay).to_have_attribute("aria-valuetext", re.compile("pasted from draft 1"))
    found = violations(page, "a record with a draft")
    page.goto(f"{world.site.url}/p/{world.written.slug}/export")
    page.get_by_role("radio", name="DPO").check()
    page.get_by_role("button", name="Export 2 answers").click()
    file = page.get_by_role("region", name="Export of")
    expect(file).to_contain_text("No row: not rewritten")
    found += violations(page, "a file to train on")
    page.close()
    assert not found, "\n".join(found)


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
    """What axe finds in light, and what of it depends on colours in dark: all else is the same there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.emulate_media(color_scheme="light")
    found = broken(page, f"{where} light", TAGS)
    page.emulate_media(color_scheme="dark")
    return found + broken(page, f"{where} dark", {"type": "rule", "values": COLOURS})


def broken(page: Page, where: str, rules: Any) -> list[str]:
    """Each place where one of these rules does not hold."""
    found: list[dict[str, Any]] = page.evaluate(
        "(options) => axe.run(document, options).then((found) => found.violations)",
        {"runOnly": rules, "resultTypes": ["violations"]},
    )
    return [
        f"{where}: {each['id']} at {node['target']}: {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]

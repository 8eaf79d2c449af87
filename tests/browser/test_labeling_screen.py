"""The labeling screen for everybody: narrow, by touch, without motion, right to left, without single keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, expect_closed, expect_item, log_in, understand
from tests.browser.staging import Stage, read_rows, stage

COMMENTS = read_rows("comments.jsonl")[:4]
HEBREW = "הסיר של סבתא שלי מבשל לאט, ובכל זאת טוב יותר מהחדש"
LEAST_TARGET = 24  # CSS pixels, WCAG 2.5.8

#: Things one can press on an area smaller than a target must be; the area counts, not what is drawn of it.
SMALL_TARGETS = """(least) => {
    const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const isHit = (element, x, y) => element.contains(document.elementFromPoint(x, y));
    const isSmall = (element) => {
        const { left, top, width, height } = element.getBoundingClientRect();
        if (Math.min(width, height) >= least) return false;
        const [x, y, reach] = [left + width / 2, top + height / 2, least / 2 - 0.5];
        const ends = [[x - reach, y], [x + reach, y], [x, y - reach], [x, y + reach]];
        return !ends.every(([atX, atY]) => isHit(element, atX, atY));
    };
    return [...document.querySelectorAll(wanted)]
        .filter((element) => isSeen(element) && !element.closest(".vh, .skip"))
        .map((element) => element.closest("label") ?? element)
        .filter(isSmall)
        .map((element) => element.outerHTML.slice(0, 120));
}"""
#: Whether what has the focus is hidden under something at its middle, top or bottom (WCAG 2.4.11).
IS_FOCUS_HIDDEN = """() => {
    const focused = document.activeElement;
    const box = focused.getBoundingClientRect();
    const inset = Math.min(2, box.height / 4);
    const middle = box.left + box.width / 2;
    const points = [box.top + box.height / 2, box.top + inset, box.bottom - inset].map((y) => [middle, y]);
    const isInView = ([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
    const isCovered = ([x, y]) => {
        const top = document.elementFromPoint(x, y);
        const isIts = top === null || focused.contains(top) || top.contains(focused);
        return !isIts && !top.closest("label")?.contains(focused);
    };
    return points.some((point) => !isInView(point) || isCovered(point));
}"""


@pytest.fixture(scope="module")
def comments(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Comments with a suggestion and its reasons; the second one in a script that runs from right to left."""
    rows = [dict(row) for row in COMMENTS]
    rows[1] |= {"comment": HEBREW, "language": "he"}
    return stage(
        site.installation,
        "Screen",
        folder=tmp_path_factory.mktemp("files"),
        content="comments.jsonl",
        rows=rows,
        suggested=1,
        explain=True,
        overlap=20,
    )


@pytest.fixture
def labeling(site: Site, page: Page, comments: Stage, request: pytest.FixtureRequest) -> Page:
    """The labeling screen with the first comment, for a person of this test's own who knows the model."""
    login = re.sub(r"\W+", "-", request.node.name)
    comments.add_member(site.add(login, "annotator"), "annotator")
    log_in(page, site, login)
    page.goto(f"{site.url}/p/{comments.slug}/annotate")
    understand(page)
    expect_item(page, "cc-001")
    return page


@pytest.mark.parametrize("size", [(320, 640), (640, 512)], ids=["320 px", "zoomed to 200 %"])
def test_everything_is_reached_without_scrolling_sideways(size: tuple[int, int], labeling: Page) -> None:
    width, height = size
    labeling.set_viewport_size({"width": width, "height": height})
    assert labeling.evaluate("document.documentElement.scrollWidth") <= width
    beyond = labeling.evaluate(
        """() => [...document.querySelectorAll("main *, form *, footer *, header *")]
            .filter((each) => each.checkVisibility() && !each.closest(".vh, .skip"))
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert not beyond
    for name in ("Undo", "Skip", "Submit"):
        expect(labeling.get_by_role("button", name=name)).to_be_in_viewport()
    labeling.get_by_role("radio", name="No", exact=False).last.click()
    expect(labeling.get_by_role("radio", name="No You")).to_be_checked()


@pytest.mark.parametrize("width", [320, 1440])
def test_every_target_is_large_enough(width: int, labeling: Page) -> None:
    labeling.set_viewport_size({"width": width, "height": 800})
    assert labeling.evaluate(SMALL_TARGETS, LEAST_TARGET) == []


def test_what_has_the_focus_is_never_hidden_under_a_bar(labeling: Page) -> None:
    labeling.set_viewport_size({"width": 1280, "height": 560})
    hidden = []
    for _ in range(45):
        labeling.keyboard.press("Tab")
        if labeling.evaluate("document.activeElement === document.body"):
            break
        if labeling.evaluate(IS_FOCUS_HIDDEN):
            hidden.append(labeling.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert not hidden


def test_nothing_moves_for_those_who_asked_for_no_motion(labeling: Page) -> None:
    labeling.emulate_media(reduced_motion="reduce")
    moving = labeling.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) => {
            const { transitionDuration, animationName, animationDuration } = getComputedStyle(each);
            const lasts = (value) => value.split(",").some((part) => parseFloat(part) > 0.01);
            return lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration));
        }).map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert moving == []


def test_a_text_from_right_to_left_is_shown_so(labeling: Page) -> None:
    labeling.keyboard.press("s")
    expect_item(labeling, "cc-002")
    text = labeling.get_by_text(HEBREW)
    assert text.evaluate("element => getComputedStyle(element).direction") == "rtl"
    post = labeling.get_by_text(str(COMMENTS[1]["post"])[:40])
    assert post.evaluate("element => getComputedStyle(element).direction") == "ltr"
    starts = text.evaluate(
        """(element) => {
            const range = document.createRange();
            const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
            range.setStart(words, 0);
            range.setEnd(words, 1);
            const box = element.getBoundingClientRect();
            return (range.getBoundingClientRect().left - box.left) / box.width;
        }"""
    )
    assert starts > 0.5  # the first letter stands at the right


def test_single_keys_can_be_switched_off_and_on_again(labeling: Page) -> None:
    labeling.keyboard.press("?")
    switch = labeling.get_by_role("checkbox", name="Keys without Ctrl work")
    switch.uncheck()
    labeling.keyboard.press("Escape")
    expect_closed(labeling)
    second = labeling.get_by_role("radio", name="Somewhat relevant")
    labeling.keyboard.press("2")
    labeling.keyboard.press("s")
    labeling.keyboard.press("ArrowDown")  # no single key: it is heard, so the two before it have been as well
    expect(labeling.locator("#question-characteristics")).to_be_focused()
    expect_item(labeling, "cc-001")
    expect(second).not_to_be_checked()
    labeling.keyboard.press("ArrowUp")
    expect(labeling.locator("#question-relevance")).to_be_focused()
    expect(labeling.get_by_role("button", name="Skip")).to_have_accessible_name("Skip")
    labeling.get_by_role("button", name="Keys", exact=True).click()
    switch.check()
    labeling.keyboard.press("Escape")
    expect_closed(labeling)
    labeling.keyboard.press("2")
    expect(second).to_be_checked()

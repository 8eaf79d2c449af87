"""The editor of texts written with a model: marks, share, changes, and a record that loses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from milo.core.writing import Writing, replayed
from milo.db import convert
from milo.db.tables import WritingRow
from tests.browser.conftest import Site, expect_item, expect_saved, understand
from tests.browser.draft_staging import DRAFT
from tests.browser.staging import Stage, wait_until
from tests.browser.test_drafts import ask, barriers, begin, box
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint

FIRST = DRAFT.split(". ")[0] + "."
#: What decides where lines break and where a letter stands.
SHAPE = [
    *(
        "fontFamily",
        "fontSize",
        "fontWeight",
        "fontStyle",
        "fontStretch",
        "fontVariantLigatures",
        "fontKerning",
    ),
    *("letterSpacing", "wordSpacing", "lineHeight", "textIndent", "textAlign", "textTransform", "tabSize"),
    *("whiteSpace", "wordBreak", "overflowWrap", "hyphens", "direction", "unicodeBidi"),
    *("paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderLeftWidth"),
    *("width", "height"),
]
TEXTS = {
    "lines": f"One line of it.\n\n  Two spaces,\ta tab, and\nthe end \n\n{DRAFT}\n",
    "a long word": f"{'x' * 180} {DRAFT} https://example.org/{'abc/' * 40}",
    "right to left": f"البرج عال جدا في النهار، {DRAFT}\nشלום עולם: red bands 12.5 %\nA line of its own",
    "emoji and ideographs": f"👩‍🚀 at sea 🇫🇷👍🏽 {DRAFT} " + "漢字かな混じり文、" * 12,
    "spaces": "word " * 60 + " " * 30 + DRAFT + "   ",
}


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    """A model server that writes the same draft, word by word."""
    with ScriptedEndpoint(Behaviour(default={"text": DRAFT}, word_ms=10)) as endpoint:
        yield endpoint


def writings(staged: Stage) -> dict[str, WritingRow]:
    with staged.installation.database.read() as session:
        of_project = select(WritingRow).where(WritingRow.project_id == staged.project)
        return {row.question: row for row in session.scalars(of_project)}


def test_the_record_of_a_text_survives_undo_a_reload_and_a_lost_network(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    staged, _ = begin(site, page, endpoint, tmp_path, "recorded", copying="allow")
    understand(page)
    response = page.locator("#text-response")
    ask(page)
    box(page, "Draft 1, done")
    response.focus()
    page.keyboard.type("Mine 😀 first. ")
    page.keyboard.press("Control+i")
    expect(response).to_have_value(f"Mine 😀 first. {DRAFT}")
    page.keyboard.press("Control+z")
    expect(response).to_have_value("Mine 😀 first. ")
    page.keyboard.press("Control+Shift+z")
    expect(response).to_have_value(f"Mine 😀 first. {DRAFT}")
    expect_saved(page, "Saved")

    page.reload()
    expect(response).to_have_value(f"Mine 😀 first. {DRAFT}")
    response.press("Control+End")
    page.keyboard.type(" And last.")
    page.context.set_offline(True)
    response.press("Control+Enter")
    expect_item(page, "scene-2")
    expect_saved(page, "Offline, 1 waiting")
    page.context.set_offline(False)
    expect_saved(page, "Saved")
    wait_until(lambda: "response" in writings(staged), "the writing to be stored")

    row = writings(staged)["response"]
    text = f"Mine 😀 first. {DRAFT} And last."
    edits = tuple(convert.EDITS.validate_python(row.edits))
    assert replayed(Writing(base=row.base, edits=edits)) == text
    assert row.is_complete
    assert [(edit.source, edit.inserted) for edit in edits] == [
        ("typed", "Mine 😀 first. "),
        ("draft", DRAFT),
        ("own", ""),
        ("draft", DRAFT),
        ("typed", " And last."),
    ]


def test_marks_stand_exactly_behind_their_words(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    begin(site, page, endpoint, tmp_path, "marked")
    understand(page)
    ask(page)
    box(page, "Draft 1, done")
    response = page.locator("#text-response")
    for width, size in ((1440, 15), (1280, 22), (320, 15)):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("size => document.documentElement.style.setProperty('--t-subject', `${size}px`)", size)
        for name, text in TEXTS.items():
            response.fill(text)
            expect(page.locator(".mirror mark").first).to_contain_text("At night a lighthouse")
            field, mirror = (
                page.locator(place).evaluate(
                    "(one, names) => { const style = getComputedStyle(one);"
                    " return Object.fromEntries(names.map(name => [name, style[name]])); }",
                    SHAPE,
                )
                for place in ("#text-response", ".mirror")
            )
            assert mirror == field, f"{name}, {width} px wide"
            beyond = response.evaluate(
                "one => [one.scrollHeight - one.clientHeight, one.scrollWidth - one.clientWidth]"
            )
            assert beyond == [0, 0], f"{name}, {width} px wide: a part of the text is out of sight"
            assert page.locator(".mirror").evaluate("one => one.textContent") == f"{text}\u200b"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_text_that_is_mostly_a_drafts_asks_for_a_second_press(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint, theme: str
) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    staged, _ = begin(site, page, endpoint, tmp_path, f"copying-{theme}")
    understand(page)
    ask(page)
    box(page, "Draft 1, done")
    response = page.locator("#text-response")
    response.fill(FIRST.replace("known by the rhythm", "recognised by the rhythm"))
    strip = page.get_by_role("region", name="Where the words are from")
    expect(strip).to_contain_text("of this text came from the draft")
    expect(strip).to_contain_text("You changed")
    strip.get_by_role("button", name="Changes").click()
    expect(strip.get_by_role("region", name="Draft 1 and your text compared")).to_contain_text("1887")
    assert barriers(page) == []
    forecast = page.locator(".forecast")
    expect(forecast).to_contain_text("Submit asks twice")
    response.press("Control+Enter")
    expect(forecast).to_contain_text("Submit again sends it as it is")
    assert barriers(page) == []
    expect_item(page, "scene-1")

    strip.get_by_role("button", name="Take it out").click()
    expect(response).to_have_value(re.compile("^recognised"))
    page.keyboard.press("Control+z")
    expect(response).to_have_value(re.compile("^At night a lighthouse is recognised"))
    response.press("Control+Enter")
    expect_item(page, "scene-2")
    wait_until(lambda: "response" in writings(staged), "the writing to be stored")
    assert writings(staged)["response"].draft_share > 0.5
    [act] = staged.revisions()
    assert act.generation_ms > 0
    assert act.active_ms + act.generation_ms <= act.wall_ms


def test_where_copying_is_blocked_nothing_is_sent_and_the_text_has_the_focus(
    site: Site, page: Page, tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    staged, _ = begin(site, page, endpoint, tmp_path, "blocked", copying="block", copy_limit=0.3)
    understand(page)
    ask(page)
    box(page, "Draft 1, done")
    page.keyboard.press("Control+i")
    expect(page.get_by_text("It cannot be sent like this")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("#text-response")).to_be_focused()
    expect_item(page, "scene-1")
    assert staged.acts() == []
    page.locator("#text-response").fill("All of it in words of my own, for once.")
    page.locator("#text-response").press("Control+Enter")
    expect_item(page, "scene-2")

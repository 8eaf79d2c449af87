"""A file comes in: what is kept, what is skipped, what is listed, and what a restart does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet
from sqlalchemy import func, select

from milo.core.errors import Conflict, InvalidInput
from milo.core.project import Settings, SubjectField
from milo.db.queries import imports
from milo.db.session import Database
from milo.db.tables import (
    ImportRow,
    ItemContentRow,
    ItemPayloadRow,
    ItemRow,
    ProjectRow,
    RejectedRow,
    SlotRow,
)
from milo.formats.row import Limits
from milo.workflow import import_items, media
from tests.builders import NOW, Clock, a_database, a_project, a_spec


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    database = a_database(tmp_path, url)
    yield database
    database.close()


class Importing:
    """A project in a folder, into which files are imported."""

    def __init__(self, database: Database, folder: Path, **changes: Any) -> None:
        self.database, self.folder = database, folder
        with database.write() as session:
            self.project = a_project(session, a_spec(**changes)).id

    def start(
        self, content: bytes | str, name: str = "in.jsonl", mapping: Mapping[str, str] | None = None
    ) -> int:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with self.database.write() as session:
            project = session.get_one(ProjectRow, self.project)
            return import_items.start(
                session,
                project,
                filename=name,
                path=path,
                format=None,
                mapping=mapping or {},
                by=None,
                now=NOW,
            ).id

    def run(self, import_id: int, **limits: int) -> ImportRow:
        import_items.run(
            self.database, import_id, data_dir=self.folder, clock=Clock(), limits=Limits(**limits)
        )
        with self.database.read() as session:
            return session.get_one(ImportRow, import_id)

    def bring(
        self,
        content: bytes | str,
        name: str = "in.jsonl",
        mapping: Mapping[str, str] | None = None,
        **limits: int,
    ) -> ImportRow:
        return self.run(self.start(content, name, mapping), **limits)

    def items(self) -> list[tuple[ItemRow, ItemPayloadRow]]:
        with self.database.read() as session:
            rows = session.execute(
                select(ItemRow, ItemPayloadRow)
                .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
                .where(ItemRow.visible)
                .order_by(ItemRow.id)
            )
            return [(row[0], row[1]) for row in rows]

    def reasons(self, import_id: int) -> dict[int, str]:
        with self.database.read() as session:
            return {row.row: row.reason for row in imports.rejected(session, import_id, limit=1000)}

    def count(self, table: Any) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def lines(rows: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_rows_become_items_with_gold_category_and_the_rest_kept(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path)
    row = importing.bring(
        lines(
            [
                {
                    "id": 7,
                    "text": "Broke  after\na week.",
                    "category": "tools",
                    "language": "en",
                    "gold": {"sentiment": "Negative", "topics": ["quality"]},
                    "stars": 1,
                },
                {"text": "Fine."},
            ]
        )
    )
    assert (row.state, row.rows_read, row.imported, row.duplicates, row.rejected) == ("done", 2, 2, 0, 0)
    (first, payload), (second, _) = importing.items()
    assert (first.external_id, first.category, first.language, first.has_gold) == ("7", "tools", "en", True)
    assert first.excerpt == "Broke after a week."
    assert payload.fields == {"text": "Broke  after\na week."}
    assert payload.gold["sentiment"] == {"kind": "choice", "value": "negative", "confidence": None}
    assert payload.gold["topics"]["value"] == ["quality"]
    assert payload.meta == {"stars": 1}
    assert (second.external_id, second.row, second.has_gold) == (f"{row.id}-2", 2, False)


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [("word " * 40, "word " * 31 + "word…"), ("a" * 200, "a" * 159 + "…"), ("a" * 160, "a" * 160)],
)
def test_an_excerpt_ends_after_a_word_and_shows_that_more_follows(
    database: Database, tmp_path: Path, text: str, excerpt: str
) -> None:
    importing = Importing(database, tmp_path)
    importing.bring(lines([{"text": text}]))
    ((item, _),) = importing.items()
    assert item.excerpt == excerpt


def test_every_kind_of_bad_row_is_listed_and_the_good_ones_come_in(
    database: Database, tmp_path: Path
) -> None:
    importing = Importing(database, tmp_path)
    good = [{"id": "a", "text": "one"}, {"id": "z", "text": "two"}]
    bad: list[bytes] = [
        b'{"text": ',
        b'{"text": "caf\xe9"}',
        b'{"id": "b", "title": "no text"}',
        b'{"text": ""}',
        b'{"text": "x", "gold": {"sentiment": "lovely"}}',
        b'{"text": "x", "gold": {"mood": "positive"}}',
        b'{"text": "nul \\u0000"}',
        b'{"text": "\\udc00"}',
        b'{"text": "x", "n": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"text": "' + b"x" * 5000 + b'"}',
        b'{"text": "x", "n": 123456789012345678901234567890}',
        b'{"id": "a", "text": "another text, the same id"}',
        b'{"id": {"x": 1}, "text": "x"}',
    ]
    content = b"\n".join([json.dumps(good[0]).encode(), *bad, json.dumps(good[1]).encode()])
    row = importing.bring(content, field_bytes=2000)
    assert (row.state, row.imported, row.rejected) == ("done", 2, len(bad))
    assert [item.external_id for item, _ in importing.items()] == ["a", "z"]
    reasons = importing.reasons(row.id)
    expected = {
        2: "the row is not JSON",
        3: "the row is not UTF-8; save the file as UTF-8",
        4: "the field 'text' is missing",
        5: "the field 'text' is missing",
        6: "the answer to 'sentiment' is 'lovely'; allowed are positive, negative",
        7: "gold names the question 'mood'; allowed are sentiment, topics, complaint",
        8: "field 'text' holds a NUL character",
        9: "the row holds half a surrogate pair",
        10: "field 'n' is nested more than 32 deep",
        11: "field 'text' has 5,000 bytes; allowed are 2,000",
        12: "field 'n' holds a number beyond 64 bits",
        13: "the id 'a' is taken by another item of the project",
        14: "the id is {'x': 1}; allowed is text or a whole number",
    }
    assert set(reasons) == set(expected)
    for number, start in expected.items():
        assert reasons[number].startswith(start), reasons[number]


def test_a_fifty_megabyte_field_is_one_rejected_row(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path)
    row = importing.bring(b'{"text": "' + b"x" * 50_000_000 + b'"}\n{"text": "small"}\n')
    assert (row.imported, row.rejected) == (1, 1)
    assert importing.reasons(row.id) == {1: "the row has over 40,000,000 bytes"}


def test_duplicates_in_the_file_and_in_the_project_are_skipped_and_counted(
    database: Database, tmp_path: Path
) -> None:
    importing = Importing(database, tmp_path)
    assert importing.bring(lines([{"text": "a"}, {"text": "b"}, {"text": "a"}])).duplicates == 1
    second = importing.bring(lines([{"text": "b"}, {"text": "c"}, {"text": "c", "stars": 2}]))
    assert (second.imported, second.duplicates, second.rejected) == (1, 2, 0)
    assert [payload.fields["text"] for _, payload in importing.items()] == ["a", "b", "c"]
    assert importing.count(ItemContentRow) == 3


def test_each_item_gets_as_many_open_slots_as_answers_it_needs(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path, settings=Settings(overlap=3))
    importing.bring(lines([{"text": "a"}, {"text": "b"}]))
    with database.read() as session:
        slots = session.execute(select(SlotRow.item_id, SlotRow.state, SlotRow.priority).order_by(SlotRow.id))
        assert [tuple(slot) for slot in slots] == [(i, "open", 100) for i in (1, 1, 1, 2, 2, 2)]
        assert session.get_one(ProjectRow, importing.project).reopened_seq == 1


def test_a_csv_file_with_other_column_names_comes_in_by_a_mapping(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path)
    row = importing.bring(
        "Nr;Comment;Mood;About;Stars\n1;Good value;Positive;price|quality;5\n2;Meh;;;2\n",
        "in.csv",
        {"text": "Comment", "item_id": "Nr", "gold.sentiment": "Mood", "gold.topics": "About"},
    )
    assert (row.imported, importing.reasons(row.id)) == (2, {})
    (first, payload), (_, other) = importing.items()
    assert first.external_id == "1"
    assert payload.gold["topics"]["value"] == ["price", "quality"]
    assert payload.meta == {"Stars": "5"}
    assert other.gold == {}


def test_a_mapping_to_an_unknown_field_is_refused_before_anything_is_read(
    database: Database, tmp_path: Path
) -> None:
    importing = Importing(database, tmp_path)
    with pytest.raises(InvalidInput, match=r"mapping\.body.*one of text, item_id"):
        importing.start("", mapping={"body": "Comment"})


def test_a_file_of_an_unknown_format_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="allowed are jsonl, json, csv, tsv"):
        Importing(database, tmp_path).start("", "in.xlsx")


def test_a_file_without_a_usable_header_fails_with_the_reason(database: Database, tmp_path: Path) -> None:
    row = Importing(database, tmp_path).bring("a,a\n1,2\n", "in.csv")
    assert (row.state, row.error) == (
        "failed",
        "The header names the column 'a' twice; each name must stand once.",
    )


class PowerCut(Exception):
    """The process ends."""


def test_nothing_is_seen_before_the_end_and_an_interrupted_import_goes_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = Importing(database, tmp_path)
    texts = [{"id": f"r{n}", "text": f"text {n % 900}"} for n in range(1000)]
    import_id = importing.start(lines(texts))
    left = 2
    write = database.write

    def failing_write() -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise PowerCut
        return write()

    monkeypatch.setattr(database, "write", failing_write)
    with pytest.raises(PowerCut):
        importing.run(import_id)
    monkeypatch.undo()
    with database.read() as session:
        stored = session.get_one(ImportRow, import_id)
        assert stored.state == "loading"
        assert 0 < stored.position < 1000
    assert importing.items() == []
    row = importing.run(import_id)
    assert (row.state, row.imported, row.duplicates, row.rows_read) == ("done", 900, 100, 1000)
    assert len(importing.items()) == importing.count(SlotRow) == importing.count(ItemContentRow) == 900


def test_an_import_that_did_not_end_can_be_taken_back(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = Importing(database, tmp_path)
    import_id = importing.start(lines([{"text": f"text {n}"} for n in range(600)]))
    with monkeypatch.context() as patched:
        patched.setattr(import_items._Work, "_register", lambda self: (_ for _ in ()).throw(PowerCut))
        with pytest.raises(PowerCut):
            importing.run(import_id)
    assert importing.count(ItemRow) == 600
    import_items.remove(database, import_id, data_dir=tmp_path, now=NOW)
    assert importing.count(ItemRow) == importing.count(ItemPayloadRow) == 0
    assert importing.bring(lines([{"text": "text 1"}])).imported == 1


def test_an_import_whose_items_are_shown_cannot_be_taken_back(database: Database, tmp_path: Path) -> None:
    row = Importing(database, tmp_path).bring(lines([{"text": "a"}]))
    with pytest.raises(Conflict, match="people may have worked on them"):
        import_items.remove(database, row.id, data_dir=tmp_path, now=NOW)


def test_the_same_file_once_more_goes_on_where_it_was_interrupted(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path)
    content = lines([{"text": f"text {n}"} for n in range(10)])
    first = importing.start(content)
    assert importing.start(content) == first
    with pytest.raises(Conflict, match="finish it first, with its format and mapping"):
        importing.start(content, mapping={"text": "Comment"})
    importing.run(first)
    assert importing.start(content) != first


def test_of_two_imports_at_once_the_first_to_end_keeps_what_both_hold(
    database: Database, tmp_path: Path
) -> None:
    importing = Importing(database, tmp_path)
    early = importing.start(lines([{"text": "both"}, {"text": "early"}]), "early.jsonl")
    late = importing.start(lines([{"text": "both"}, {"text": "late"}]), "late.jsonl")
    work = import_items._Work(database, early, tmp_path, Clock(), database.write)
    register = work.__class__._register

    def after_the_other(self: Any) -> None:
        if self.import_id == early:
            importing.run(late)
        register(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(import_items._Work, "_register", after_the_other)
        importing.run(early)
    assert sorted(payload.fields["text"] for _, payload in importing.items()) == ["both", "early", "late"]
    with database.read() as session:
        assert session.get_one(ImportRow, early).duplicates == 1


PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


def test_pictures_beside_the_file_come_along_and_others_are_refused(
    database: Database, tmp_path: Path
) -> None:
    subject = (
        SubjectField(name="text", title="Text"),
        SubjectField(name="image", title="Picture", show="image"),
    )
    (tmp_path / "data").mkdir()
    importing = Importing(database, tmp_path / "data", subject=subject)
    (tmp_path / "data" / "pictures").mkdir()
    (tmp_path / "data" / "pictures" / "cat.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    row = importing.bring(
        lines(
            [
                {"text": "a", "image": "cat.png"},
                {"text": "b", "image": "../secret.png"},
                {"text": "c", "image": "https://example.org/cat.png"},
                {"text": "d", "image": "data:image/png;base64,PHN2Zz4="},
                {"text": "e", "image": f"/api/projects/9/media/{'0' * 64}.png"},
            ]
        )
    )
    reasons = importing.reasons(row.id)
    assert 1 not in reasons, reasons
    (_, payload) = importing.items()[0]
    assert payload.fields["image"].startswith(f"/api/projects/{importing.project}/media/")
    reasons = importing.reasons(row.id)
    assert reasons[2] == "the picture '../secret.png' lies outside the folder of the file; move it there"
    assert reasons[3].startswith("the picture 'https://example.org/cat.png' cannot be used; allowed is")
    assert reasons[4].startswith("The file is no picture or video that can be shown")
    assert reasons[5] == f"the picture {'0' * 64}.png is not stored here; upload it first"


MKV = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + b"video"
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"video"


def test_videos_come_along_and_a_picture_is_none(database: Database, tmp_path: Path) -> None:
    subject = (SubjectField(name="clip", title="Clip", show="video"),)
    (tmp_path / "data" / "videos").mkdir(parents=True)
    importing = Importing(database, tmp_path / "data", subject=subject)
    for name, content in {"a.mp4": MP4, "b.webm": WEBM, "c.png": PNG, "d.mkv": MKV}.items():
        (tmp_path / "data" / "videos" / name).write_bytes(content)
    row = importing.bring(lines([{"clip": name} for name in ("a.mp4", "b.webm", "c.png", "d.mkv", "e.mp4")]))
    endings = [payload.fields["clip"].rpartition(".")[2] for _, payload in importing.items()]
    assert endings == ["mp4", "webm"]
    reasons = importing.reasons(row.id)
    assert reasons[3] == "the content.png is a picture; allowed here are MP4 and WebM"
    assert reasons[4].startswith("The file is no picture or video that can be shown")
    assert reasons[5] == "there is no video 'e.mp4' beside the file or in its folder 'videos'"
    picture = importing.items()[0][1].fields["clip"]
    with pytest.raises(InvalidInput, match=r"mp4 is a video; allowed here are PNG, JPEG, GIF and WebP"):
        media.adopt(tmp_path / "data", 1, picture, None, "image")


def test_conversations_are_checked_and_listed_by_their_last_turn(database: Database, tmp_path: Path) -> None:
    importing = Importing(
        database, tmp_path, subject=(SubjectField(name="chat", title="Conversation", show="chat"),)
    )
    said = [{"role": "user", "content": "It broke."}, {"role": "agent", "content": "Which  part?"}]
    row = importing.bring(
        lines([{"chat": said}, {"chat": "It broke."}, {"chat": [{"role": "user"}]}, {"chat": []}])
    )
    (item, payload) = importing.items()[0]
    assert (item.excerpt, payload.fields) == ("Which part?", {"chat": said})
    reasons = importing.reasons(row.id)
    assert reasons[2].startswith("the field 'chat' is no conversation: a conversation is 'It broke.'")
    assert reasons[3] == (
        "the field 'chat' is no conversation: turn 1 of a conversation is the keys role; "
        "allowed are role and content"
    )
    assert (
        reasons[4]
        == "the field 'chat' is no conversation: a conversation has no turn; allowed are one or more"
    )


def test_a_cell_of_a_table_holds_a_conversation_as_json(database: Database, tmp_path: Path) -> None:
    importing = Importing(
        database, tmp_path, subject=(SubjectField(name="chat", title="Conversation", show="chat"),)
    )
    importing.bring('chat\n"[{""role"": ""user"", ""content"": ""Hello""}]"\n', "in.csv")
    assert importing.items()[0][1].fields == {"chat": [{"role": "user", "content": "Hello"}]}


def test_a_parquet_table_comes_in(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path)
    columns = {
        "id": [7, 8],
        "Comment": ["Broke.", None],
        "sentiment": ["Negative", "Positive"],
        "stars": [1, 5],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "table.parquet")
    content = (tmp_path / "table.parquet").read_bytes()
    mapping = {"text": "Comment", "gold.sentiment": "sentiment"}
    row = importing.bring(content, "in.parquet", mapping)
    assert (row.state, row.rows_read, row.imported, row.rejected) == ("done", 2, 1, 1)
    ((item, payload),) = importing.items()
    assert (item.external_id, payload.fields, payload.meta) == ("7", {"text": "Broke."}, {"stars": 1})
    assert payload.gold["sentiment"]["value"] == "negative"
    assert importing.bring(b"id,text", "b.parquet").state == "failed"


def test_rejected_rows_are_kept_whatever_their_number(database: Database, tmp_path: Path) -> None:
    importing = Importing(database, tmp_path)
    row = importing.bring(b"nothing\n" * 5000)
    assert (row.rejected, row.imported) == (5000, 0)
    assert importing.count(RejectedRow) == 5000

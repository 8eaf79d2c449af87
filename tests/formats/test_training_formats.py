"""Files to train on: their columns to the letter, and `datasets` reads every one of them."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from milo.core.project import SubjectField
from milo.core.training import Conversation, Judgement, Misfit, Preference, PromptCompletion, Provenance
from milo.core.turn import Turn
from milo.formats import alpaca, archive, dpo, kto, openai_chat, openai_preference, reward, sft, sharegpt
from milo.formats.message import Shape
from tests.formats.offline_datasets import loaded
from tests.workflow.workshop import (
    HELLO,
    PAIR,
    PRODUCTION,
    PROMPT,
    QUERY,
    RESPONSE,
    RESPONSES,
    TALK,
    TURN,
    ADraft,
    Workshop,
    a_workshop,
)

ABOUT = Provenance(
    item="i1", annotation="i1/a1", revision=1, annotator="a1", status="passed", question="q", source="written"
)
TALKED = Conversation(
    turns=(
        Turn("system", "Be kind."),
        Turn("user", "Hi"),
        Turn("assistant", "Hello"),
        Turn("user", "It broke."),
    )
)
ONCE = Conversation(turns=(Turn("user", "Lamp.\n\nWhat?"),), given="Lamp.", asked="What?")
GOOD, BAD = Turn("assistant", "Sorry."), Turn("assistant", "Ha.")
PLAIN = Shape()


def wrote(prompt: Conversation = TALKED) -> PromptCompletion:
    return PromptCompletion(prompt=prompt, completion=GOOD, provenance=ABOUT)


def prefers(prompt: Conversation = TALKED) -> Preference:
    return Preference(prompt=prompt, chosen=GOOD, rejected=BAD, source="rewrite", provenance=ABOUT)


def judges(prompt: Conversation = TALKED, *, label: bool = True) -> Judgement:
    return Judgement(prompt=prompt, completion=GOOD, label=label, provenance=ABOUT)


TURNS = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "It broke."},
]
SORRY, HA = {"role": "assistant", "content": "Sorry."}, {"role": "assistant", "content": "Ha."}
HUMAN = [
    {"from": "human", "value": "Hi"},
    {"from": "gpt", "value": "Hello"},
    {"from": "human", "value": "It broke."},
]


class TestColumns:
    """As the readers of the files document them."""

    def test_trl(self) -> None:
        assert sft.row(wrote(), PLAIN) == {"messages": [*TURNS, SORRY]}
        assert sft.row(wrote(), Shape(columns="prompt-completion")) == {
            "prompt": TURNS,
            "completion": [SORRY],
        }
        assert dpo.row(prefers(), PLAIN) == {"prompt": TURNS, "chosen": [SORRY], "rejected": [HA]}
        assert reward.row(prefers(), PLAIN) == {"chosen": [*TURNS, SORRY], "rejected": [*TURNS, HA]}
        assert kto.row(judges(), PLAIN) == {"prompt": TURNS, "completion": [SORRY], "label": True}
        assert kto.row(judges(ONCE, label=False), Shape(is_plain=True)) == {
            "prompt": "Lamp.\n\nWhat?",
            "completion": "Sorry.",
            "label": False,
        }

    def test_openai(self) -> None:
        assert openai_chat.row(wrote(), PLAIN) == {"messages": [*TURNS, SORRY]}
        assert openai_preference.row(prefers(), PLAIN) == {
            "input": {"messages": TURNS, "tools": [], "parallel_tool_calls": True},
            "preferred_output": [SORRY],
            "non_preferred_output": [HA],
        }

    def test_sharegpt(self) -> None:
        said = {"from": "gpt", "value": "Sorry."}
        assert sharegpt.conversation(wrote(), PLAIN) == {
            "conversations": [*HUMAN, said],
            "system": "Be kind.",
            "tools": "",
        }
        assert sharegpt.preference(prefers(), PLAIN) == {
            "conversations": [{"from": "system", "value": "Be kind."}, *HUMAN],
            "chosen": said,
            "rejected": {"from": "gpt", "value": "Ha."},
        }

    def test_alpaca(self) -> None:
        row = {
            "instruction": "It broke.",
            "input": "",
            "output": "Sorry.",
            "system": "Be kind.",
            "history": [["Hi", "Hello"]],
        }
        assert alpaca.row(wrote(), PLAIN) == row
        assert alpaca.judgement(judges(), PLAIN) == row | {"kto_tag": True}
        assert alpaca.row(wrote(ONCE), PLAIN) == {
            "instruction": "What?",
            "input": "Lamp.",
            "output": "Sorry.",
            "system": "",
            "history": [],
        }

    @pytest.mark.parametrize(
        "roles", [("assistant", "user"), ("user", "user"), ("user", "system", "user"), ("system",), ()]
    )
    def test_people_and_models_speak_by_turns_in_sharegpt_and_alpaca(self, roles: tuple[str, ...]) -> None:
        talk = Conversation(turns=tuple(Turn(role, "x") for role in roles))
        assert sharegpt.conversation(wrote(talk), PLAIN) == Misfit("turn_order")
        assert sharegpt.preference(prefers(talk), PLAIN) == Misfit("turn_order")
        assert alpaca.row(wrote(talk), PLAIN) == Misfit("turn_order")

    def test_a_picture_is_marked_where_the_text_says_so(self) -> None:
        shape = Shape(has_images=True)
        seen = Conversation(turns=TALKED.turns, images=("images/a.png", "images/b.png"))
        row = sharegpt.conversation(wrote(seen), shape)
        assert isinstance(row, dict)
        assert row["conversations"][0] == {"from": "human", "value": "<image><image>Hi"}
        assert row["images"] == ["images/a.png", "images/b.png"]
        row = alpaca.row(wrote(seen), shape)
        assert isinstance(row, dict)
        assert row["history"][0] == ["<image><image>Hi", "Hello"]
        marked = Conversation(turns=(Turn("user", "What is <image>?"),))
        assert sharegpt.conversation(wrote(marked), shape) == Misfit("image_mark")


def test_an_archive_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    made = []
    for name in ("a.zip", "b.zip"):
        with (tmp_path / name).open("wb") as file:
            archive.write(file, [("z.json", [b"[", b"]"]), ("a.png", [b"x"])])
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "a.zip") as opened:
        assert [(one.filename, one.date_time[0]) for one in opened.infolist()] == [
            ("z.json", 1980),
            ("a.png", 1980),
        ]
        assert opened.read("z.json") == b"[]"


# --- whole files ------------------------------------------------------------------------------------

#: One dot; `datasets` opens it.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MESSAGES = [{"role": "string", "content": "string"}]
METADATA = {
    **dict.fromkeys(("item", "annotation", "annotator", "status", "question", "source"), "string"),
    "revision": "int64",
    "model": "string",
    "version": "string",
    "draft_share": "float64",
    "edit_distance": "int64",
}


def kinds(feature: Any) -> Any:  # Any: datasets has no types
    """Features as plain data: a list in a list, names of types else."""
    if isinstance(feature, dict):
        return {name: kinds(one) for name, one in feature.items()}
    inner = getattr(feature, "feature", None)
    return [kinds(inner)] if inner is not None else getattr(feature, "dtype", str(feature))


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Written answers, one of them a rewritten draft, and comparisons."""
    folder = tmp_path_factory.mktemp("texts")
    with a_workshop(folder, [PROMPT, *RESPONSES], [QUERY, RESPONSE, PAIR], **PRODUCTION) as workshop:
        fields = {"prompt": "Why?", "a": "1", "b": "2", "c": "3"}
        answers = {"query": "Why?", "response": "Because it is.", "better": "first"}
        drafts = [ADraft(text="Because.", thumb="down")]
        workshop.answer(
            fields, answers, state="passed", drafts=drafts, used=0, share=0.5, distance=2, language="en"
        )
        workshop.answer(fields, {"query": "How so?", "response": "As ever.", "better": "both_bad"})
        yield workshop


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Next turns after conversations of one turn and of three."""
    offered = SubjectField(name="offered", title="Offered", required=False)
    with a_workshop(tmp_path_factory.mktemp("talks"), [TALK, offered], [TURN]) as workshop:
        longer = [*HELLO, {"role": "agent", "content": "What?"}, {"role": "user", "content": "It."}]
        workshop.answer({"talk": HELLO, "offered": "Ha."}, {"turn": "Sorry."})
        workshop.answer({"talk": longer, "offered": "Ha."}, {"turn": "I see."})
        yield workshop


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Written answers about a picture, about the same one again, and about none."""
    image = SubjectField(name="image", title="Picture", show="image", required=False)
    with a_workshop(
        tmp_path_factory.mktemp("pictures"), [image], [QUERY, RESPONSE], **PRODUCTION
    ) as workshop:
        address = workshop.picture(PNG)
        answers = {"query": "What is it?", "response": "A dot."}
        for fields in ({"image": address}, {"image": address}, {}):
            drafts = [ADraft(text="A dog.")]
            workshop.answer(fields, answers, drafts=drafts, used=0, share=0.5, distance=1)
        yield workshop


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as opened:
        opened.extractall(folder / path.stem)
    return folder / path.stem


@pytest.mark.parametrize(
    ("format", "options", "count", "features"),
    [
        ("sft", {}, 2, {"messages": MESSAGES}),
        ("sft", {"columns": "prompt-completion"}, 2, {"prompt": MESSAGES, "completion": MESSAGES}),
        ("dpo", {}, 2, dict.fromkeys(("prompt", "chosen", "rejected"), MESSAGES)),
        ("kto", {}, 7, {"prompt": "string", "completion": "string", "label": "bool"}),
        ("reward", {}, 2, dict.fromkeys(("chosen", "rejected"), MESSAGES)),
        ("openai-chat", {}, 2, {"messages": MESSAGES}),
        (
            "openai-preference",
            {},
            2,
            {
                "input": {"messages": MESSAGES, "tools": ["null"], "parallel_tool_calls": "bool"},
                "preferred_output": MESSAGES,
                "non_preferred_output": MESSAGES,
            },
        ),
    ],
)
def test_datasets_reads_a_file_of_lines(
    texts: Workshop, tmp_path: Path, format: str, options: dict[str, Any], count: int, features: Any
) -> None:
    read = loaded(tmp_path, "json", data_files=str(texts.write(format, **options).path))
    assert (len(read), kinds(read.features)) == (count, features)
    with_provenance = texts.write(format, include_provenance=True, **options).path
    read = loaded(tmp_path, "json", data_files=str(with_provenance))
    assert kinds(read.features) == features | {"metadata": METADATA}


@pytest.mark.parametrize("format", ["sft", "dpo", "kto", "reward", "openai-chat", "openai-preference"])
def test_datasets_reads_conversations(talks: Workshop, tmp_path: Path, format: str) -> None:
    read = loaded(tmp_path, "json", data_files=str(talks.write(format).path))
    assert len(read) == (4 if format == "kto" else 2)
    if format == "kto":
        assert kinds(read.features) == {"prompt": MESSAGES, "completion": MESSAGES, "label": "bool"}


def test_datasets_reads_sharegpt_and_its_entry_names_every_column(texts: Workshop, tmp_path: Path) -> None:
    folder = unpacked(texts.write("sharegpt").path, tmp_path)
    entries = json.loads((folder / "dataset_info.json").read_text())
    assert entries["reviews_preference"] == {
        "file_name": "preference.json",
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"},
        "tags": {
            "role_tag": "from",
            "content_tag": "value",
            "user_tag": "human",
            "assistant_tag": "gpt",
            "system_tag": "system",
        },
    }
    said = {"from": "string", "value": "string"}
    wanted: dict[str, dict[str, Any]] = {
        "sft": {"conversations": [said], "system": "string", "tools": "string"},
        "preference": {"conversations": [said], "chosen": said, "rejected": said},
    }
    for name, features in wanted.items():
        entry = entries[f"reviews_{name}"]
        assert isinstance(json.loads((folder / entry["file_name"]).read_text()), list)
        read = loaded(tmp_path, "json", data_files=str(folder / entry["file_name"]))
        assert (len(read), kinds(read.features)) == (2, features)
        assert set(entry["columns"].values()) == features.keys()


def test_datasets_reads_alpaca_and_its_entry_names_every_column(talks: Workshop, tmp_path: Path) -> None:
    folder = unpacked(talks.write("alpaca").path, tmp_path)
    entries = json.loads((folder / "dataset_info.json").read_text())
    features = {
        **dict.fromkeys(("instruction", "input", "output", "system"), "string"),
        "history": [["string"]],
    }
    for name, count, more in (("sft", 2, {}), ("kto", 4, {"kto_tag": "bool"})):
        entry = entries[f"reviews_{name}"]
        read = loaded(tmp_path, "json", data_files=str(folder / entry["file_name"]))
        assert (len(read), kinds(read.features)) == (count, features | more)
        assert set(entry["columns"].values()) == (features | more).keys()


def test_datasets_reads_the_folder_and_its_card_states_facts(texts: Workshop, tmp_path: Path) -> None:
    folder = unpacked(texts.write("hf").path, tmp_path)
    wanted: dict[str, tuple[int, Any]] = {
        "sft": (2, {"messages": MESSAGES}),
        "dpo": (2, dict.fromkeys(("prompt", "chosen", "rejected"), MESSAGES)),
        "kto": (7, {"prompt": "string", "completion": "string", "label": "bool"}),
    }
    for name, (count, features) in wanted.items():
        read = loaded(tmp_path, str(folder), name)
        assert (len(read), kinds(read.features)) == (count, features), name
    assert len(loaded(tmp_path, str(folder))) == 2, "the first one is the default"
    card = (folder / "README.md").read_text()
    _, header, body = card.split("---\n", 2)
    assert yaml.safe_load(header) == {
        "pretty_name": "Reviews",
        "language": ["en"],
        "task_categories": ["text-generation"],
        "size_categories": ["n<1K"],
        "tags": ["milo", "human-annotated"],
        "configs": [
            {"config_name": "sft", "data_files": "data/sft.jsonl", "default": True},
            {"config_name": "dpo", "data_files": "data/dpo.jsonl"},
            {"config_name": "kto", "data_files": "data/kto.jsonl"},
        ],
    }
    for fact in (
        "- Of 2 answers 2 are here, by status: accepted_unreviewed: 1, passed: 1.",
        "- Rows left out: no_draft: 1, tie: 1.",
        "- Answers by version of the guideline: 1: 2.",
        "- Texts by the model of the draft they began with: Scripted (v1): 1.",
        "- Share of words from a draft, over 1 text: mean 0.50.",
        "- Words changed from the draft, over 1 text: mean 2.0.",
    ):
        assert fact in body.splitlines()


@pytest.mark.parametrize("format", ["sft", "dpo", "kto", "reward"])
def test_datasets_opens_the_pictures_that_are_included(
    pictures: Workshop, tmp_path: Path, format: str
) -> None:
    written = pictures.write(format, images="include").path
    with zipfile.ZipFile(written) as opened:
        assert len([name for name in opened.namelist() if name.startswith("images/")]) == 1
    read = loaded(tmp_path, str(unpacked(written, tmp_path)))
    assert kinds(read.features)["images"] == ["PIL.Image.Image"]
    columns = {"sft": {"messages"}, "kto": {"prompt", "completion", "label"}}.get(format)
    assert set(read.features) == {"images"} | (
        columns or {"chosen", "rejected"} | ({"prompt"} if format == "dpo" else set())
    )
    assert [picture.size for picture in read[0]["images"]] == [(1, 1)]
    assert read[-1]["images"] == []


def test_datasets_opens_the_pictures_of_a_folder(pictures: Workshop, tmp_path: Path) -> None:
    folder = unpacked(pictures.write("hf", images="include").path, tmp_path)
    for name in ("sft", "dpo", "kto"):
        read = loaded(tmp_path, str(folder), name)
        assert read[0]["images"][0].size == (1, 1), name
    linked = unpacked(pictures.write("hf").path, tmp_path)
    assert kinds(loaded(tmp_path, str(linked), "sft").features)["images"] == ["string"]
    assert "they are not in this folder" in (linked / "README.md").read_text()


@pytest.mark.parametrize("format", ["sharegpt", "alpaca"])
def test_pictures_lie_beside_the_rows_that_name_them(pictures: Workshop, tmp_path: Path, format: str) -> None:
    folder = unpacked(pictures.write(format, images="include").path, tmp_path)
    entry = json.loads((folder / "dataset_info.json").read_text())["reviews_sft"]
    assert entry["columns"]["images"] == "images"
    rows = json.loads((folder / "sft.json").read_text())
    assert [len(row["images"]) for row in rows] == [1, 1, 0]
    assert (folder / rows[0]["images"][0]).read_bytes() == PNG


def test_the_same_answers_give_the_same_bytes_and_columns_are_a_matter_of_sft(texts: Workshop) -> None:
    for format in ("sharegpt", "alpaca", "hf"):
        first, again = texts.write(format), texts.write(format, columns="prompt-completion")
        assert first.path.read_bytes() == again.path.read_bytes(), format

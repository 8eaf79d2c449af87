"""Write one file of every training format, for other libraries to read: `make test-train`."""

from __future__ import annotations

import base64
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from milo.core.project import SubjectField
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

#: One dot.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TRL = ("sft", "dpo", "kto", "reward")
IMAGE = SubjectField(name="image", title="Picture", show="image", required=False)
OFFERED = SubjectField(name="offered", title="Offered", required=False)


def main(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("texts", "talks", "pictures"):
            (Path(folder) / name).mkdir()
        with a_workshop(
            Path(folder) / "texts", [PROMPT, *RESPONSES], [QUERY, RESPONSE, PAIR], **PRODUCTION
        ) as texts:
            fields = {"prompt": "Why?", "a": "1", "b": "2", "c": "3"}
            for value in ("first", "second", "both_bad"):
                drafts = [ADraft(text="Because.", thumb="down")]
                answers = {"query": "Why?", "response": "Because it is.", "better": value}
                texts.answer(fields, answers, drafts=drafts, used=0, share=0.5, distance=2)
            keep(texts, out / "texts")
            shutil.copy(
                texts.write("sft", columns="prompt-completion").path, out / "texts" / "sft-prompt.jsonl"
            )
            shutil.copy(texts.write("dpo", include_provenance=True).path, out / "texts" / "dpo-whence.jsonl")
            unpack(texts.write("hf").path, out / "texts" / "hf")
        with a_workshop(Path(folder) / "talks", [TALK, OFFERED], [TURN]) as talks:
            longer = [*HELLO, {"role": "agent", "content": "What?"}, {"role": "user", "content": "It."}]
            for turns in (HELLO, longer):
                talks.answer({"talk": turns, "offered": "Ha."}, {"turn": "I am sorry."})
            keep(talks, out / "talks")
        with a_workshop(Path(folder) / "pictures", [IMAGE], [QUERY, RESPONSE], **PRODUCTION) as pictures:
            for shown in ({"image": pictures.picture(PNG)}, {}):
                sent = {"query": "What is it?", "response": "A dot."}
                pictures.answer(shown, sent, drafts=[ADraft(text="A dog.")], used=0, share=0.5)
            for format in TRL:
                unpack(pictures.write(format, images="include").path, out / "pictures" / format)


def keep(workshop: Workshop, folder: Path) -> None:
    folder.mkdir(parents=True)
    for format in TRL:
        shutil.copy(workshop.write(format).path, folder / f"{format}.jsonl")


def unpack(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as opened:
        opened.extractall(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

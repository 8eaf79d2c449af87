"""How an item reads in a prompt: each field in its place, out of which its content cannot break."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from milo.core.errors import InvalidInput
from milo.core.item import FieldValue
from milo.core.model_call import ImagePart
from milo.core.project import SubjectField
from milo.core.turn import turns_of

# Marks by which chat templates of common models tell who speaks; in an item's text they are only text.
SPEAKER_MARK = re.compile(r"<(?=[|｜]|/?(?:s|bos|eos|start_of_turn|end_of_turn|unk|pad)>)|\[(?=/?INST\])")


def item_text(subject: Sequence[SubjectField], fields: Mapping[str, FieldValue]) -> str:
    """The fields in the order of the subject; hidden and missing ones are left out.

    Texts stand between lines of quotation marks, more of them than the text holds in a row. Context
    fields are one line each; each turn of a conversation is a block of its own. Pictures are numbered and
    follow as parts of the message. Videos are left out: no model gets them.

    >>> from milo.core.project import SubjectField
    >>> print(item_text([SubjectField(name="t", title="Text")], {"t": "So good"}))
    ### Text:
    \"\"\"
    So good
    \"\"\"
    """
    blocks: list[str] = []
    pictures = 0
    for field in subject:
        value = fields.get(field.name)
        if value is None or field.show in ("video", "hidden"):
            continue
        if field.show == "image":
            pictures += 1
            blocks.append(f"### {field.title}: picture {pictures}")
        elif field.show == "context":
            blocks += _context_lines(field.title, value)
        elif field.show == "chat" and isinstance(value, list):
            blocks += _turn_blocks(field.title, value)
        else:
            blocks.append(f"### {field.title}:\n{_fenced(_as_text(value))}")
    return "\n".join(blocks)


def item_images(
    subject: Sequence[SubjectField], fields: Mapping[str, FieldValue], images: Mapping[str, ImagePart]
) -> tuple[ImagePart, ...]:
    """The pictures of the item in the order of the subject; refuses an item whose picture was not loaded."""
    wanted = [field for field in subject if field.show == "image" and fields.get(field.name) is not None]
    for field in wanted:
        if field.name not in images:
            raise InvalidInput(
                f"field {field.name!r} shows the picture {fields[field.name]!r}, which was not loaded"
            )
    return tuple(images[field.name] for field in wanted)


def defused(text: str) -> str:
    """The text, in which no mark can be taken for a change of speaker.

    >>> defused("<|im_end|>")
    '< |im_end|>'
    """
    return SPEAKER_MARK.sub(lambda mark: mark.group() + " ", text)


def _context_lines(title: str, value: FieldValue) -> list[str]:
    if isinstance(value, dict):
        return [_one_line(f"{title}, {key}: {_as_text(one)}") for key, one in value.items()]
    return [_one_line(f"{title}: {_as_text(value)}")]


def _turn_blocks(title: str, value: FieldValue) -> list[str]:
    return [
        f"### {title}, turn {number}, {_one_line(turn.role)}:\n{_fenced(turn.content)}"
        for number, turn in enumerate(turns_of(value), start=1)
    ]


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r'"+', text)), default=0)
    fence = '"' * max(3, longest + 1)
    return f"{fence}\n{defused(text)}\n{fence}"


def _one_line(text: str) -> str:
    return defused(" ".join(text.split()))


def _as_text(value: FieldValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

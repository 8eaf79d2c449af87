"""What an export is asked for: which answers leave, in which format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from milo.core.assignment import AssignmentState
from milo.core.errors import Fault, InvalidInput
from milo.core.strict import INPUT, Flag

#: Files to look into, and to bring back.
LabelFormat = Literal["jsonl", "csv"]
#: Files to train models on.
TrainingFormat = Literal[
    "sft", "dpo", "kto", "reward", "openai-chat", "openai-preference", "sharegpt", "alpaca", "hf"
]
ExportFormat = LabelFormat | TrainingFormat

SftColumns = Literal["messages", "prompt-completion"]
Images = Literal["link", "include"]

#: What may leave at all. An answer sent back (`redo`) never does, nor one that is being edited.
EXPORTABLE: tuple[AssignmentState, ...] = ("passed", "submitted", "rejected", "skipped", "surplus")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What leaves and how. By default quality labels: answers that passed, or that no review asked for."""

    __pydantic_config__ = INPUT

    format: ExportFormat = "jsonl"
    states: tuple[str, ...] = ("passed", "submitted")
    include_unreviewed: Flag | None = None  # None: as the project's settings say
    include_unlabeled: Flag = False  # items nobody answered, as rows without an annotation
    include_edits: Flag = False  # how texts came about, edit by edit; of `jsonl` alone
    # Of training formats alone:
    question: str | None = None  # None: every question that fits the format
    columns: SftColumns = "messages"  # of `sft`
    include_provenance: Flag = False  # a column `metadata`: whose answer, to what, from which draft
    images: Images = "link"  # pictures by address, or beside the rows

    def __post_init__(self) -> None:
        unknown = [state for state in self.states if state not in EXPORTABLE]
        if unknown:
            allowed = "any of " + ", ".join(EXPORTABLE)
            raise InvalidInput(
                f"The state {unknown[0]!r} cannot be exported; allowed: {allowed}",
                (Fault("states", repr(unknown[0]), allowed),),
            )

    @property
    def is_training(self) -> bool:
        """Whether the file is to train models on."""
        return self.format not in get_args(LabelFormat)

    @property
    def ending(self) -> str:
        """The ending of the file's name: `zip` where there are several files."""
        if self.format in get_args(LabelFormat):
            return self.format
        has_folder = self.images == "include" and not self.format.startswith("openai")
        return "zip" if has_folder or self.format in ("sharegpt", "alpaca", "hf") else "jsonl"

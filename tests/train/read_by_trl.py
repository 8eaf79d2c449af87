"""TRL trains one step on every file, on the CPU, with models made here: `make test-train`.

It has an environment of its own, as it needs PyTorch; nothing is fetched from a hub.
"""
# ruff: noqa: E402  # libraries read these settings when they are imported

from __future__ import annotations

import atexit
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

HOME = tempfile.mkdtemp(prefix="milo-huggingface-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ |= {"HF_HOME": HOME}
os.environ |= dict.fromkeys(("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "TRANSFORMERS_OFFLINE"), "1")

import datasets
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.utils import logging
from trl import (
    DPOConfig,
    DPOTrainer,
    KTOConfig,
    KTOTrainer,
    RewardConfig,
    RewardTrainer,
    SFTConfig,
    SFTTrainer,
)
from trl.data_utils import prepare_multimodal_messages

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
TEMPLATE_WITH_PICTURES = (
    "{% for message in messages %}<|{{ message['role'] }}|>{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<image>")
TRAINERS: dict[str, tuple[Any, Any]] = {  # Any: trl has no types
    "sft": (SFTTrainer, SFTConfig),
    "dpo": (DPOTrainer, DPOConfig),
    "kto": (KTOTrainer, KTOConfig),
    "reward": (RewardTrainer, RewardConfig),
}


def a_tokenizer() -> PreTrainedTokenizerFast:
    """Bytes, and marks for speakers."""
    letters = [*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    made = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token=SPECIAL[0],
        eos_token=SPECIAL[1],
        additional_special_tokens=list(SPECIAL[2:]),
    )
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def a_processor() -> LlavaProcessor:
    """The same with pictures of four patches."""
    tokenizer = a_tokenizer()
    tokenizer.chat_template = None
    return LlavaProcessor(
        image_processor=CLIPImageProcessorPil(size={"shortest_edge": 8}, crop_size={"height": 8, "width": 8}),
        tokenizer=tokenizer,
        patch_size=4,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE_WITH_PICTURES,
    )


def a_model(kind: str, tokenizer: PreTrainedTokenizerFast, *, sees: bool) -> Any:
    """A model with weights drawn by chance: it reads, or scores, or sees as well."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        num_labels=1,
    )
    if not sees:
        return LlamaForSequenceClassification(config) if kind == "reward" else LlamaForCausalLM(config)
    eyes = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=8,
        patch_size=4,
        projection_dim=16,
    )
    return LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=eyes,
            text_config=config,
            image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
            vision_feature_layer=-1,
            image_seq_length=4,
        )
    )


def train(kind: str, rows: Any, *, sees: bool = False) -> float:
    """The loss of one step."""
    trainer, config = TRAINERS[kind]
    reader = a_processor() if sees else a_tokenizer()
    tokenizer = reader.tokenizer if sees else reader
    with tempfile.TemporaryDirectory() as folder:
        # Trainers read the one to compare with again.
        a_model(kind, tokenizer, sees=sees).save_pretrained(folder)
        made = trainer(
            model=folder,
            args=config(
                output_dir=f"{folder}/out",
                max_steps=1,
                per_device_train_batch_size=2,
                max_length=None if sees else 256,
                use_cpu=True,
                bf16=False,
                report_to="none",
                save_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=rows,
            processing_class=reader,
        )
        with redirect_stdout(io.StringIO()):
            loss: float = made.train().training_loss
    assert 0 <= loss < 100
    return loss


def files(folder: Path) -> Iterator[tuple[str, str, Any]]:
    """Each file with its name, its kind, and its rows."""
    for path in sorted(folder.glob("*/*.jsonl")):
        rows = datasets.load_dataset("json", data_files=str(path), split="train")
        yield f"{path.parent.name}/{path.name}", path.stem.partition("-")[0], rows
    for name in ("sft", "dpo", "kto"):
        yield f"texts/hf {name}", name, datasets.load_dataset(str(folder / "texts/hf"), name, split="train")


def pictures(folder: Path) -> Iterator[tuple[str, Any]]:
    """Each folder with pictures, and its rows."""
    for path in sorted((folder / "pictures").iterdir()):
        yield path.name, datasets.load_dataset(str(path), split="train")


def check_places(rows: Any) -> None:
    """Every picture is in the first user turn."""
    for row in rows:
        turns = row.get("messages") or row.get("prompt") or row["chosen"]
        seen = prepare_multimodal_messages(turns, images=row["images"])
        first = next(turn for turn in seen if turn["role"] == "user")
        sizes = [part["image"].size for part in first["content"] if part["type"] == "image"]
        assert sizes == [(1, 1)] * len(row["images"])


def main(folder: Path) -> None:
    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    for name, kind, rows in files(folder):
        print(f"{name}: {len(rows)} rows, {kind} trained one step, loss {train(kind, rows):.3f}", flush=True)
    for kind, rows in pictures(folder):
        check_places(rows)
        if kind == "reward":  # its trainer takes no pictures
            print("pictures/reward: every picture is in the first user turn", flush=True)
            continue
        loss = train(kind, rows, sees=True)
        print(f"pictures/{kind}: {len(rows)} rows, trained one step, loss {loss:.3f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

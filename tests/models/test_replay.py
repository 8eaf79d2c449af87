"""Recording a model, and playing it again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import Message, ModelRequest, TextPart
from milo.core.model_config import ModelConfig
from milo.models import open_model
from milo.models.replay import Recording, Replay, read_recording


def a_request(text: str, **settings: Any) -> ModelRequest:
    return ModelRequest(messages=(Message("user", (TextPart(text),)),), **settings)


def a_recording(path: Path) -> Path:
    large = open_model(ModelConfig(id=1, name="Large", provider="scripted", model="large-1"))
    recording = Recording(large, path, card={"accuracy": 0.9})
    asyncio.run(
        recording.ask(
            a_request("Post: Cake\nIs it funny?", top_logprobs=2),
            contains=("Cake", "funny"),
            item="post-1",
            question="tone",
        )
    )
    return path


def a_replay(path: Path) -> Replay:
    params = {"path": str(path)}
    return Replay(ModelConfig(id=2, name="Demo", provider="replay", model="recorded", params=params))


def test_the_same_request_gets_the_recorded_reply(tmp_path: Path) -> None:
    replay = a_replay(a_recording(tmp_path / "large.jsonl"))
    reply = asyncio.run(replay.ask(a_request("Post: Cake\nIs it funny?", top_logprobs=2)))
    assert reply.text in ("Yes", "No")
    assert reply.top_logprobs is not None
    assert len(reply.top_logprobs[0]) == 2


def test_it_goes_by_the_name_of_the_model_that_was_recorded(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "large.jsonl")
    replay = a_replay(path)
    assert (replay.name, replay.recorded) == ("Large", True)
    assert replay.version.startswith("large-1:")
    assert read_recording(path)[0]["card"] == {"accuracy": 0.9}


def test_a_reworded_prompt_is_found_by_its_passages(tmp_path: Path) -> None:
    replay = a_replay(a_recording(tmp_path / "large.jsonl"))
    assert asyncio.run(replay.ask(a_request("The post says Cake. Would you call it funny?"))).text
    with pytest.raises(ModelFailure, match="nothing was recorded") as caught:
        asyncio.run(replay.ask(a_request("The post says Pie. Would you call it funny?")))
    assert not caught.value.transient


def test_another_sample_is_another_reply(tmp_path: Path) -> None:
    replay = a_replay(a_recording(tmp_path / "large.jsonl"))
    with pytest.raises(ModelFailure):
        asyncio.run(replay.ask(a_request("Post: Cake\nIs it funny?", sample=1)))


def test_a_broken_recording_names_the_line(tmp_path: Path) -> None:
    path = a_recording(tmp_path / "large.jsonl")
    with path.open("a") as file:
        file.write('{"reply": {}}\n')
    with pytest.raises(InvalidInput, match="line 3 of"):
        a_replay(path)
    with pytest.raises(InvalidInput, match="does not exist"):
        a_replay(tmp_path / "none.jsonl")

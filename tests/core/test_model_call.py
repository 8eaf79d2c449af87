"""The hash that makes two calls the same or different."""

from __future__ import annotations

from dataclasses import replace

from milo.core.model_call import ImagePart, Message, ModelRequest, TextPart, messages_as_data, request_hash

REQUEST = ModelRequest(
    messages=(Message("user", (TextPart("Is it good?"), ImagePart("image/png", b"\x89PNG"))),)
)


def test_the_same_request_has_the_same_hash() -> None:
    assert request_hash("m", {"a": 1}, REQUEST) == request_hash("m", {"a": 1}, replace(REQUEST))


def test_another_sample_model_parameter_text_or_picture_is_another_call() -> None:
    other_picture = (Message("user", (TextPart("Is it good?"), ImagePart("image/png", b"other"))),)
    hashes = {
        request_hash("m", {"a": 1}, REQUEST),
        request_hash("n", {"a": 1}, REQUEST),
        request_hash("m", {"a": 2}, REQUEST),
        request_hash("m", {"a": 1}, replace(REQUEST, sample=1)),
        request_hash("m", {"a": 1}, replace(REQUEST, messages=other_picture)),
        request_hash("m", {"a": 1}, replace(REQUEST, stop=("\n",))),
    }
    assert len(hashes) == 6


def test_a_picture_is_stored_by_its_hash_not_by_its_bytes() -> None:
    part = messages_as_data(REQUEST.messages)[0]["parts"][1]  # type: ignore[index]  # plain data
    assert set(part) == {"kind", "media_type", "sha256"}

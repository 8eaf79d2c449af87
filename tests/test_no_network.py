"""A test that reaches for the network fails instead."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tests.conftest import NetworkUsed


def test_another_machine_cannot_be_reached_by_name() -> None:
    with pytest.raises(NetworkUsed, match="example"):
        urllib.request.urlopen("http://example.org/")


def test_another_machine_cannot_be_reached_by_address() -> None:
    with socket.socket() as client, pytest.raises(NetworkUsed, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())

"""A browser tab that works as fast as it can: takes tasks, answers them, forgets some, is late with some."""

from __future__ import annotations

import http.client
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import orjson

COUNT = 3


@dataclass(slots=True)
class Seen:
    """What a tab met."""

    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: dict[str, str] = field(default_factory=dict)  # client id -> state
    problems: list[str] = field(default_factory=list)
    gave_up: bool = False
    forgotten: int = 0
    late: int = 0
    twice: int = 0


@dataclass(slots=True)
class Tab:
    """One of several tabs of an annotator, talking to all servers in turn."""

    name: str
    ports: list[int]
    token: str
    csrf_token: str
    clock: Callable[[], datetime]
    random: Random
    most_forgotten: int
    most_late: int
    gives_up_at: float  # on `time.monotonic`: with a guard taken away the work may have no end
    seen: Seen = field(default_factory=Seen)
    _connections: dict[int, http.client.HTTPConnection] = field(default_factory=dict)
    _waiting: list[dict[str, Any]] = field(default_factory=list)

    def work(self) -> Seen:
        """Take and answer tasks until nothing is left that could come free."""
        try:
            self._work()
        finally:
            for connection in self._connections.values():
                connection.close()
        return self.seen

    def _work(self) -> None:
        while time.monotonic() < self.gives_up_at:
            self._send_overdue()
            reply = self._post("/api/projects/1/next", {"count": COUNT})
            if is_broken(reply):
                continue
            for task in reply["tasks"]:
                self._handle(task)
            if not reply["tasks"]:
                if not self._waiting and reply["empty"]["reason"] != "all_leased":
                    return
                time.sleep(0.2)
        self.seen.gave_up = True

    def _handle(self, task: dict[str, Any]) -> None:
        chance = self.random.random()
        if chance < 0.1 and self.seen.forgotten < self.most_forgotten:
            self.seen.forgotten += 1
        elif chance < 0.2 and self.seen.late < self.most_late:
            self.seen.late += 1
            self._waiting.append(task)
        else:
            self._submit(task)

    def _send_overdue(self) -> None:
        overdue = [
            task for task in self._waiting if datetime.fromisoformat(task["lease_until"]) < self.clock()
        ]
        self._waiting = [task for task in self._waiting if task not in overdue]
        for task in overdue:
            self._submit(task)

    def _submit(self, task: dict[str, Any]) -> None:
        client_id = f"{self.name}-{task['assignment']}-{self.random.getrandbits(64):x}"
        body = {
            "client_id": client_id,
            "expected_revision": task["revision"],
            "schema_version": task["schema_version"],
            "answers": {"sentiment": {"kind": "choice", "value": "positive"}},
            "shown": [],
            "active_ms": 900,
            "wall_ms": 1000,
            "blurred_ms": 0,
        }
        path = f"/api/assignments/{task['assignment']}/submit"
        replies = [self._send(path, body)]
        if self.random.random() < 0.2:
            self.seen.twice += 1
            replies.append(self._send(path, body))
        answered = [reply for reply in replies if not is_broken(reply)]
        for reply in answered:
            if "state" in reply:
                self.seen.acknowledged[client_id] = reply["state"]
        if len({(reply.get("state"), reply.get("revision")) for reply in answered}) > 1:
            self.seen.problems.append(f"{client_id}: {answered[0]} then {answered[1]}")

    def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The reply; where the server failed the same is sent again, as the outbox of the interface does."""
        for _ in range(3):
            reply = self._post(path, body, may_conflict=True)
            if not is_broken(reply):
                break
        return reply

    def _post(self, path: str, body: dict[str, Any], *, may_conflict: bool = False) -> dict[str, Any]:
        port = self.random.choice(self.ports)
        if port not in self._connections:
            self._connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection = self._connections[port]
        headers = {
            "Cookie": f"milo_session={self.token}",
            "X-CSRF-Token": self.csrf_token,
            "Content-Type": "application/json",
        }
        connection.request("POST", path, orjson.dumps(body), headers)
        response = connection.getresponse()
        data = response.read()
        self.seen.statuses[response.status] += 1
        if response.status >= 500:
            self._connections.pop(port).close()  # the server hangs up after it
        elif response.status not in ((200, 409) if may_conflict else (200,)):
            self.seen.problems.append(f"{path}: {response.status} {data[:300]!r}")
        reply: dict[str, Any] = orjson.loads(data)
        return reply


def is_broken(reply: dict[str, Any]) -> bool:
    """Whether the server failed, which the counts of statuses tell."""
    return int(reply.get("status", 200)) >= 500

"""Bad networks, as HTTP sessions between a real phone and a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import requests


class LostAnswers(requests.Session):
    """The server gets the push; its answer never comes back, `times` times."""

    def __init__(self, times: int, path: str = "push") -> None:
        super().__init__()
        self.left, self.path = times, path

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        answer = super().request(method, url, *args, **kwargs)
        if self.left and self.path in url:
            self.left -= 1
            raise requests.ConnectionError("the network went")
        return answer


class Changed(requests.Session):
    """Answers of one path come back changed: their JSON by `change`, or their bytes by `cut`."""

    def __init__(
        self,
        path: str,
        change: Callable[[Any], None] | None = None,
        cut: Callable[[bytes], bytes] | None = None,
    ) -> None:
        super().__init__()
        self.path, self.change, self.cut = path, change, cut
        self.active = True

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        answer = super().request(method, url, *args, **kwargs)
        if self.active and self.path in url:
            content = answer.content
            if self.change is not None:
                found = json.loads(content)
                self.change(found)
                content = json.dumps(found).encode()
            answer._content = self.cut(content) if self.cut else content
        return answer


class Failing(requests.Session):
    """Answers a status instead of asking the server, `times` times; counts all requests."""

    def __init__(self, times: int, status: int = 503) -> None:
        super().__init__()
        self.left, self.status, self.asked = times, status, 0

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        self.asked += 1
        if self.left:
            self.left -= 1
            answer = requests.Response()
            answer.status_code, answer._content = self.status, b"<html>busy</html>"
            return answer
        return super().request(method, url, *args, **kwargs)


class Held(requests.Session):
    """Waits before each request of one path until `go` is set; `waiting` tells that it does."""

    def __init__(self, path: str = "push") -> None:
        super().__init__()
        self.path, self.go, self.waiting = path, threading.Event(), threading.Event()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if self.path in url:
            self.waiting.set()
            assert self.go.wait(20)
        return super().request(method, url, *args, **kwargs)

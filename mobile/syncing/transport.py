"""Requests to the server: time-outs always set, retries with growing pauses, answers read or turned into
faults.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable
from threading import Event
from typing import Any

import requests

from mobile.store.outbox import read_fault
from shared.faults import Fault, Refused, fault

#: Answers worth another try.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 20.0


class Transport:
    """JSON over HTTP to one server. `unsent` tells how many records are still only on the phone, for the
    faults.
    """

    def __init__(
        self,
        base_url: str,
        session: requests.Session,
        *,
        timeouts: tuple[float, float],
        retries: int,
        unsent: Callable[[], int],
        stop: Event,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = session
        self._timeouts = timeouts
        self._retries = retries
        self._unsent = unsent
        self._stop = stop

    def get(self, path: str, token: str, params: dict[str, str]) -> dict[str, Any]:
        """The answer to a GET. Raises Refused."""
        return self._ask("GET", path, headers=_bearer(token), params=params)

    def post(self, path: str, body: bytes) -> dict[str, Any]:
        """The answer to a POST of JSON bytes by a phone that has no token yet. Raises Refused."""
        return self._ask("POST", path, headers={"Content-Type": "application/json"}, data=body)

    def push(self, path: str, token: str, body: bytes) -> dict[str, Any]:
        """The answer to a POST of JSON bytes, sent gzipped. Raises Refused."""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"} | _bearer(token)
        return self._ask("POST", path, headers=headers, data=gzip.compress(body, 6))

    def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        attempt = 0
        while True:
            try:
                answer = self._session.request(
                    method, self._base_url + path, timeout=self._timeouts, allow_redirects=False, **request
                )
                content = answer.content
            except requests.RequestException:
                problem = fault("sync.unreachable", unsent=self._unsent())
            else:
                if answer.status_code not in PASSING:
                    return self._read(answer.status_code, content)
                problem = fault("sync.server_unwell", status=answer.status_code, unsent=self._unsent())
            if attempt == self._retries or self._wait(attempt):
                raise Refused(problem)
            attempt += 1

    def _wait(self, attempt: int) -> bool:
        pause = min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
        return self._stop.wait(pause * (0.5 + random.random() / 2))

    def _read(self, status: int, content: bytes) -> dict[str, Any]:
        try:
            found = json.loads(content)
        except ValueError:
            found = None
        if status == 200 and isinstance(found, dict):
            return found
        faults = faults_of(found)
        if faults:
            raise Refused(faults)
        raise Refused(fault("sync.bad_answer", status=status, unsent=self._unsent()))


class Stopwatch:
    """Measures the server's clock against the phone's: the offset in whole seconds, server minus phone."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def half(self) -> float:
        """Half the time since it was started: about when the server read its clock."""
        return (time.monotonic() - self._began) / 2


def faults_of(answer: Any) -> list[Fault]:
    """The faults a server's answer carries; a code this program does not know keeps its own words."""
    faults = answer.get("faults") if isinstance(answer, dict) else None
    return [read_fault(found) for found in faults or [] if isinstance(found, dict)]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}

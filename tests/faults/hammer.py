"""Many devices at once on one PostgreSQL, while backends and workers die: the traffic of `test_hammer`."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, update
from sqlalchemy.exc import DBAPIError

from server.accounts.devices import token_hash
from server.accounts.models import Device
from server.sync.push import store
from shared.faults import Refused
from tests.server.ledger.hands import CLOCK, LOT, SITES, VILLAGES, Hand, place

ROOT = Path(__file__).parents[2]

#: Persons whom everybody writes about at one time: few, so that pushes meet.
TOGETHER = 5


@dataclass
class Board:
    """What the writers know of each other: persons begun, entries acknowledged, everything that went wrong."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    people: int = TOGETHER
    registered: set[int] = field(default_factory=set)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    known: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    receipts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        with self.lock:
            self.met[what] += 1

    def acknowledge(self, hand: Hand, batch: list[dict[str, Any]], outcomes: list[str], through: int) -> None:
        """Entries the server answered for; only then may others build on them."""
        with self.lock:
            for raw, outcome in zip(batch, outcomes, strict=True):
                assert outcome in ("accepted", "duplicate"), outcome
                if raw["id"] not in self.acknowledged:
                    self.acknowledged[raw["id"]] = raw
                    self.known.setdefault((raw["kind"], raw["subject"]), []).append(raw)
            self.receipts[hand.device] = max(self.receipts.get(hand.device, 0), through)

    def parents(self, chance: random.Random, kind: str, subject: str) -> list[str]:
        with self.lock:
            known = self.known.get((kind, subject), [])
            return [raw["id"] for raw in chance.sample(known, min(len(known), chance.choice((1, 1, 2, 3))))]


class Writer:
    """One device: makes batches and sends them, some at once and some several times, until all are acknowledged."""

    def __init__(self, hand: Hand, seed: int, board: Board, send: Callable[[Hand, list[Any]], Any]) -> None:
        self.hand, self.board, self.send = hand, board, send
        self.chance = random.Random(seed)

    def work(self, until: float) -> None:
        with ThreadPoolExecutor(4) as together:
            while time.monotonic() < until:
                batches = [self._batch() for _ in range(self.chance.choice((1, 1, 2)))]
                tries = [batch for batch in batches for _ in range(self.chance.choice((1, 1, 2)))]
                for done in [together.submit(self._until_acknowledged, batch) for batch in tries]:
                    done.result()

    def _batch(self) -> list[dict[str, Any]]:
        batch = [self._write() for _ in range(self.chance.choice((1, 2, 5, 12, 25)))]
        self.chance.shuffle(batch)
        return batch

    def _until_acknowledged(self, batch: list[dict[str, Any]]) -> None:
        for attempt in range(400):
            answer = self.send(self.hand, batch)
            if answer is not None:
                self.board.acknowledge(self.hand, batch, *answer)
                return
            time.sleep(min(0.01 * attempt, 0.2))
        raise AssertionError("never acknowledged")

    def _write(self) -> dict[str, Any]:
        chance, hand, board = self.chance, self.hand, self.board
        with board.lock:
            if chance.random() < 0.12:
                board.people += 1
            number = board.people - chance.randrange(TOGETHER)
            first = number not in board.registered and chance.random() < 0.1
            if first:
                board.registered.add(number)
        name = f"person {number}"
        if first:
            return hand.person(name, chance.choice(VILLAGES))
        what = chance.random()
        parents = board.parents(chance, "person", place(name))
        body: dict[str, Any]
        if what < 0.35 and parents:
            body = (
                {"household": place("house")}
                if chance.random() < 0.8
                else {"phone": f"09{chance.randrange(10**8):08d}"}
            )
            return hand.entry("person", place(name), chance.choice(VILLAGES), body, based_on=parents)
        if what < 0.7:
            doses = board.parents(chance, "dose", place(name))
            changed = {"corrects": doses[0]} if doses and chance.random() < 0.2 else {}
            dose_type = chance.choice(("primary_1", "primary_2", "booster_1"))
            return hand.dose(name, chance.choice(SITES), dose_type, **changed)
        if what < 0.8:
            return hand.movement(chance.choice(SITES), chance.choice((-2, 1, 3)))
        if what < 0.9:
            house = place(f"house {number}")
            parents = board.parents(chance, "household", house)
            if parents:
                return hand.entry(
                    "household", house, chance.choice(VILLAGES), {"note": str(what)}, based_on=parents
                )
            return hand.entry("household", house, VILLAGES[number % 4], {"head_name": "Giàng A"})
        body = {"lines": [{"lot": LOT, "state": "frozen", "vials": 3}]}
        site = chance.choice(SITES)
        return hand.entry("stock_count", site, site, body)


def directly(engine: Engine, board: Board) -> Callable[[Hand, list[Any]], Any]:
    """Pushes through the domain's own function, in this process."""

    def send(hand: Hand, batch: list[Any]) -> Any:
        try:
            answer = store(engine, hand.sender(), batch, CLOCK, None)
        except DBAPIError as error:
            board.note(f"database {getattr(error.orig, 'sqlstate', None) or type(error.orig).__name__}")
            return None
        except Refused as refused:
            board.note(refused.faults[0].code)
            return None
        return [arrival.outcome for arrival in answer.arrivals], answer.receipt.received_through

    return send


def over_http(port: int, tokens: dict[str, str], board: Board) -> Callable[[Hand, list[Any]], Any]:
    """Pushes over HTTP. Whatever is not an answer is tried again."""

    def send(hand: Hand, batch: list[Any]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            body = json.dumps({"device": hand.device, "entries": batch})
            headers = {"Authorization": f"Bearer {tokens[hand.device]}", "Content-Type": "application/json"}
            connection.request("POST", "/api/v1/sync/push", body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            board.note(f"http {type(error).__name__}")
            return None
        finally:
            connection.close()
        if response.status != 200:
            board.note(f"http {response.status}")
            return None
        return [found["outcome"] for found in answer["outcomes"]], answer["receipt"]["received_through"]

    return send


def give_tokens(engine: Engine, hands: list[Hand]) -> dict[str, str]:
    tokens = {hand.device: f"token of {hand.device}" for hand in hands}
    with engine.begin() as connection:
        for device, token in tokens.items():
            connection.execute(update(Device).where(Device.id == device).values(token_hash=token_hash(token)))
    return tokens


@contextmanager
def gunicorn(
    database_url: str, workers: int, log: Path, now: str = "2022-04-15"
) -> Iterator[tuple[int, int]]:
    """The real server with real workers: (port, process id of the first process)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "TUNGNHA_DATABASE": database_url,
        "TUNGNHA_SECRET_KEY": "only-for-tests-only-for-tests-only",
        "TUNGNHA_SECURE_COOKIES": "0",
        "TUNGNHA_NOW": now,
        "TUNGNHA_PORT": str(port),
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "deploy/gunicorn.conf.py",
        "--workers",
        str(workers),
    ]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--graceful-timeout", "2", "server.wsgi:app"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_until_up(port, server, log)
            yield port, server.pid
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(5)


def _wait_until_up(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert server.poll() is None, log.read_text()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(log.read_text())


def kill_backends(url: str, seed: int, until: float, every: float, board: Board) -> None:
    """End backends that are in the middle of something."""
    chance = random.Random(seed)
    address = url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        while time.monotonic() < until:
            time.sleep(every * chance.uniform(0.3, 1.7))
            busy = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state IN ('active', 'idle in transaction')"
            ).fetchall()
            if busy:
                connection.execute("SELECT pg_terminate_backend(%s)", (chance.choice(busy)[0],))
                board.note("backends killed")


def kill_workers(parent: int, seed: int, until: float, every: float, board: Board) -> None:
    """Kill gunicorn's workers; it starts others."""
    chance = random.Random(seed)
    while time.monotonic() < until:
        time.sleep(every * chance.uniform(0.5, 1.5))
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if children:
            try:
                os.kill(int(chance.choice(children)), signal.SIGKILL)
                board.note("workers killed")
            except ProcessLookupError:
                continue


def deadlocks(url: str) -> str:
    """What PostgreSQL's own log says of deadlocks: who waited for whom, with which statements."""
    lines = (Path(url.rpartition("host=")[2]) / "log").read_text(errors="replace").splitlines()
    return "\n".join(
        line
        for number, line in enumerate(lines)
        if any("deadlock detected" in near for near in lines[max(0, number - 24) : number + 1])
    )

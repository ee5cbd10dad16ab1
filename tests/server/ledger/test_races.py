"""Two or more pushes that meet, step by step, on PostgreSQL: what the order of statements is for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text

from server.ledger import accept as accepting
from server.ledger import deliver as delivering
from server.sync.push import store
from tests.server.ledger.hands import (
    CLOCK,
    LOT,
    SITES,
    VILLAGES,
    Hand,
    enrol,
    holds,
    outcomes,
    place,
    push,
    rebuilds_alike,
    stream_of,
)

pytestmark = pytest.mark.postgresql

PATIENCE = 20.0


@dataclass
class Steps:
    """Pushes in threads that stop before (or after) a named step until they are let go."""

    engine: Engine
    threads: dict[str, threading.Thread] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    stops: dict[tuple[str, str], threading.Event] = field(default_factory=dict)
    reached: dict[tuple[str, str], threading.Event] = field(default_factory=dict)

    def start(self, name: str, hand: Hand, *entries: Any, stop: str = "") -> None:
        """Push in a thread of that name; `stop` names the step before which it waits (the first time)."""
        if stop:
            self.stops[name, stop], self.reached[name, stop] = threading.Event(), threading.Event()

        def work() -> None:
            try:
                self.answers[name] = store(self.engine, hand.sender(), list(entries), CLOCK, None)
            except Exception as error:  # noqa: BLE001  told by the test itself
                self.answers[name] = error

        self.threads[name] = threading.Thread(target=work, name=name)
        self.threads[name].start()
        if stop:
            assert self.reached[name, stop].wait(PATIENCE), (
                f"{name} never came to {stop}: {self.answers.get(name)}"
            )
        else:
            self._settle(name)

    def go(self, name: str, stop: str) -> None:
        """Let it go on, until it ends or waits for a lock."""
        self.stops[name, stop].set()
        self._settle(name)

    def _settle(self, name: str) -> None:
        """Until the thread has ended, stands at a stop, or some backend waits for a lock."""
        for _ in range(400):
            if not self.threads[name].is_alive() or self._waiting():
                return
            if any(
                on == name and reached.is_set() and not self.stops[on, step].is_set()
                for (on, step), reached in self.reached.items()
            ):
                return
            time.sleep(0.01)

    def _waiting(self) -> int:
        with self.engine.connect() as connection:
            query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            return int(connection.execute(text(query)).scalar_one())

    def end(self) -> None:
        """Everybody goes on and ends well."""
        for stop in self.stops.values():
            stop.set()
        for name, thread in self.threads.items():
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"{name} waits for ever"
        for name, answer in self.answers.items():
            assert not isinstance(answer, Exception), f"{name}: {answer!r}"

    def pass_by(self, step: str) -> None:
        name = threading.current_thread().name
        if (name, step) in self.stops:
            self.reached[name, step].set()
            assert self.stops[name, step].wait(PATIENCE)


@pytest.fixture
def steps(pg: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    made = Steps(pg)

    def stopping(step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def stopped(*args: Any, **kwargs: Any) -> Any:
            made.pass_by(step)
            return work(*args, **kwargs)

        return stopped

    for module, step in (
        (accepting, "_lock_device"), (accepting, "_insert_entries"), (accepting, "_hold"), (accepting, "_receipt"),
        (delivering, "_read_homes"), (delivering, "_new_homes"), (delivering, "_lock_streams"),
        (delivering, "_check_homes"), (delivering, "_append"),
    ):  # fmt: skip
        monkeypatch.setattr(module, step, stopping(step, getattr(module, step)))
    yield made
    for stop in made.stops.values():
        stop.set()


def deadlocks(engine: Engine) -> int:
    """How many PostgreSQL counted in this database; a backend tells when it ends."""
    engine.dispose()
    time.sleep(0.3)
    with engine.connect() as connection:
        query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(text(query)).scalar_one())


@contextmanager
def sound(steps: Steps) -> Iterator[None]:
    """Afterwards everybody has ended well, without a deadlock, and the ledger holds."""
    yield
    steps.end()
    with steps.engine.connect() as connection:
        holds(connection)
        rebuilds_alike(connection)


@pytest.mark.proves("L6")
def test_two_tries_of_one_batch_wait_for_each_other(steps: Steps) -> None:
    one, two = enrol(steps.engine, "station")[0], None
    batch = [one.person("p", VILLAGES[0]), one.dose("p"), one.dose("q")]
    with sound(steps):
        steps.start("first", one, *batch, stop="_receipt")
        steps.start("second", one, *reversed(batch))
        assert two is None
        steps.go("first", "_receipt")
    assert outcomes(steps.answers["first"]) == ["accepted"] * 3
    assert outcomes(steps.answers["second"]) == ["duplicate"] * 3
    assert steps.answers["first"].receipt == steps.answers["second"].receipt


def test_a_dose_follows_a_person_who_moves_while_it_waits(steps: Steps) -> None:
    village, other = enrol(steps.engine, "station", "mobile_team")
    first = village.person("p", VILLAGES[0])
    push(steps.engine, village, first)
    dose = other.dose("p")
    with sound(steps):
        steps.start("dose", other, dose, stop="_lock_streams")
        push(steps.engine, village, village.move("p", VILLAGES[1], first))
        steps.go("dose", "_lock_streams")
    with steps.engine.connect() as connection:
        assert dose["id"] in stream_of(connection, VILLAGES[1])


def test_a_move_takes_along_what_was_committed_while_it_waited(steps: Steps) -> None:
    village, other = enrol(steps.engine, "station", "mobile_team")
    first = village.person("p", VILLAGES[0])
    push(steps.engine, village, first)
    dose = other.dose("p")
    with sound(steps):
        steps.start("dose", other, dose, stop="_append")
        steps.start("move", village, village.move("p", VILLAGES[1], first))
        steps.go("dose", "_append")
    with steps.engine.connect() as connection:
        assert dose["id"] in stream_of(connection, VILLAGES[1])


def test_a_dose_for_somebody_unknown_races_the_registration(steps: Steps) -> None:
    village, team, station = enrol(steps.engine, "station", "mobile_team", "station")
    early, late = team.dose("p"), station.dose("p", SITES[1], "primary_2")
    with sound(steps):
        steps.start("dose", team, early, stop="_append")
        steps.start("person", village, village.person("p", VILLAGES[0]))
        steps.start("late dose", station, late)
        steps.go("dose", "_append")
    with steps.engine.connect() as connection:
        assert {early["id"], late["id"]} <= set(stream_of(connection, VILLAGES[0]))


def test_streams_are_locked_in_one_order(pg: Engine) -> None:
    """Pushes over the same streams, from both ends at once."""
    hands = enrol(pg, *["station"] * 4)
    failures: list[Exception] = []

    def work(hand: Hand, villages: list[str]) -> None:
        try:
            for n in range(12):
                push(pg, hand, *[hand.household(f"{hand.device}{n}{v}", v) for v in villages])
        except Exception as error:  # noqa: BLE001  told by the test itself
            failures.append(error)

    villages = sorted(VILLAGES)
    threads = [
        threading.Thread(target=work, args=(h, villages[:: 1 if n % 2 else -1])) for n, h in enumerate(hands)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert deadlocks(pg) == 0
    with pg.connect() as connection:
        holds(connection)


def test_two_batches_of_one_device_wait_for_each_other(steps: Steps) -> None:
    hand = enrol(steps.engine, "station")[0]
    one, two = [[hand.household(f"h{b}{n}", VILLAGES[b]) for n in range(3)] for b in range(2)]
    with sound(steps):
        steps.start("two", hand, *two, stop="_receipt")
        steps.start("one", hand, *one)
        steps.go("two", "_receipt")
    assert steps.answers["one"].receipt.received_through == 6


def test_a_home_is_folded_again_once_the_streams_are_locked(steps: Steps) -> None:
    """Two moves that did not see each other meet: the home is that of the fold of both, whoever came first."""
    one, two = enrol(steps.engine, "station", "station")
    first = one.person("p", VILLAGES[0])
    push(steps.engine, one, first)
    for a, b in ((1, 2), (2, 3), (3, 1), (1, 3)):
        with sound(steps):
            steps.start(f"one {a}", one, one.move("p", VILLAGES[a], first), stop="_append")
            steps.start(f"two {b}", two, two.move("p", VILLAGES[b], first))
            steps.go(f"one {a}", "_append")


def test_a_losing_move_that_leaves_the_home_as_it_was_still_counts(steps: Steps) -> None:
    """The home stays, so only the fold tells that what was worked out before the locks is no longer true."""
    one, two = enrol(steps.engine, "station", "station")
    first = one.person("p", VILLAGES[0])
    push(steps.engine, one, first)
    stay = one.move("p", VILLAGES[0], first)
    push(steps.engine, one, stay)
    for n in range(6):
        with sound(steps):
            steps.start(f"one {n}", one, one.move("p", VILLAGES[1 + n % 3], first), stop="_append")
            steps.start(f"two {n}", two, two.move("p", VILLAGES[1 + (n + 1) % 3], stay))
            steps.go(f"one {n}", "_append")


def test_nobody_waits_for_streams_with_the_row_of_a_person_whose_home_got_known(steps: Steps) -> None:
    """Found by the hammer: a wait on two unknown persons, one of whom is registered and moves meanwhile."""
    registrar, mover, waiter, holder = enrol(steps.engine, "station", "station", "station", "station")
    names = sorted(("p", "q"), key=place)  # rows are locked in this order
    push(steps.engine, holder, holder.dose(names[0]), holder.dose(names[1]))
    registration = registrar.person(names[0], VILLAGES[0])
    with sound(steps):
        steps.start("registration", registrar, registration, stop="_append")
        visits_and_dose = [holder.dose(names[1], dose_type="primary_2"), holder.household("h", VILLAGES[0])]
        steps.start("holder", holder, *visits_and_dose, stop="_lock_streams")
        steps.start("waiter", waiter, waiter.dose(names[0]), waiter.dose(names[1]))
        steps.stops["mover", "_append"] = threading.Event()
        steps.reached["mover", "_append"] = threading.Event()
        steps.go("registration", "_append")
        steps.threads["registration"].join(PATIENCE)
        steps.start("mover", mover, mover.move(names[0], VILLAGES[1], registration), stop="_append")
        steps.go("holder", "_lock_streams")
        steps.go("mover", "_append")
    assert deadlocks(steps.engine) == 0


def test_edits_from_two_places_wait_for_each_other(steps: Steps) -> None:
    one, two = enrol(steps.engine, "station", "station")
    first = one.household("h", VILLAGES[0])
    push(steps.engine, one, first)
    subject = place("h")
    with sound(steps):
        left = one.entry("household", subject, VILLAGES[1], {"note": "x"}, based_on=[first["id"]])
        right = two.entry("household", subject, VILLAGES[2], {"phone": "0912345678"}, based_on=[first["id"]])
        steps.start("one", one, left, stop="_receipt")
        steps.start("two", two, right)
        steps.go("one", "_receipt")
    with steps.engine.connect() as connection:
        assert {left["id"], right["id"]} <= set(stream_of(connection, VILLAGES[0]))


def test_a_new_stream_is_made_by_one_of_two(steps: Steps) -> None:
    one, two = enrol(steps.engine, "station", "station")
    with sound(steps):
        steps.start("one", one, one.movement(SITES[0], 5), stop="_check_homes")
        steps.start("two", two, two.movement(SITES[0], -2, LOT))
        steps.go("one", "_check_homes")
    with steps.engine.connect() as connection:
        assert connection.execute(text("SELECT vials FROM stock_balance")).scalars().all() == [3]


@pytest.mark.proves("L10")
def test_a_pull_never_skips_what_commits_late(steps: Steps) -> None:
    from server.ledger.feed import pull

    one, two = enrol(steps.engine, "station", "station")
    push(steps.engine, one, one.household("a", VILLAGES[0]))
    seen: list[str] = []
    cursor = ""
    with sound(steps):
        steps.start("slow", one, one.household("b", VILLAGES[0]), stop="_receipt")
        steps.start("quick", two, two.household("c", VILLAGES[0]))
        for _ in range(2):
            with steps.engine.connect() as connection:
                page = pull(connection, [VILLAGES[0]], cursor)
                cursor = page.cursor
                seen += [payload for part in page.streams for payload in part.payloads]
            if len(seen) == 1:
                steps.go("slow", "_receipt")
                steps.threads["quick"].join(PATIENCE)
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize("stop", ["_read_homes", "_lock_streams", "_check_homes", "_append"])
def test_a_dose_and_the_verdict_that_two_are_one(pg: Engine, steps: Steps, stop: str) -> None:
    """Whichever commits first, the dose of one is heard at the home of the other."""
    station, team = enrol(pg, "station", "mobile_team")
    push(pg, station, station.person("a", VILLAGES[0]), station.person("b", VILLAGES[1]))
    dose, verdict = team.dose("b", SITES[1]), station.verdict("a", "b", VILLAGES[2])
    with sound(steps):
        steps.start("dose", team, dose, stop=stop)
        steps.start("verdict", station, verdict)
        steps.go("dose", stop)
    with pg.connect() as connection:
        for village in VILLAGES[:2]:
            assert {dose["id"], verdict["id"]} <= set(stream_of(connection, village))


@pytest.mark.parametrize("stop", ["_read_homes", "_lock_streams", "_check_homes", "_append"])
def test_two_verdicts_that_make_three_persons_one(pg: Engine, steps: Steps, stop: str) -> None:
    one, other = enrol(pg, "station", "station")
    persons = [one.person(name, village) for name, village in zip("abc", VILLAGES, strict=False)]
    push(pg, one, *persons)
    with sound(steps):
        steps.start("first", one, one.verdict("a", "b", VILLAGES[3]), stop=stop)
        steps.start("second", other, other.verdict("b", "c", VILLAGES[3]))
        steps.go("first", stop)
    with pg.connect() as connection:
        told = {raw["id"] for raw in (*persons, one.written[-1], other.written[-1])}
        for village in VILLAGES[:3]:
            assert told <= set(stream_of(connection, village))

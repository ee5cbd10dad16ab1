"""The background worker: when it syncs, when it does not, and that nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from queue import Queue
from threading import Event, current_thread

import pytest

from mobile.syncing.client import Progress, SyncResult
from mobile.syncing.worker import SyncWorker
from shared.faults import Fault, fault


class Client:
    """Stands in for the sync client: counts runs, waits for `go`."""

    def __init__(self) -> None:
        self.runs = 0
        self.began, self.go = Event(), Event()
        self.go.set()
        self.stopped: list[bool] = []
        self.broken = False
        self.faults: tuple[Fault, ...] = ()
        self.at: list[float] = []

    def run(self, progress: Callable[[Progress], None], stop: Event) -> SyncResult:
        self.runs += 1
        self.at.append(time.monotonic())
        self.began.set()
        progress(Progress("sending", 0, 3))
        assert self.go.wait(10)
        self.stopped.append(stop.is_set())
        if self.broken:
            raise ZeroDivisionError
        return self.failed(*self.faults)

    def failed(self, *faults: Fault) -> SyncResult:
        return SyncResult(faults, 0, 0, 0, 0, 0, 0, 0, 0, not faults)


class Work:
    def __init__(self, automatic: bool = True, **pauses: float) -> None:
        self.client = Client()
        self.results: Queue[SyncResult] = Queue()
        self.told: list[tuple[str, str]] = []
        self.worker = SyncWorker(
            None,  # type: ignore[arg-type]
            lambda progress: self.told.append((progress.stage, current_thread().name)),
            self.results.put,
            self.client,  # type: ignore[arg-type]
            automatic,
            **pauses,
        )


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.client.go.set()
    made.worker.close()


def test_a_request_runs_one_sync_on_its_own_thread(work: Work) -> None:
    work.worker.request()
    assert work.results.get(timeout=10).complete
    assert work.told == [("sending", "sync")]
    assert not work.worker.running


@pytest.mark.proves("L23")
def test_a_request_does_not_wait(work: Work) -> None:
    work.client.go.clear()
    began = time.perf_counter()
    work.worker.request()
    assert time.perf_counter() - began < 0.5
    assert work.client.began.wait(10)
    assert work.worker.running
    work.client.go.set()
    work.results.get(timeout=10)


def test_requests_during_a_sync_make_one_more(work: Work) -> None:
    work.client.go.clear()
    work.worker.request()
    assert work.client.began.wait(10)
    for _ in range(5):
        work.worker.request()
    work.client.go.set()
    work.results.get(timeout=10)
    work.results.get(timeout=10)
    time.sleep(0.05)
    assert work.client.runs == 2


@pytest.mark.proves("L22")
def test_coming_back_online_starts_a_sync(work: Work) -> None:
    work.worker.network_changed(False)
    work.worker.network_changed(True)
    work.results.get(timeout=10)
    work.worker.network_changed(True)  # it was online already
    time.sleep(0.05)
    assert work.client.runs == 1


@pytest.mark.proves("L22")
def test_automatic_off_means_off() -> None:
    work = Work(automatic=False)
    work.worker.network_changed(False)
    work.worker.network_changed(True)
    time.sleep(0.05)
    assert work.client.runs == 0
    work.worker.request()
    work.results.get(timeout=10)
    work.worker.close()


@pytest.mark.proves("L22")
def test_it_tries_again_by_itself_at_longer_and_longer_pauses() -> None:
    work = Work(again_s=0.4, retry_s=0.05)
    work.client.faults = (fault("sync.unreachable", unsent=3),)
    work.worker.request()
    for _ in range(6):
        work.results.get(timeout=10)
    work.worker.close()
    pauses = [later - earlier for earlier, later in pairwise(work.client.at)]
    assert all(pause >= least for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.4, 0.4), strict=True)), (
        pauses
    )


@pytest.mark.proves("L22")
def test_after_a_sync_the_next_follows_unless_automatic_is_off() -> None:
    work = Work(again_s=0.05)
    work.worker.request()
    for _ in range(3):
        work.results.get(timeout=10)
    work.worker.automatic = False
    time.sleep(0.1)
    runs = work.client.runs
    time.sleep(0.3)
    assert work.client.runs == runs
    work.worker.automatic = True
    while not work.results.empty():
        work.results.get()
    work.results.get(timeout=10)
    work.worker.close()


def test_a_sync_can_be_cancelled_and_asked_for_again(work: Work) -> None:
    work.client.go.clear()
    work.worker.request()
    assert work.client.began.wait(10)
    work.worker.cancel()
    work.client.go.set()
    work.results.get(timeout=10)
    work.worker.request()
    work.results.get(timeout=10)
    assert work.client.stopped == [True, False]


def test_a_mistake_of_ours_does_not_end_the_worker(work: Work) -> None:
    work.client.broken = True
    work.worker.request()
    assert work.results.get(timeout=10).faults == (fault("sync.failed"),)
    work.client.broken = False
    work.worker.request()
    assert work.results.get(timeout=10).complete


def test_closing_stops_the_present_sync(work: Work) -> None:
    work.client.go.clear()
    work.worker.request()
    assert work.client.began.wait(10)
    work.client.go.set()
    work.worker.close()
    assert work.client.runs == 1

"""A phone in use sends what it holds when the server can be reached again, and nobody has to ask it to (L22)."""

from __future__ import annotations

from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlsplit

import pytest

from mobile.syncing.result import SyncResult
from mobile.syncing.worker import SyncWorker
from tests.sync.test_sync import codes, record_family
from tests.sync.world import World


@pytest.mark.proves("L22", "L12")
def test_what_was_recorded_without_a_server_is_sent_when_it_is_back(world: World, tmp_path: Path) -> None:
    with world.serving() as url:
        store, client = world.phone(tmp_path / "phone")
    before = world.count("entry")
    record_family(store)
    results: Queue[SyncResult] = Queue()
    worker = SyncWorker(store, on_result=results.put, client=client, again_s=0.5, retry_s=0.1)
    worker.request()
    for _ in range(3):
        assert codes(results.get(timeout=30)) == ["sync.unreachable"]
    with world.serving(urlsplit(url).port or 0):
        while (result := results.get(timeout=30)).faults:
            pass
        assert result.complete
        worker.close()
    assert world.count("entry") == before + 3
    store.close()


@pytest.mark.proves("L22")
def test_with_automatic_off_only_the_button_sends(world: World, tmp_path: Path) -> None:
    store, client = world.phone(tmp_path / "phone")
    before = world.count("entry")
    record_family(store)
    results: Queue[SyncResult] = Queue()
    worker = SyncWorker(store, on_result=results.put, client=client, automatic=False, again_s=0.05)
    worker.network_changed(False)
    worker.network_changed(True)
    with pytest.raises(Empty):
        results.get(timeout=0.5)
    assert world.count("entry") == before
    worker.request()
    assert results.get(timeout=30).complete
    worker.close()
    assert world.count("entry") == before + 3
    store.close()

"""Sync in the background (L23): a thread of its own with its own database connection; screens never wait."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Event, Thread

from mobile.store.store import Store
from mobile.syncing.client import Progress, SyncClient, SyncResult
from shared.faults import fault


class SyncWorker:
    """Runs syncs on request and when the network comes back.

    Callbacks are called on the worker's thread; the app hands them to its own with `Clock.schedule_once`.
    """

    def __init__(
        self,
        store: Store,
        on_progress: Callable[[Progress], None] | None = None,
        on_result: Callable[[SyncResult], None] | None = None,
        client: SyncClient | None = None,
        automatic: bool = True,
    ) -> None:
        """`automatic` False: only `request` starts a sync, a returning network does not (L22)."""
        self.automatic = automatic
        self._client = client or SyncClient(store)
        self._on_progress = on_progress or (lambda _: None)
        self._on_result = on_result or (lambda _: None)
        self._state = Condition()
        self._wanted = self._running = self._closed = False
        self._online = True
        self._stop = Event()
        self._thread = Thread(target=self._work, name="sync", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """True while a sync is under way or asked for."""
        with self._state:
            return self._running or self._wanted

    @property
    def online(self) -> bool:
        """What the platform last said of the network."""
        return self._online

    def request(self) -> None:
        """Start a sync, or one more after the present one."""
        with self._state:
            self._wanted = True
            self._state.notify()

    def network_changed(self, online: bool) -> None:
        """Tell the worker; coming online starts a sync when `automatic`, going offline stops none (it fails
        by itself).
        """
        came_back = online and not self._online
        self._online = online
        if came_back and self.automatic:
            self.request()

    def cancel(self) -> None:
        """Ask the present sync to stop after the batch it is on."""
        with self._state:
            self._wanted = False
            self._stop.set()

    def close(self) -> None:
        """Stop the thread; waits for the batch it is on."""
        with self._state:
            self._closed = True
            self._stop.set()
            self._state.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                self._wanted, self._running = False, True
                self._stop.clear()
            result = self._run()
            with self._state:
                self._running = False
            self._on_result(result)

    def _run(self) -> SyncResult:
        try:
            return self._client.run(self._on_progress, self._stop)
        except Exception:
            # A mistake of ours must not end the thread: the next sync may go through.
            logging.getLogger(__name__).exception("sync failed")
            return self._client.failed(fault("sync.failed"))

"""Sync in the background (L23): a thread of its own with its own database connection; screens never wait."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Event, Thread

from mobile.store.store import Store
from mobile.syncing.client import Progress, SyncClient, SyncResult
from shared.faults import fault

#: After a sync that came through the next one follows in so many seconds, while the phone is in use.
AGAIN_S = 600.0
#: After one that did not, so many seconds; twice as many after each further one, up to AGAIN_S.
RETRY_S = 60.0


class SyncWorker:
    """Runs syncs on request and, when `automatic`, when the network comes back and every so often: no platform tells
    for certain that a server can be reached.

    Callbacks are called on the worker's thread; the app hands them to its own with `Clock.schedule_once`.
    """

    def __init__(
        self,
        store: Store,
        on_progress: Callable[[Progress], None] | None = None,
        on_result: Callable[[SyncResult], None] | None = None,
        client: SyncClient | None = None,
        automatic: bool = True,
        again_s: float = AGAIN_S,
        retry_s: float = RETRY_S,
    ) -> None:
        """`automatic` False: only `request` starts a sync (L22). It may be changed at any time."""
        self.automatic = automatic
        self._again_s, self._retry_s = again_s, retry_s
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
        pause_s, retry_s = self._again_s, self._retry_s
        while True:
            with self._state:
                asked = self._state.wait_for(lambda: self._wanted or self._closed, pause_s)
                if self._closed:
                    return
                if not asked and not self.automatic:
                    continue
                self._wanted, self._running = False, True
                self._stop.clear()
            result = self._run()
            if result.faults:
                pause_s, retry_s = min(retry_s, self._again_s), min(retry_s * 2, self._again_s)
            else:
                pause_s, retry_s = self._again_s, self._retry_s
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

"""The phone as screens see it: the open store, who works with it, sync in the background, and where to go.

It knows no widget. The app gives it a navigator and calls `sync_moved` on its own thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from mobile.settings import Settings
from mobile.store.identity import Identity
from mobile.store.outbox import OutboxState
from mobile.store.store import Store
from mobile.syncing.client import Progress, SyncClient, SyncResult
from mobile.syncing.worker import SyncWorker
from mobile.words import words
from shared.clock import Clock, FieldClock
from shared.faults import Refused, fault
from shared.records import may_author


class Navigator(Protocol):
    """Goes from screen to screen."""

    def go(self, name: str, **params: Any) -> Any:
        """Open a screen on top of the present one."""

    def swap(self, name: str, **params: Any) -> Any:
        """Open a screen instead of the present one."""

    def start(self, name: str, **params: Any) -> Any:
        """Open a screen with nothing beneath it."""

    def back(self) -> None:
        """Return to the screen beneath."""

    def say(
        self, text: str, tone: str = "good", action: str = "", when_action: Callable[[], None] = lambda: None
    ) -> None:
        """Tell what was done, with a way to undo it."""

    def refresh_bar(self) -> None:
        """Show the sync state again."""

    def refresh(self) -> None:
        """Show the present screen's data again, unless it is being written on."""


#: Hands a function over to the thread that draws.
Handover = Callable[[Callable[[], None]], None]


class Phone:
    """One phone. `store` is None while it is locked."""

    def __init__(
        self, home: Path, settings: Settings, handover: Handover, clock: Clock | None = None
    ) -> None:
        self.home = home
        self.settings = settings
        self.clock = clock or FieldClock.from_environment()
        self.nav: Navigator
        self.rebuild: Callable[[], None] = lambda: None
        self.code = ""
        self.progress: Progress | None = None
        self.result: SyncResult | None = None
        self._handover = handover
        self._store: Store | None = None
        self._identity: Identity | None = None
        self._worker: SyncWorker | None = None

    @property
    def store(self) -> Store:
        """The open store. Raises Refused (phone.not_enrolled) while the phone is locked."""
        if self._store is None:
            raise Refused(fault("phone.not_set_up"))
        return self._store

    @property
    def locked(self) -> bool:
        """Whether no store is open."""
        return self._store is None

    @property
    def me(self) -> Identity:
        """Who this phone belongs to."""
        if self._identity is None:
            self._identity = self.store.identity
        if self._identity is None:
            raise Refused(fault("phone.not_enrolled"))
        return self._identity

    def may(self, kind: str) -> bool:
        """Whether this worker may record a kind: what they may not record is not offered."""
        return may_author(self.me.role, kind)

    # Locking

    def set_up(self, pin: str) -> None:
        """Choose the PIN of a new phone. Raises Refused (phone.pin_too_weak)."""
        self._store = Store.create(self.home, pin, clock=self.clock)
        self.settings.pin_length = len(pin)
        self.settings.save(self.home)

    def unlock(self, pin: str) -> None:
        """Open the store. Raises Refused (phone.wrong_pin, phone.locked, phone.wrong_device)."""
        self._store = Store.open(self.home, pin, clock=self.clock)

    def enter(self) -> None:
        """Go where an open store leads: enrol, fetch the registers, or start work (and sync)."""
        if self.store.identity is None:
            self.nav.start("enrol")
            return
        self._start_worker()
        if not self.store.ready:
            self.nav.start("first_sync")
            return
        self.nav.start("home")
        self.sync()

    def enrol(self, server: str, code: str, label: str) -> None:
        """Trade the code for this phone's identity; takes the network's time. Raises Refused."""
        SyncClient(self.store).enrol(server, code, label)

    def lock(self) -> None:
        """Close everything; what was being written stands in a draft."""
        self.close()
        self.nav.start("unlock" if Store.exists(self.home) else "choose_pin")

    def close(self) -> None:
        """Stop the worker and close the store."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        if self._store is not None:
            self._store.close()
            self._store = None
        self._identity = None
        self.progress = None

    # Sync

    def sync(self) -> None:
        """Ask for a sync in the background."""
        if self._worker is not None:
            self._worker.request()

    @property
    def syncing(self) -> bool:
        """Whether a sync is under way."""
        return self._worker is not None and self._worker.running

    def outbox(self) -> OutboxState:
        """How the phone stands with the server."""
        return self.store.outbox_summary()

    def sync_line(self) -> str:
        """The sync state in a few words, true at this moment."""
        if self.locked or (self._identity is None and self.store.identity is None):
            return ""
        if self.progress is not None and self.progress.stage != "done":
            return self.progress_line(self.progress)
        state = self.outbox()
        if state.refused:
            return words.t("sync.refused", count=words.number(state.refused))
        if state.unsent:
            return words.t("sync.unsent", count=words.number(state.unsent))
        when = words.moment(state.last_sync_at)
        if not state.last_sync_at:
            return words.t("sync.never")
        if state.total and state.complete:
            counted = {"received": words.number(state.receipt_count), "total": words.number(state.total)}
            return words.t("sync.received", when=when, **counted)
        return words.t("sync.at", when=when)

    def sync_mark(self) -> str:
        """The icon that goes with the line."""
        if self.locked or self.store.identity is None:
            return ""
        if self.progress is not None and self.progress.stage != "done":
            return "cloud-sync-outline"
        state = self.outbox()
        if state.refused:
            return "cloud-alert"
        if state.unsent:
            return "cloud-upload-outline"
        return "cloud-check-outline" if state.complete and state.last_sync_at else "cloud-outline"

    @staticmethod
    def progress_line(progress: Progress) -> str:
        """Where a sync stands, in words."""
        if not progress.done:
            return words.t("sync.connecting")
        done = words.number(progress.done)
        if progress.total:
            return words.t(f"sync.{progress.stage}_of", done=done, total=words.number(progress.total))
        return words.t(f"sync.{progress.stage}", done=done)

    def _start_worker(self) -> None:
        if self._worker is None:
            self._worker = SyncWorker(
                self.store,
                on_progress=lambda progress: self._handover(lambda: self._moved(progress)),
                on_result=lambda result: self._handover(lambda: self._ended(result)),
            )

    def _moved(self, progress: Progress) -> None:
        if not self.locked:
            self.progress = progress
            self.nav.refresh_bar()

    def _ended(self, result: SyncResult) -> None:
        if not self.locked:
            self.progress = None
            self.result = result
            self.nav.refresh_bar()
            self.nav.refresh()

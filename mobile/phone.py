"""The phone as screens see it: the open store, who works with it, sync in the background, and where to go.

It knows no widget. The app gives it a navigator and calls `sync_moved` on its own thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from mobile import sync_words
from mobile.accounts import Account, Accounts
from mobile.navigator import Navigator as Navigator
from mobile.platform.device import Device
from mobile.practice.folder import PracticeFolder
from mobile.settings import Settings
from mobile.store.identity import Identity
from mobile.words import words
from shared.clock import Clock, FieldClock
from shared.faults import Fault, Refused, fault

if TYPE_CHECKING:
    # The lock is drawn before any of this is loaded: what an open store needs is imported where it is used.
    from mobile.notes import PhoneNote
    from mobile.store.outbox import OutboxState
    from mobile.store.store import Store
    from mobile.syncing.client import Progress, SyncResult
    from mobile.syncing.worker import SyncWorker


#: Hands a function over to the thread that draws.
Handover = Callable[[Callable[[], None]], None]


class Phone:
    """One phone in the folder `root`, with the account that is open or would be opened next.

    `home` is that account's folder. While the phone is locked there is no store.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        handover: Handover,
        clock: Clock | None = None,
        device: Device | None = None,
    ) -> None:
        self.root = root
        self.accounts = Accounts(root)
        self.account = self.accounts.last()
        self.settings = settings
        self.device = device or Device.here()
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
        self._practice = PracticeFolder(root / "practice")
        self._practice.clear()

    @property
    def home(self) -> Path:
        """The folder of the account that is open, or would be opened next."""
        return self.account.home

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

    @property
    def practice(self) -> bool:
        """Whether what is open is made-up data to practise on, which never leaves the phone (R083)."""
        return not self.locked and self.store.practice

    def may(self, kind: str) -> bool:
        """Whether this worker may record a kind: what they may not record is not offered."""
        from shared.records import may_author

        return may_author(self.me.role, kind)

    def notes(self) -> list[PhoneNote]:
        """What the worker should know of the phone itself: its clock, its room. [] mostly."""
        from mobile.notes import notes

        return notes(self.store)

    def keep_settings(self) -> None:
        """Keep the settings of this phone."""
        self.settings.save(self.root)

    # Locking

    @property
    def first_screen(self) -> str:
        """Where a locked phone stands: the accounts when there are several, the PIN of one, or of a new phone."""
        several = self.accounts.all()
        if not several:
            return "choose_pin"
        return "unlock" if len(several) == 1 else "accounts"

    def set_up(self, pin: str) -> None:
        """Choose the PIN of a new account. Raises Refused (phone.pin_too_weak)."""
        from mobile.store.store import Store

        self._store = Store.create(self.home, pin, clock=self.clock)

    def unlock(self, pin: str) -> None:
        """Open the account's store. Raises Refused (phone.wrong_pin, phone.locked, phone.wrong_device)."""
        from mobile.store.store import Store

        self._store = Store.open(self.home, pin, clock=self.clock)

    def enter(self) -> None:
        """Go where an open store leads: enrol, fetch the registers, or start work (and sync)."""
        self.store.keep_room()
        if self.store.identity is None:
            self.nav.start("enrol")
            return
        self._name_account()
        self._start_worker()
        if not self.store.ready:
            self.nav.start("first_sync")
            return
        self.nav.start("home")
        self.sync_soon()

    def enrol(self, server: str, code: str, label: str) -> None:
        """Trade the code for this account's identity; takes the network's time. Raises Refused."""
        from mobile.syncing.client import SyncClient

        SyncClient(self.store).enrol(server, code, label)

    def lock(self) -> None:
        """Close everything; what was being written stands in a draft. A sync ends behind the lock."""
        if self.practice:
            self.leave_practice()
            return
        if not self.locked and self.store.identity is not None:
            self._name_account()
        self._put_away()
        self.nav.start(self.first_screen)

    def close(self) -> None:
        """Stop the worker and close the store, whatever that takes."""
        self._let_go()()
        self._practice.clear()

    def _put_away(self) -> None:
        """Close behind the lock: a sync that waits for the network does not make the screen wait."""
        Thread(target=self._let_go(), name="locking", daemon=True).start()

    def _let_go(self) -> Callable[[], None]:
        """Forget the open store at once; answers what ends its worker and closes it."""
        worker, store = self._worker, self._store
        self.device.network.watch(None)
        self._worker = self._store = self._identity = self.progress = self.result = None

        def end() -> None:
            if worker is not None:
                worker.close()
            if store is not None:
                store.close()

        return end

    # Accounts (L16: each has its own store, and none leaves with anything unsent)

    def choose(self, account: Account) -> None:
        """Ask for the PIN of an account."""
        self.account = account
        self.nav.go("unlock")

    def add_account(self) -> None:
        """Choose the PIN of one more account."""
        self.account = self.accounts.free()
        self.nav.go("choose_pin")

    def change_pin(self, old: str, new: str) -> None:
        """Another PIN for the open account. Raises Refused: phone.wrong_pin, phone.locked, phone.pin_too_weak."""
        self.store.change_pin(old, new)

    def hindrance(self) -> Fault | None:
        """Why the open account may not leave the phone; None when everything of it was received."""
        from mobile.store import leaving

        return fault("sync.busy") if self.syncing else leaving.hindrance(self.store)

    def remove_account(self) -> None:
        """Take the open account off the phone for good. Raises Refused with the hindrance."""
        if found := self.hindrance():
            raise Refused(found)
        self._let_go()()
        self.accounts.erase(self.account)
        self.account = self.accounts.last()
        self.nav.start(self.first_screen)

    def _name_account(self) -> None:
        from mobile.store import places

        store, me = self.store, self.me
        station = places.place(store, me.site or me.places[0]) if store.ready and me.places else None
        unit = station.name if station else self.account.unit
        self.account = replace(self.account, name=me.full_name, unit=unit, role=me.role)
        self.accounts.opened(self.account)

    # Practice (R083): made-up data in a store of its own, made anew each time, that has no server

    def practise(self) -> None:
        """Lock, and open made-up data for the worker who uses this phone."""
        self._put_away()
        self._store = self._practice.open(self.account.role, self.clock)
        self.nav.start("home")

    def leave_practice(self) -> None:
        """Throw the made-up data away and go back to the lock."""
        self.close()
        self.nav.start(self.first_screen)

    # Sync

    def sync(self) -> None:
        """Ask for a sync in the background; practice says that it has none."""
        if self.practice:
            self.nav.say(words.fault(fault("phone.practice_never_syncs")), tone="warn")
        elif self._worker is not None:
            self._worker.request()

    def sync_soon(self) -> None:
        """Sync without having been asked, where that is wished; nothing in practice."""
        if self._worker is not None and self.settings.automatic:
            self._worker.request()

    def sync_by_itself(self, automatic: bool) -> None:
        """Whether a sync begins by itself while the phone is in use, or only by the button (L22)."""
        self.settings.automatic = automatic
        self.keep_settings()
        if self._worker is not None:
            self._worker.automatic = automatic

    @property
    def syncing(self) -> bool:
        """Whether a sync is under way."""
        return self._worker is not None and self._worker.running

    def outbox(self) -> OutboxState:
        """How the phone stands with the server."""
        return self.store.outbox_summary()

    def sync_line(self) -> str:
        """The sync state in a few words, true at this moment."""
        return "" if self._has_no_server else sync_words.line(self.progress, self.outbox())

    def sync_mark(self) -> str:
        """The icon that goes with the line."""
        return "" if self._has_no_server else sync_words.mark(self.progress, self.outbox())

    progress_line = staticmethod(sync_words.progress_line)

    @property
    def _has_no_server(self) -> bool:
        return self.locked or (self._identity is None and self.store.identity is None)

    def _start_worker(self) -> None:
        if self._worker is not None:
            return
        from mobile.syncing.worker import SyncWorker

        store = self.store  # what a sync that ends behind the lock still says is of no account that is open
        self._worker = SyncWorker(
            store,
            on_progress=lambda progress: self._handover(lambda: self._moved(store, progress)),
            on_result=lambda result: self._handover(lambda: self._ended(store, result)),
            automatic=self.settings.automatic,
        )
        self.device.network.watch(self._worker.network_changed)

    def _moved(self, store: Store, progress: Progress) -> None:
        if self._store is store:
            self.progress = progress
            self.nav.refresh_bar()

    def _ended(self, store: Store, result: SyncResult) -> None:
        if self._store is store:
            self.progress = None
            self.result = result
            self.nav.refresh_bar()
            self.nav.refresh()

"""The phone's store: one encrypted file, one door.

A record is one durable insert; that row is the outbox. Every thread gets its own connection, so the sync
worker writes while a screen reads.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from mobile.platform.keys import Keystore
from mobile.store import answers, arriving, drafts, outbox, writing
from mobile.store.database import Database, get_meta, set_meta
from mobile.store.identity import Identity
from mobile.store.outbox import OutboxItem, OutboxState
from mobile.store.vault import Vault, vault_of
from shared.clock import Clock, FieldClock, from_stamp, stamp
from shared.entries import Entry
from shared.faults import Refused, fault
from shared.reading import read_payload
from shared.rules.phones import Room

#: How long after a screen began a part of itself a sync waits for it, and how often it looks, in seconds.
DRAWN_S, LOOK_S = 0.1, 0.005


class Store:
    """An open store. Make one with `Store.create` or `Store.open`; call `close` when the app ends.

    Public attributes: `home` (its folder), `clock` (the field's clock), `database` (for the modules of this
    room), `syncing` (held while a sync runs).
    """

    def __init__(self, home: Path, key: bytes, vault: Vault, clock: Clock) -> None:
        """Use `create` or `open`."""
        self.home = home
        self.clock = clock
        self.syncing = Lock()
        self._drawing_until = 0.0
        self.database = Database(home / "store.db", key)
        self._vault = vault
        arriving.read_again(self)

    # Opening

    @staticmethod
    def exists(home: Path) -> bool:
        """True when a phone was set up in this folder."""
        return vault_of(home).exists

    @classmethod
    def create(
        cls, home: Path, pin: str, *, keystore: Keystore | None = None, clock: Clock | None = None
    ) -> Store:
        """Set up a phone in `home`: a random database key wrapped under the PIN (at least 4 characters).

        Raises Refused: phone.pin_too_weak, phone.already_set_up.
        """
        vault = vault_of(home, keystore)
        return cls(home, vault.create(pin), vault, clock or FieldClock.from_environment())

    @classmethod
    def open(
        cls, home: Path, pin: str, *, keystore: Keystore | None = None, clock: Clock | None = None
    ) -> Store:
        """Unlock with the PIN.

        Raises Refused: phone.wrong_pin and phone.locked (params wait_s), phone.not_set_up,
        phone.wrong_device, phone.wrong_key.
        """
        vault = vault_of(home, keystore)
        return cls(home, vault.unlock(pin), vault, clock or FieldClock.from_environment())

    def change_pin(self, old: str, new: str) -> None:
        """Wrap the database key under another PIN. Raises Refused: phone.wrong_pin, phone.locked,
        phone.pin_too_weak.
        """
        self._vault.change_pin(old, new)

    def close(self) -> None:
        """Close every thread's connection."""
        self.database.close()

    # Who

    @property
    def identity(self) -> Identity | None:
        """The enrolment, or None on a phone that has not enrolled."""
        text = get_meta(self.database.connection, "identity")
        return Identity.from_text(text) if text else None

    def set_identity(self, identity: Identity) -> None:
        """Keep the enrolment. Raises Refused (phone.already_enrolled): a phone keeps its first one."""
        with self.database.transaction() as connection:
            if text := get_meta(connection, "identity"):
                present = Identity.from_text(text)
                raise Refused(fault("phone.already_enrolled", username=present.username))
            set_meta(connection, "identity", identity.as_text())
            set_meta(connection, "follow", json.dumps(identity.streams))

    @property
    def practice(self) -> bool:
        """True for made-up data: its identity names no server, so that nothing of it can be sent (R083)."""
        identity = self.identity
        return identity is not None and identity.practice

    @property
    def ready(self) -> bool:
        """True once a first sync came whole (L12); until then the registers are empty."""
        return get_meta(self.database.connection, "ready") == "1"

    @property
    def followed(self) -> list[str]:
        """Streams (place ids) this phone follows."""
        followed: list[str] = json.loads(get_meta(self.database.connection, "follow", "[]"))
        return followed

    @property
    def clock_offset_s(self) -> int | None:
        """Server minus phone in seconds as last measured, or None."""
        text = get_meta(self.database.connection, "clock_offset_s")
        return int(text) if text else None

    def set_clock_offset(self, seconds: int) -> None:
        """Keep a measured offset; it goes into every entry from now on (L11)."""
        if seconds == self.clock_offset_s:
            return
        with self.database.transaction() as connection:
            set_meta(connection, "clock_offset_s", str(seconds))

    @property
    def last_recorded_at(self) -> datetime | None:
        """When this phone made its last record, by its own clock."""
        row = self.database.row(
            "SELECT recorded_at FROM entry WHERE origin = 'own' ORDER BY device_seq DESC LIMIT 1"
        )
        return from_stamp(row[0]) if row else None

    @property
    def room(self) -> Room:
        """How much room for records there is on the phone (L19)."""
        return self.database.reserve.room()

    def keep_room(self) -> None:
        """Set the reserve for the last records aside, where it fits."""
        self.database.reserve.put_aside()

    def setting(self, name: str, default: str = "") -> str:
        """A setting of this phone (language, large text, telex …)."""
        return get_meta(self.database.connection, f"setting.{name}", default)

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        with self.database.transaction() as connection:
            set_meta(connection, f"setting.{name}", value)

    # Recording

    @contextmanager
    def together(self) -> Iterator[None]:
        """Records and edits made inside the block are durable all at once, or none of them is."""
        with self.database.transaction():
            yield

    def record(
        self,
        kind: str,
        *,
        place: str,
        body: Mapping[str, Any],
        subject: str | None = None,
        occurred_on: date | None = None,
        corrects: str | None = None,
        draft: str | None = None,
    ) -> Entry:
        """Write one new entry durably, with its projection, in one transaction; drops `draft` in the same
        one.

        `subject` None makes a new id (a register's first entry) or is the place (stock_count,
        population_return, what units tell each other). `occurred_on` None means today. Keys of `body` whose
        value is None are left out. Raises Refused with faults when the reading gate or the author's role does
        not allow it; nothing is written.
        """
        return writing.write(
            self,
            self._enrolled(),
            kind,
            place,
            body,
            subject=subject,
            occurred_on=occurred_on,
            corrects=corrects,
            draft=draft,
        )

    def edit(
        self,
        kind: str,
        subject: str,
        changes: Mapping[str, Any],
        *,
        place: str | None = None,
        draft: str | None = None,
    ) -> Entry | None:
        """Write the fields of a register subject that differ from what is shown; None clears a field.

        `based_on` is the subject's heads. `place` None keeps the subject's place; moving a person passes the
        new village. Returns None when nothing differs. Raises Refused (phone.unknown_subject, the kind's own
        faults).
        """
        return writing.write_changes(self, self._enrolled(), kind, subject, changes, place=place, draft=draft)

    def entries_of(self, subject: str, limit: int = 50) -> list[Entry]:
        """The newest entries of a subject that this program can read, for its history."""
        rows = self.database.rows(
            "SELECT payload FROM entry WHERE subject = ? AND readable = 1"
            " ORDER BY occurred_on DESC, number DESC LIMIT ?",
            (subject, limit),
        )
        return [read_payload(bytes(row[0])) for row in rows]

    # Drafts (L13: call save_draft at every change)

    def save_draft(self, key: str, kind: str, data: Mapping[str, Any]) -> None:
        """Keep what is on a form, under a key the screen chooses (for example "visit:<household id>")."""
        drafts.save(self.database, key, kind, data, stamp(self.clock.now()))

    def draft(self, key: str) -> dict[str, Any] | None:
        """What was kept under a key, or None."""
        return drafts.find(self.database, key)

    def drafts(self) -> list[tuple[str, str, str]]:
        """(key, kind, saved_at UTC text), newest first."""
        return drafts.all_drafts(self.database)

    def drop_draft(self, key: str) -> None:
        """Forget a draft."""
        drafts.drop(self.database, key)

    # The outbox

    def outbox_summary(self) -> OutboxState:
        """Counts and the receipt's state; cheap enough for every refresh of the bar."""
        return outbox.summary(self.database.connection)

    def outbox(self, limit: int = 50, offset: int = 0, state: str | None = None) -> list[OutboxItem]:
        """Own entries, newest first; `state` keeps only unsent, accepted, duplicate, held or refused ones."""
        return outbox.items(self.database.connection, limit, offset, state)

    @property
    def receipt_hash(self) -> str:
        """The hash of the last receipt that matched, in hex."""
        return answers.last_receipt(self.database.connection).hash

    # For the sync client

    @property
    def cursor(self) -> str:
        """The server's opaque cursor after the last whole page, "" before the first."""
        return get_meta(self.database.connection, "cursor")

    def next_batch(self, limit: int, after: int = 0, *, answered: bool = False) -> list[tuple[int, bytes]]:
        """(device_seq, payload) of own entries to send, oldest first; `answered` True gives the answered
        ones too.
        """
        return answers.batch(self.database.connection, limit, after, answered=answered)

    def urgent_batch(self, limit: int) -> list[tuple[int, bytes]]:
        """(device_seq, payload) of own urgent entries without an outcome that others without one stand before."""
        return answers.urgent(self.database.connection, limit)

    def apply_answer(self, answer: Any) -> answers.Answered:
        """Set outcomes for exactly the ids a push's answer names, after its receipt was checked against our
        own chain.

        Raises Refused: sync.bad_answer, sync.receipt_mismatch; nothing of the answer is applied then.
        """
        try:
            with self.database.transaction() as connection:
                return answers.apply(connection, self._enrolled().device, answer, self.clock.today())
        except Refused as error:
            if error.faults[0].code == "sync.receipt_mismatch":
                with self.database.transaction() as connection:
                    answers.note_mismatch(connection)
            raise

    def apply_page(self, page: Any, stop: Callable[[], bool] = lambda: False) -> int:
        """Take in one pulled page, checked against the streams' running hashes; answers how many entries
        were new.

        Raises Refused: sync.bad_answer, sync.stream_broken; nothing of the page is stored then.
        """
        return arriving.apply_page(self, page, stop)

    def forget_cursor(self) -> None:
        """Ask for every stream from its start at the next pull; what is already here is skipped."""
        with self.database.transaction() as connection:
            set_meta(connection, "cursor", "")

    def drawing(self) -> None:
        """A screen makes a part of itself now: a sync that writes lets it go first."""
        self._drawing_until = time.monotonic() + DRAWN_S

    def let_by(self) -> None:
        """Wait, outside of any transaction, while a screen is being made."""
        while time.monotonic() < self._drawing_until:
            time.sleep(LOOK_S)

    def note_sync(self) -> None:
        """Remember that a sync went through now."""
        with self.database.transaction() as connection:
            set_meta(connection, "last_sync_at", stamp(self.clock.now()))

    def _enrolled(self) -> Identity:
        identity = self.identity
        if identity is None:
            raise Refused(fault("phone.not_enrolled"))
        return identity

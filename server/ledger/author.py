"""Entries made on the server (imports, seeds, pages) go through the same acceptance as a phone's.

The server has a device row of its own for each user who writes here; its numbers are given under that
row's lock.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from server.accounts.models import Device, User
from server.database import insert_rows
from server.ledger.accept import PushAnswer, accept
from server.ledger.batch import Sender
from server.ledger.models import EntryRow
from server.ledger.projecting import Projector
from shared.clock import Clock, stamp
from shared.faults import Refused
from shared.identifiers import named_id, new_id
from shared.kinds import KINDS
from shared.reading import Unreadable, read
from shared.wire import PUSH_LIMIT


@dataclass
class ServerAuthor:
    """Writes entries in a user's name, up to PUSH_LIMIT at a time. Nothing is committed here.

    `write` collects; `flush` sends what was collected through acceptance and raises Refused with every
    fault when the gate refuses any of it (nothing of the flush is then stored).
    """

    connection: Connection
    user: User
    clock: Clock
    projectors: Sequence[Projector]
    between: Callable[[], None] = lambda: None
    _pending: list[dict[str, Any]] = field(default_factory=list)
    _next: int = 0

    def write(
        self,
        kind: str,
        *,
        place: str,
        body: dict[str, Any],
        subject: str | None = None,
        occurred_on: date | None = None,
        recorded_on: date | None = None,
        based_on: Iterable[str] = (),
        corrects: str | None = None,
        entry_id: str | None = None,
    ) -> str:
        """Collect one entry and return its subject. Values of None are left out of `body` unless it is an edit.

        It is recorded on the day it happened, unless `recorded_on` says later.
        """
        parents = list(based_on)
        made = entry_id or new_id()
        device = self._device()
        day = occurred_on or self.clock.today()
        moment = self.clock.now()
        told = recorded_on or day
        if told < self.clock.today():  # on the evening of that day, not today
            moment -= timedelta(days=(self.clock.today() - told).days)
        raw: dict[str, Any] = {
            "id": made,
            "kind": kind,
            "version": KINDS[kind].version,
            "subject": subject or new_id(),
            "place": place,
            "author": self.user.id,
            "device": device,
            "device_seq": self._next,
            "occurred_on": day.isoformat(),
            "recorded_at": stamp(moment),
            "body": body if parents else {k: v for k, v in body.items() if v is not None},
        }
        if parents:
            raw["based_on"] = parents
        if corrects:
            raw["corrects"] = corrects
        self._next += 1
        self._pending.append(raw)
        if len(self._pending) >= PUSH_LIMIT:
            self.flush()
        return str(raw["subject"])

    def heads(self, kind: str, subject: str) -> tuple[str, ...]:
        """What the next edit of a subject is based on: flush first when it was written just now."""
        from server.ledger.projecting import entries_of
        from shared.projections.register import fold_register

        found = entries_of(self.connection, kind, [subject])
        return fold_register(found).heads if found else ()

    def flush(self) -> PushAnswer | None:
        """Send what was collected."""
        if not self._pending:
            return None
        batch, self._pending = self._pending, []
        _judge(batch)
        sender = Sender(self._device(), self.user.id, self.user.role, lambda place: True)
        answer = accept(self.connection, sender, batch, self.clock, self.projectors, offset_s=0)
        refused = [fault for arrival in answer.arrivals for fault in arrival.faults]
        if refused:
            raise Refused(refused)
        self.between()
        return answer

    def _device(self) -> str:
        device = named_id("device", "server", self.user.id)
        if self._next:
            return device
        row = {
            "id": device,
            "user_id": self.user.id,
            "label": "server",
            "enrolled_at": self.clock.now(),
            "received_through": 0,
            "received_count": 0,
            "received_hash": bytes(32),
            "is_server": True,
        }
        insert_rows(self.connection, Device.__table__, [row], keep=True)  # type: ignore[arg-type]
        self.connection.execute(select(Device.id).where(Device.id == device).with_for_update(key_share=True))
        last = select(EntryRow.device_seq).where(EntryRow.device_id == device)
        newest = self.connection.execute(last.order_by(EntryRow.device_seq.desc()).limit(1)).scalar()
        self._next = (newest or 0) + 1
        return device


def _judge(batch: Iterable[dict[str, Any]]) -> None:
    """The gate, before anything is stored: a file with one bad row is a fault, not half an import."""
    faults = []
    for raw in batch:
        try:
            read(raw)
        except Unreadable as unreadable:
            faults += unreadable.faults
    if faults:
        raise Refused(faults)

"""One sync with the server: enrol, push until the outbox is empty, pull until nothing more is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import requests

from mobile.store.answers import Answered
from mobile.store.identity import Identity
from mobile.store.store import Store
from mobile.syncing.result import Progress as Progress
from mobile.syncing.result import SyncResult as SyncResult
from mobile.syncing.result import Tally
from mobile.syncing.transport import Stopwatch, Transport
from shared.clock import from_stamp, stamp
from shared.faults import Fault, Refused, fault
from shared.rules.phones import Room

#: Entries a push carries: a batch a weak network can finish.
BATCH = 500
#: Urgent entries sent before the others: few and small.
URGENT_BATCH = 20
#: The version of the protocol's addresses.
API = "/api/v1"


class SyncClient:
    """Talks to the server for one store. Only one sync of a store runs at a time; a second `run` answers
    sync.busy.
    """

    def __init__(
        self,
        store: Store,
        base_url: str | None = None,
        session: requests.Session | None = None,
        timeouts: tuple[float, float] = (5.0, 30.0),
        retries: int = 3,
    ) -> None:
        """`base_url` None uses the enrolment's; `timeouts` are (connect, read) seconds, `retries` of a
        passing failure.
        """
        self._store = store
        self._base_url = base_url
        self._session = session or requests.Session()
        self._timeouts = timeouts
        self._retries = retries

    def enrol(self, base_url: str, code: str, label: str) -> Identity:
        """Trade a one-time code for a device token and keep it in the store.

        Raises Refused: phone.already_enrolled, sync.unreachable, or what the server answered (a wrong, used
        or expired code).
        """
        if (present := self._store.identity) is not None:
            raise Refused(fault("phone.already_enrolled", username=present.username))
        body = json.dumps({"code": code.strip(), "label": label}).encode()
        watch = Stopwatch()
        answer = self._transport(base_url, Event()).post(f"{API}/enrol", body)
        self._measure(answer, watch)
        identity = _identity(answer, base_url, label)
        self._store.set_identity(identity)
        return identity

    def run(
        self, progress: Callable[[Progress], None] | None = None, stop: Event | None = None
    ) -> SyncResult:
        """Push, then pull. Never raises for the network or the server: faults are in the result."""
        if not self._store.syncing.acquire(blocking=False):
            return self.failed(fault("sync.busy"))
        stop = stop or Event()
        tell = progress or (lambda _: None)
        tally = Tally()
        try:
            identity = self._enrolled()
            tell(Progress("connecting", 0, None))
            transport = self._transport(self._base_url or identity.server_url, stop)
            self._push_urgent(transport, identity, tell)
            self._push(transport, identity, tally, tell, stop)
            self._pull(transport, identity, tally, tell, stop)
        except Refused as error:
            tally.faults += [self._with_unsent(found) for found in error.faults]
        finally:
            self._store.syncing.release()
        if not tally.faults and not stop.is_set():
            self._store.note_sync()
        result = self._result(tally, stop.is_set())
        tell(Progress("done", result.receipt_count, result.total))
        return result

    def failed(self, *faults: Fault) -> SyncResult:
        """The result of a sync that ended before it did anything."""
        return self._result(Tally(faults=list(faults)), False)

    def replay(self) -> SyncResult:
        """Push every own entry again, answered or not: all must come back as duplicates with the same
        receipt (L6).
        """
        identity, tally = self._enrolled(), Tally()
        transport, after = self._transport(self._base_url or identity.server_url, Event()), 0
        while entries := self._store.next_batch(BATCH, after=after, answered=True):
            tally.add(len(entries), self._send(transport, identity, entries))
            after = entries[-1][0]
        return self._result(tally, False)

    def _enrolled(self) -> Identity:
        identity = self._store.identity
        if identity is None:
            raise Refused(fault("phone.not_enrolled"))
        if identity.practice:
            raise Refused(fault("phone.practice_never_syncs"))
        return identity

    def _push_urgent(
        self, transport: Transport, identity: Identity, tell: Callable[[Progress], None]
    ) -> None:
        """What cannot wait goes out of its turn, in a push of its own that the weakest network carries (R027).

        It counts as sent only when it comes again in its turn: the receipt proves nothing out of order.
        """
        if entries := self._store.urgent_batch(URGENT_BATCH):
            tell(Progress("sending", 0, self._store.outbox_summary().unsent))
            self._send(transport, identity, entries)

    def _push(
        self,
        transport: Transport,
        identity: Identity,
        tally: Tally,
        tell: Callable[[Progress], None],
        stop: Event,
    ) -> None:
        total = self._store.outbox_summary().unsent
        resent = False
        while not stop.is_set() and (entries := self._store.next_batch(BATCH)):
            tell(Progress("sending", tally.sent, max(total, tally.sent + len(entries))))
            answered = self._send(transport, identity, entries)
            tally.add(len(entries), answered)
            state = self._store.outbox_summary()
            if answered.again and resent:
                raise Refused(fault("sync.receipt_stuck", through=state.received_through, total=state.total))
            resent = resent or bool(answered.again)
            if state.unsent and not answered.again and not _moved(answered):
                raise Refused(fault("sync.receipt_stuck", through=state.received_through, total=state.total))

    def _send(self, transport: Transport, identity: Identity, entries: list[tuple[int, bytes]]) -> Answered:
        head = json.dumps({"device": identity.device, "sent_at": stamp(self._store.clock.now())})
        body = head[:-1].encode() + b',"entries":[' + b",".join(payload for _, payload in entries) + b"]}"
        watch = Stopwatch()
        answer = transport.push(f"{API}/sync/push", identity.token, body)
        self._measure(answer, watch)
        return self._store.apply_answer(answer)

    def _pull(
        self,
        transport: Transport,
        identity: Identity,
        tally: Tally,
        tell: Callable[[Progress], None],
        stop: Event,
    ) -> None:
        while not stop.is_set():
            tell(Progress("receiving", tally.pulled, None))
            if self._store.room is Room.LAST:  # what is left is for the worker's own records
                raise Refused(fault("phone.no_room_to_receive"))
            cursor = self._store.cursor
            watch = Stopwatch()
            page = self._page(transport, identity, cursor)
            self._measure(page, watch)
            tally.pulled += self._store.apply_page(page, stop.is_set)
            if not page["more"]:
                tally.whole = True
                return
            if self._store.cursor == cursor and not stop.is_set():
                raise Refused(fault("sync.bad_answer", "cursor"))

    def _page(self, transport: Transport, identity: Identity, cursor: str) -> dict[str, Any]:
        try:
            return transport.get(f"{API}/sync/pull", identity.token, {"cursor": cursor} if cursor else {})
        except Refused as error:
            if not cursor or error.faults[0].code != "sync.bad_cursor":
                raise
        self._store.forget_cursor()
        return transport.get(f"{API}/sync/pull", identity.token, {})

    def _measure(self, answer: dict[str, Any], watch: Stopwatch) -> None:
        try:
            server = from_stamp(answer["server_time"]) + timedelta(seconds=watch.half())
        except (KeyError, TypeError, ValueError):
            return
        self._store.set_clock_offset(round((server - self._store.clock.now()).total_seconds()))

    def _transport(self, base_url: str, stop: Event) -> Transport:
        return Transport(
            base_url,
            self._session,
            timeouts=self._timeouts,
            retries=self._retries,
            unsent=lambda: self._store.outbox_summary().unsent,
            stop=stop,
        )

    def _with_unsent(self, found: Fault) -> Fault:
        return Fault(found.code, found.field, {"unsent": self._store.outbox_summary().unsent} | found.params)

    def _result(self, tally: Tally, stopped: bool) -> SyncResult:
        state = self._store.outbox_summary()
        return SyncResult(
            faults=tuple(tally.faults),
            sent=tally.sent,
            accepted=tally.accepted,
            duplicate=tally.duplicate,
            held=tally.held,
            refused=tally.refused,
            pulled=tally.pulled,
            receipt_count=state.receipt_count,
            total=state.total,
            complete=not tally.faults and tally.whole and state.complete,
            stopped=stopped,
        )


def _moved(answered: Answered) -> bool:
    return bool(answered.accepted or answered.duplicate or answered.held or answered.refused)


def _identity(answer: dict[str, Any], base_url: str, label: str) -> Identity:
    try:
        user = answer["user"]
        return Identity(
            device=answer["device_id"],
            token=answer["token"],
            server_url=base_url.rstrip("/"),
            label=label,
            user_id=user["id"],
            username=user["username"],
            full_name=user["full_name"],
            role=user["role"],
            places=tuple(answer["places"]),
            site=answer.get("site"),
            province=answer["province"],
            streams=tuple(answer["streams"]),
        )
    except (KeyError, TypeError) as error:
        raise Refused(fault("sync.bad_answer", "user", unsent=0)) from error

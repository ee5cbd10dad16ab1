"""A push at the edge: what arrived is decoded, accepted in one transaction, committed, and only then answered (L4)."""

import json
import zlib
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from server.ledger.accept import PushAnswer, accept
from server.ledger.batch import Sender
from server.ledger.deliver import HomeMoved
from server.sync.projectors import PROJECTORS
from shared.clock import Clock, from_stamp
from shared.faults import Refused, fault
from shared.wire import PUSH_BYTES, PUSH_LIMIT

#: How often a push starts over when a person moved, or the database chose it to end a deadlock.
TRIES = 8

#: SQLSTATEs after which the same transaction may be tried again: serialization failure, deadlock.
_TRY_AGAIN = ("40001", "40P01")


def decode(body: bytes, encoding: str | None) -> dict[str, Any]:
    """The push as sent: JSON, perhaps gzipped. Raises Refused: `sync.bad_body`, `sync.too_large`."""
    if encoding == "gzip":
        body = _inflate(body)
    elif encoding not in (None, "", "identity"):
        raise Refused(fault("sync.bad_body"))
    push = _parse(body)
    if not isinstance(push, dict) or not isinstance(push.get("entries"), list):
        raise Refused(fault("sync.bad_body"))
    if len(push["entries"]) > PUSH_LIMIT:
        raise Refused(fault("sync.too_many_entries", count=len(push["entries"]), most=PUSH_LIMIT))
    return push


def clock_offset(sent_at: Any, now: datetime) -> int | None:
    """Server minus phone in whole seconds, from the phone's time at sending; None when it does not say."""
    try:
        return round((now - from_stamp(sent_at)).total_seconds())
    except (TypeError, ValueError):
        return None


def store(
    engine: Engine, sender: Sender, entries: list[Any], clock: Clock, offset_s: int | None
) -> PushAnswer:
    """Accept and commit. Starts over when a person moved meanwhile; raises Refused(`server.busy`) at last."""
    for _ in range(TRIES):
        try:
            with engine.begin() as connection:
                return accept(connection, sender, entries, clock, PROJECTORS, offset_s=offset_s)
        except HomeMoved:
            continue
        except OperationalError as error:
            if not may_try_again(error):
                raise
    raise Refused(fault("server.busy"))


def may_try_again(error: OperationalError) -> bool:
    """Whether the database gave up a transaction that may simply be done again."""
    return getattr(error.orig, "sqlstate", None) in _TRY_AGAIN


def accept_held(connection: Connection, sender: Sender, entries: list[Any], clock: Clock) -> None:
    """Entries that were held until this version could read them, accepted in the caller's transaction."""
    accept(connection, sender, entries, clock, PROJECTORS)


def _parse(body: bytes) -> Any:
    """JSON. What only the slower parser reads (NaN, half a character) is one record's fault, not the push's."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(fault("sync.bad_body")) from None


def _inflate(body: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(body, PUSH_BYTES + 1)
    except zlib.error:
        raise Refused(fault("sync.bad_body")) from None
    if len(data) > PUSH_BYTES:
        raise Refused(fault("sync.too_large", most_bytes=PUSH_BYTES))
    if not stream.eof:
        raise Refused(fault("sync.bad_body"))
    return data

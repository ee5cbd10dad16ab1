"""Rebuild: every projection again from the entries alone, and the replay of held entries after an upgrade."""

from collections.abc import Callable, Iterator, Sequence

import orjson
from sqlalchemy import Connection, Engine, Table, func, select

from server.accounts.models import Device
from server.database import in_parts
from server.ledger.deliver import HomeMoved
from server.ledger.models import EntryRow, HeldEntry
from server.ledger.projecting import Arrived, Projector
from shared.entries import Entry
from shared.kinds import KINDS
from shared.reading import read_payload
from shared.wire import PUSH_LIMIT

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_HELD: Table = HeldEntry.__table__  # type: ignore[assignment]

#: Entries projected together.
CHUNK = 5_000


def rebuild(
    source: Connection,
    target: Connection,
    projectors: Sequence[Projector],
    tables: Sequence[Table],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Empty `tables` of `target` and fill them from the entries of `source`; how many entries were read.

    `source` and `target` may be one connection; pushes then wait until it commits. `progress` hears
    (done, total).
    """
    if source is target and source.dialect.name == "postgresql":
        # An entry that came meanwhile would be projected by its push, then overwritten from an older snapshot.
        source.exec_driver_sql("LOCK TABLE entry IN SHARE MODE")
    for table in tables:
        target.execute(table.delete())
    total = source.execute(select(func.count()).select_from(_ENTRY)).scalar_one()
    done = 0
    for chunk in _whole_subjects(source):
        arrived = Arrived(target, chunk, whole=source)
        for project in projectors:
            project(target, arrived)
        done += len(chunk)
        progress(done, total)
    return done


def _whole_subjects(source: Connection) -> Iterator[list[Entry]]:
    """All entries, in runs that never part the entries of one kind about one subject."""
    columns = (_ENTRY.c.kind, _ENTRY.c.subject_id, _ENTRY.c.id, _ENTRY.c.payload)
    query = select(*columns).order_by(_ENTRY.c.kind, _ENTRY.c.subject_id, _ENTRY.c.id)
    chunk: list[Entry] = []
    last: tuple[str, str] | None = None
    for row in source.execute(query.execution_options(yield_per=2_000)):
        about = (row.kind, row.subject_id)
        if len(chunk) >= CHUNK and about != last:
            yield chunk
            chunk = []
        last = about
        chunk.append(read_payload(row.payload.encode()))
    if chunk:
        yield chunk


def replay_held(engine: Engine, accept_held: Callable[[Connection, str, list[object]], None]) -> int:
    """Offer held entries this version can read to `accept_held(connection, device, raw entries)`; how many.

    One transaction a push's worth; an entry leaves the table in the transaction that accepts it.
    """
    columns = (_HELD.c.entry_id, _HELD.c.device_id, _HELD.c.kind, _HELD.c.version)
    with engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(_HELD.c.device_id, _HELD.c.device_seq)).all()
    readable: dict[str, list[str]] = {}
    for row in rows:
        kind = KINDS.get(row.kind)
        if kind is not None and row.version <= kind.version:
            readable.setdefault(row.device_id, []).append(row.entry_id)
    for device, ids in readable.items():
        for part in in_parts(ids, PUSH_LIMIT):
            while not _replay(engine, device, part, accept_held):
                pass
    return sum(map(len, readable.values()))


def _replay(
    engine: Engine,
    device: str,
    ids: Sequence[str],
    accept_held: Callable[[Connection, str, list[object]], None],
) -> bool:
    """One transaction; False when a person moved meanwhile and it has to start over."""
    try:
        with engine.begin() as connection:
            # The order of a push: the device first.
            connection.execute(select(Device.id).where(Device.id == device).with_for_update(key_share=True))
            query = select(_HELD.c.payload).where(_HELD.c.entry_id.in_(ids)).order_by(_HELD.c.device_seq)
            raw: list[object] = [orjson.loads(payload) for payload in connection.execute(query).scalars()]
            connection.execute(_HELD.delete().where(_HELD.c.entry_id.in_(ids)))
            accept_held(connection, device, raw)
    except HomeMoved:
        return False
    return True

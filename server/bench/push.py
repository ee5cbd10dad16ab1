"""Push and pull over HTTP against the limit of the same run: a bare multi-row INSERT of the same entry rows."""

from __future__ import annotations

import gzip
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import Column, Engine, MetaData, Table, text
from sqlalchemy.dialects.postgresql.base import PGDialect

from server.bench.field import BATCH, Phone, Work, prepare, push_body
from server.bench.machines import Web, cpu_seconds, durable_postgresql, gunicorn, in_parallel
from server.database import insert_new, open_engine
from server.ledger.accept import entry_row
from server.ledger.batch import Sender, read_batch
from server.ledger.models import EntryRow
from server.sync.push import decode
from shared.clock import FixedClock, parse_now
from shared.reading import read

NOW = "2022-04-15"

#: Clients at once.
CLIENTS = (1, 4)

#: Pushes of each client.
PUSHES = {"small": 24, "medium": 120}

#: Push, limit and replay take turns so often; before that each client warms the server up.
ROUNDS = 3
WARM = 16

#: Tables of the same columns with nothing but their key: the least a database can do to keep these rows. The
#: limit is one json_to_recordset a batch; `arrays` gives the rows as the ledger does now, which is faster.
_BARE = {
    how: Table(
        f"bare_{how}",
        MetaData(),
        *(Column(c.name, c.type, primary_key=c.primary_key) for c in EntryRow.__table__.columns),
    )
    for how in ("limit", "arrays")
}

_POSTGRESQL = PGDialect()  # type: ignore[no-untyped-call]
_TYPED = ", ".join(f"{c.name} {c.type.compile(_POSTGRESQL)}" for c in EntryRow.__table__.columns)
_RECORDSET = text(
    f"INSERT INTO bare_limit SELECT * FROM json_to_recordset(CAST(:rows AS json)) AS given({_TYPED})"  # noqa: S608
    " ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Entries a second of one thing with so many clients, the bare insert's beside it, CPU µs an entry."""

    what: str
    clients: int
    per_second: float
    limit: float
    app_us: float
    database_us: float

    @property
    def ratio(self) -> float:
        """Of the limit: 1 would be as fast as the bare insert."""
        return self.per_second / self.limit

    def as_json(self) -> dict[str, Any]:
        """With whole figures."""
        return {
            "what": self.what,
            "clients": self.clients,
            "per_second": round(self.per_second),
            "limit_per_second": round(self.limit),
            "ratio": round(self.ratio, 3),
            "app_cpu_us": round(self.app_us, 1),
            "database_cpu_us": round(self.database_us, 1),
        }


@dataclass(frozen=True, slots=True)
class SyncFigures:
    """Rates, bytes an entry on the wire, and where the app's CPU goes before the database is asked."""

    rates: tuple[Rate, ...]
    bytes_up: float
    bytes_up_plain: float
    bytes_down: float
    stages_us: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """{rates: […], bytes_up, bytes_up_plain, bytes_down, stages_us: {decode, gate}}."""
        return {
            "rates": [rate.as_json() for rate in self.rates],
            "bytes_up": round(self.bytes_up, 1),
            "bytes_up_plain": round(self.bytes_up_plain, 1),
            "bytes_down": round(self.bytes_down, 1),
            "stages_us": {name: round(value, 1) for name, value in self.stages_us.items()},
        }


def measure(size: str, tell: Callable[[str], None] = lambda step: None) -> SyncFigures:
    """Start a durable PostgreSQL and gunicorn, and measure."""
    clock = FixedClock(parse_now(NOW))
    with durable_postgresql() as database:
        engine = open_engine(database.url)
        phones = prepare(engine, sum(CLIENTS), clock)
        for table in _BARE.values():
            table.create(engine)
        rates: list[Rate] = []
        with gunicorn(database.url, NOW) as web:
            free = iter(phones)
            for clients in CLIENTS:
                tell(f"push × {clients}")
                group = [next(free) for _ in range(clients)]
                rates += _push_rates(engine, database.pid, web, group, PUSHES[size])
            tell("pull")
            pulled, down, seconds = _pull_all(web, phones[0])
        limit = next(rate.limit for rate in rates)
        rates.append(Rate("pull", 1, pulled / seconds, limit, 0.0, 0.0))
        engine.dispose()
    batch = Work(phones[0], clock, random.Random(0)).batch()
    body = push_body(phones[0], batch, clock)
    plain = len(gzip.decompress(body))
    return SyncFigures(
        tuple(rates), len(body) / BATCH, plain / BATCH, down / pulled, _stages(phones[0], body)
    )


def _push_rates(engine: Engine, database: int, web: Web, phones: list[Phone], pushes: int) -> list[Rate]:
    """Push, the limit and the replay by turns: the machine is noisy, and noise of one moment strikes all three."""
    url = engine.url.render_as_string(hide_password=False)
    spent: dict[str, list[float]] = {what: [0, 0, 0] for what in ("limit", "arrays", "push", "replay")}

    def run(
        what: str, work: Callable[..., None], target: tuple[Any, ...], loads: list[tuple[Any, ...]]
    ) -> None:
        before = cpu_seconds(web.pid), cpu_seconds(database)
        seconds, _ = in_parallel(work, [(*target, *load) for load in loads])
        after = cpu_seconds(web.pid), cpu_seconds(database)
        for place, value in enumerate((seconds, after[0] - before[0], after[1] - before[1])):
            spent[what][place] += value

    here, part, sent = (web.host, web.port), pushes // ROUNDS, WARM * BATCH
    in_parallel(push_all, [(*here, phone, 1_000 + number, WARM, 0) for number, phone in enumerate(phones)])
    for turn in range(ROUNDS):
        loads = [(phone, turn * 100 + number, part, sent) for number, phone in enumerate(phones)]
        for how in _BARE:
            run(how, insert_all, (url, how), loads)
        run("push", push_all, here, loads)
        run("replay", push_all, here, loads)
        sent += part * BATCH
    entries = len(phones) * part * ROUNDS * BATCH
    limit = entries / spent["limit"][0]
    return [
        Rate(what, len(phones), entries / seconds, limit, app / entries * 1e6, backend / entries * 1e6)
        for what, (seconds, app, backend) in spent.items()
    ]


def push_all(
    begin: Callable[[], None], host: str, port: int, phone: Phone, seed: int, pushes: int, sent: int
) -> None:
    """A client: everything made and zipped beforehand, then pushed over one connection."""
    clock = FixedClock(parse_now(NOW))
    work = Work(phone, clock, random.Random(f"{phone.device}/{seed}"), sent)
    bodies = [push_body(phone, work.batch(), clock) for _ in range(pushes)]
    connection = HTTPConnection(host, port, timeout=120)
    headers = {
        "Authorization": f"Bearer {phone.token}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Accept-Encoding": "gzip",
    }
    told = b""
    begin()
    for body in bodies:
        connection.request("POST", "/api/v1/sync/push", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"push answered {answer.status}: {told[:300]!r}")
    connection.close()
    answered = orjson.loads(gzip.decompress(told))
    receipt = answered["receipt"]
    if refused := [each for each in answered["outcomes"] if each["outcome"] not in ("accepted", "duplicate")]:
        raise RuntimeError(f"{len(refused)} refused, the first with {refused[0]}")
    if receipt["count"] != work.sent or receipt["received_through"] != work.sent:
        raise RuntimeError(f"{work.sent} sent, but the receipt says {receipt}")


def insert_all(
    begin: Callable[[], None], url: str, how: str, phone: Phone, seed: int, pushes: int, sent: int
) -> None:
    """The limit: the same rows in one statement a batch, each its own commit, over one connection."""
    clock = FixedClock(parse_now(NOW))
    work = Work(phone, clock, random.Random(f"{phone.device}/{seed}"), sent)
    batches = [[entry_row(read(raw), clock.now()) for raw in work.batch()] for _ in range(pushes)]
    engine = open_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        connection.commit()
        begin()
        for rows in batches:
            if how == "limit":
                connection.execute(_RECORDSET, {"rows": orjson.dumps(rows, default=_bytea).decode()}).all()
            else:
                insert_new(connection, _BARE[how], rows, "id")
            connection.commit()
    engine.dispose()


def _bytea(value: bytes) -> str:
    return f"\\x{value.hex()}"


def _pull_all(web: Web, phone: Phone) -> tuple[int, int, float]:
    """(entries, bytes as they travelled, seconds) of a new phone's first pull of everything."""
    connection = HTTPConnection(web.host, web.port, timeout=120)
    headers = {"Authorization": f"Bearer {phone.token}", "Accept-Encoding": "gzip"}
    cursor, more, entries, travelled = "", True, 0, 0
    started = time.perf_counter()
    while more:
        connection.request("GET", f"/api/v1/sync/pull?cursor={quote(cursor)}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        travelled += len(body)
        page = orjson.loads(gzip.decompress(body))
        entries += sum(len(stream["entries"]) for stream in page["streams"])
        cursor, more = page["cursor"], page["more"]
    connection.close()
    return entries, travelled, time.perf_counter() - started


def _stages(phone: Phone, body: bytes) -> dict[str, float]:
    """CPU µs an entry of what happens before the database is asked, measured in this process."""
    clock = FixedClock(parse_now(NOW))
    scope = frozenset((phone.station, *phone.villages))
    sender = Sender(phone.device, phone.user, "station", scope.__contains__)
    entries = decode(body, "gzip")["entries"]
    return {
        "decode": _cpu_us(lambda: decode(body, "gzip")),
        "gate": _cpu_us(lambda: read_batch(sender, entries, clock.today(), 0)),
    }


def _cpu_us(work: Callable[[], object], rounds: int = 20) -> float:
    work()
    started = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - started) / rounds / BATCH * 1e6

"""The database: its types, its session, and the bulk statements of the sync path.

One design on PostgreSQL and on SQLite. Domain code never commits; the edge (a request, a job, a command) does.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import orjson
from flask_sqlalchemy import SQLAlchemy
from psycopg.adapt import Dumper
from psycopg.types.string import TextLoader
from sqlalchemy import (
    ARRAY,
    Connection,
    DateTime,
    Dialect,
    Engine,
    String,
    Table,
    Uuid,
    any_,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import Text, TypeDecorator

from shared.rules.ages import latest_birth

T = TypeVar("T")

_NOT_CONTROL = bytes(range(0x20, 0x100))

#: The dialects as they spell a statement with named parameters.
_NAMED: dict[str, Dialect] = {
    "postgresql": PGDialect(paramstyle="named"),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect(paramstyle="named"),
}

#: Identifiers: uuid on PostgreSQL, 36 characters on SQLite, text in Python on both.
Id = Uuid(as_uuid=False).with_variant(String(36), "sqlite")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: timestamptz on PostgreSQL, ISO text on SQLite, aware in Python on both."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of all tables."""


db = SQLAlchemy(metadata=Model.metadata)


def prepare_engine(engine: Engine) -> Engine:
    """Set SQLite up for durable writers that wait their turn, PostgreSQL to give ids as text and take arrays."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_types)
    return engine


def open_engine(url: str, **options: Any) -> Engine:
    """An engine outside the application: commands, jobs and checks use it."""
    return prepare_engine(create_engine(normal_url(url), **options))


def normal_url(url: str) -> str:
    """`url` with the driver this project installs; a bare path means a SQLite file."""
    if "://" not in url:
        return f"sqlite:///{url}"
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _postgresql_types(connection: Any, _record: Any) -> None:
    connection.adapters.register_dumper(_Array, _ArrayDumper)
    connection.adapters.register_loader(
        "uuid", TextLoader
    )  # UUID objects, only to spell them again, cost 2 µs each


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_sqlite_begin` says
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.close()
    connection.create_function("latest_birth", 2, _latest_birth, deterministic=True)


def _latest_birth(day: str, months: int) -> str:
    """The rule of ages for SQL over columns of days."""
    return latest_birth(months, date.fromisoformat(day)).isoformat()


def _sqlite_begin(connection: Connection) -> None:
    # A transaction that may write takes the write lock at once; waiting for it later would fail, not wait.
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def insert_rows(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    replace: Sequence[str] = (),
    keep: bool = False,
) -> None:
    """Insert `rows` (the same keys in each) in one statement.

    `replace` names the key columns by which a row that stands already is overwritten with the new one (the
    rows must differ in that key); `keep` leaves such a row as it is. Without either it is an error.
    """
    if not rows:
        return
    if replace:  # two writers of the same rows wait for each other instead of deadlocking
        rows = sorted(rows, key=itemgetter(*replace))
    key = tuple(replace) if replace or keep else None
    statement = _statement(connection.dialect.name, table, tuple(rows[0]), key, None)
    if connection.dialect.name == "postgresql":
        connection.execute(statement, _arrays(rows))
    else:
        connection.execute(statement, rows)


@contextmanager
def at_once(connection: Connection) -> Iterator[None]:
    """Statements of the block that give no rows travel together: one wait for the database instead of several."""
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        yield


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], returning: str
) -> set[Any]:
    """Insert `rows`, leaving alone those whose key stands already; the `returning` ids of the new ones."""
    if not rows:
        return set()
    if connection.dialect.name == "postgresql":
        statement = _statement("postgresql", table, tuple(rows[0]), (), returning)
        new = connection.execute(statement, _arrays(rows)).scalar_one()
        return set(new.split(",")) if new else set()
    key = table.c[returning]
    values = [row[returning] for row in rows]
    known = {found for (found,) in select_among(connection, select(key), key, values)}
    fresh = [row for row in rows if row[returning] not in known]
    if not fresh:
        return set()
    connection.execute(_statement("sqlite", table, tuple(rows[0]), (), None), fresh)
    values = [row[returning] for row in fresh]
    return {found for (found,) in select_among(connection, select(key), key, values)}


def in_parts(values: Sequence[T], size: int = 500) -> list[Sequence[T]]:
    """`values` in runs short enough for an IN list."""
    return [values[start : start + size] for start in range(0, len(values), size)]


@lru_cache(maxsize=256)
def _statement(
    dialect: str, table: Table, names: tuple[str, ...], key: tuple[str, ...] | None, returning: str | None
) -> Any:
    """The insert; `key` None: plain, empty: leave what stands, else: overwrite by it.

    As text: SQLAlchemy would compile ON CONFLICT again at every execution, 1.5 ms each time.
    """
    statement: Any
    if dialect == "postgresql":
        statement = postgresql_insert(table).from_select(names, _unnested(table, names))
    else:
        statement = sqlite_insert(table).values({name: bindparam(name) for name in names})
    changed = {name: statement.excluded[name] for name in names if name not in (key or ())}
    if key is not None:
        if key and changed:
            statement = statement.on_conflict_do_update(index_elements=list(key), set_=changed)
        else:
            statement = statement.on_conflict_do_nothing()
    if returning:  # as one text: hundreds of rows of one id cost the client more than the insert itself
        new = statement.returning(table.c[returning]).cte("new")
        statement = select(func.string_agg(cast(new.c[returning], Text), literal_column("','")))
    spelt = text(str(statement.compile(dialect=_NAMED[dialect])))
    if dialect == "sqlite":
        spelt = spelt.bindparams(*(bindparam(name, type_=table.c[name].type) for name in names))
    return spelt


def _unnested(table: Table, names: tuple[str, ...]) -> Any:
    """Rows out of one array a column: half the work json_to_recordset gives the database."""
    arrays = (cast(bindparam(name, type_=Text), ARRAY(table.c[name].type)) for name in names)
    return select(func.unnest(*arrays).table_valued(*names).render_derived())


class _Array(bytes):
    """An array of any type as PostgreSQL writes it."""


class _ArrayDumper(Dumper):
    """Hands the array on as it is; the statement's cast gives it its type."""

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


def _arrays(rows: Sequence[Mapping[str, Any]]) -> dict[str, _Array]:
    return {name: _array([row[name] for row in rows]) for name in rows[0]}


def _array(values: list[Any]) -> _Array:
    """JSON writes a list as PostgreSQL does but for the brackets and for control characters within text."""
    spelt = orjson.dumps(values, default=_as_json)
    if b"\\" in spelt and _hold_controls(values):
        return _Array(b"{" + b",".join(map(_element, values)) + b"}")
    return _Array(b"{" + spelt[1:-1] + b"}")


def _hold_controls(values: list[Any]) -> bool:
    texts = [value for value in values if type(value) is str]
    return bool("".join(texts).encode().translate(None, _NOT_CONTROL))


def _element(value: str | None) -> bytes:
    if value is None:
        return b"NULL"
    return b'"' + value.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value))


def select_among(
    connection: Connection, statement: Any, named: Any, values: Collection[Any], **params: Any
) -> list[Any]:
    """Rows of `statement` whose column `named` is one of `values`: identifiers or numbers, without commas.

    One array on PostgreSQL, short lists on SQLite. `params` are those of the statement; one that is made once
    and has its values as parameters is the cheapest.
    """
    if not values:
        return []
    if connection.dialect.name == "postgresql":
        wanted = ",".join(map(str, values))
        return list(connection.execute(_among(statement, named), {"wanted": wanted, **params}).all())
    found: list[Any] = []
    for part in in_parts(list(values)):
        found += connection.execute(statement.where(named.in_(part)), params).all()
    return found


def table_of(model: type[Model]) -> Table:
    """The table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(model)
    return table


def delete_among(connection: Connection, table: Table, named: Any, values: Collection[Any]) -> None:
    """Delete the rows of `table` whose column `named` is one of `values`."""
    for part in in_parts(sorted(values)):
        connection.execute(table.delete().where(named.in_(part)))


@lru_cache(maxsize=256)
def _among(statement: Any, named: Any) -> Any:
    wanted = func.string_to_array(bindparam("wanted", type_=Text), ",")
    return statement.where(named == any_(cast(wanted, ARRAY(named.type))))


def migrate(engine: Engine) -> None:
    """Bring the database to the newest migration; one caller at a time."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()

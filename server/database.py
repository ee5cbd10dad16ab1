"""The database: its types, its session, and the bulk statements of the sync path.

One design on PostgreSQL and on SQLite. Domain code never commits; the edge (a request, a job, a command) does.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import orjson
from flask_sqlalchemy import SQLAlchemy
from psycopg.types.string import TextLoader
from sqlalchemy import (
    ARRAY,
    JSON,
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
    column,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import Text, TypeDecorator

T = TypeVar("T")

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
    """Set SQLite up for durable writers that wait their turn, and PostgreSQL to read identifiers as text."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "connect", _postgresql_text_ids)
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


def _postgresql_text_ids(connection: Any, _record: Any) -> None:
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
        connection.execute(statement, {"rows": _recordset_text(rows)})
    else:
        connection.execute(statement, rows)


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], returning: str
) -> set[Any]:
    """Insert `rows`, leaving alone those whose key stands already; the `returning` values of the new ones."""
    if not rows:
        return set()
    if connection.dialect.name == "postgresql":
        statement = _statement("postgresql", table, tuple(rows[0]), (), returning)
        return set(connection.execute(statement, {"rows": _recordset_text(rows)}).scalars().all())
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
        statement = postgresql_insert(table).from_select(names, _recordset(table, names))
    else:
        statement = sqlite_insert(table).values({name: bindparam(name) for name in names})
    changed = {name: statement.excluded[name] for name in names if name not in (key or ())}
    if key is not None:
        if key and changed:
            statement = statement.on_conflict_do_update(index_elements=list(key), set_=changed)
        else:
            statement = statement.on_conflict_do_nothing()
    if returning:
        statement = statement.returning(table.c[returning])
    spelt = text(str(statement.compile(dialect=_NAMED[dialect])))
    if dialect == "postgresql":
        spelt = spelt.bindparams(bindparam("rows", type_=Text))
    else:
        spelt = spelt.bindparams(*(bindparam(name, type_=table.c[name].type) for name in names))
    return spelt.columns(column(returning, table.c[returning].type)) if returning else spelt


def _recordset(table: Table, names: tuple[str, ...]) -> Any:
    rows = cast(bindparam("rows", type_=Text), JSON)
    columns = [column(name, table.c[name].type) for name in names]
    return select(func.json_to_recordset(rows).table_valued(*columns).render_derived(with_types=True))


def _recordset_text(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=_as_json).decode()


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value))


def select_among(connection: Connection, statement: Any, named: Any, values: Collection[Any]) -> list[Any]:
    """Rows of `statement` whose column `named` is one of `values`: identifiers or numbers, without commas.

    One array on PostgreSQL, short lists on SQLite.
    """
    if not values:
        return []
    if connection.dialect.name == "postgresql":
        wanted = func.string_to_array(bindparam("wanted", ",".join(map(str, values)), type_=Text), ",")
        return list(connection.execute(statement.where(named == any_(cast(wanted, ARRAY(named.type))))).all())
    found: list[Any] = []
    for part in in_parts(list(values)):
        found += connection.execute(statement.where(named.in_(part))).all()
    return found


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

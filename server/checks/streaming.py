"""Reading long tables in order without holding them, and walking two of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, String, Table, func, select
from sqlalchemy.sql import ColumnElement

#: Rows fetched together.
FETCH = 2_000


def rows_of(connection: Connection, query: Any, **params: Any) -> Iterator[Any]:
    """The rows of a query, fetched a few at a time."""
    options = {"yield_per": FETCH, "stream_results": True}
    return iter(connection.execute(query, params, execution_options=options))


def count_of(connection: Connection, *tables: Table) -> int:
    """How many rows these tables hold together."""
    return sum(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def by_bytes(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """The column as an ordering that is the same on every database: text by its bytes, never by a language."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, String):
        return column.collate("C")
    return column


def side_by_side(
    left: Iterable[Any],
    right: Iterable[Any],
    left_key: Callable[[Any], Any],
    right_key: Callable[[Any], Any],
) -> Iterator[tuple[Any, Any]]:
    """Rows of two tables in the order of their keys, paired by key; None where one has no such row."""
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and left_key(one) < right_key(other)):
            yield one, None
            one = next(lefts, None)
        elif one is None or right_key(other) < left_key(one):
            yield None, other
            other = next(rights, None)
        else:
            yield one, other
            one, other = next(lefts, None), next(rights, None)

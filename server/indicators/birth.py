"""The age rule of `shared.rules.ages` in SQL, for days that stand in a column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, FunctionElement
from sqlalchemy.ext.compiler import compiles


class latest_birth(FunctionElement[Any]):  # noqa: N801  a function of SQL
    """latest_birth(day, months): the latest birth date of those at least so many months old on the day.

    PostgreSQL takes months off a date as the rule does: a day the month does not have is its last. SQLite calls
    the rule itself (`server.database` tells it how).
    """

    type = Date()
    inherit_cache = True


@compiles(latest_birth, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    day, months = (compiler.process(part, **kw) for part in element.clauses)
    return f"CAST({day} - make_interval(months => CAST({months} AS integer)) AS date)"


@compiles(latest_birth, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"latest_birth({compiler.process(element.clauses, **kw)})"

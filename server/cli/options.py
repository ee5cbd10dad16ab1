"""What several commands take: the database, the field's clock, and how they show progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from server.database import open_engine
from server.settings import database_url
from shared.clock import FieldClock

F = TypeVar("F", bound=Callable[..., Any])


def database_option(command: F) -> F:
    """`--database URL`, else TUNGNHA_DATABASE, else ./tungnha.db; handed on as an opened engine `engine`."""
    return click.option(
        "--database",
        "engine",
        metavar="URL",
        envvar="TUNGNHA_DATABASE",
        default="sqlite:///tungnha.db",
        show_default=True,
        callback=_open,
        help="Cơ sở dữ liệu / the database (or TUNGNHA_DATABASE)",
    )(command)


province_option = click.option("--province", metavar="CODE", help="Mã tỉnh / GSO code of a province, as 12")
as_of_option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Ngày / the day it is made for (today)"
)


def _open(context: click.Context, _parameter: click.Parameter, url: str) -> Engine:
    engine = open_database(url)
    context.call_on_close(engine.dispose)
    return engine


def open_database(url: str) -> Engine:
    """The engine of a database that is there and has its tables; BadParameter in clear words otherwise."""
    try:
        spelt = database_url(url)
        file = make_url(spelt).database
        if spelt.startswith("sqlite:") and file and not file.startswith("file:"):
            Path(file).open("rb").close()  # SQLite would make a file that is not there
        engine = open_engine(spelt)
        with engine.connect().execution_options(readonly=True) as connection:
            ready = inspect(connection).has_table("alembic_version")
    except (ValueError, ArgumentError):
        raise click.BadParameter(
            f"“{url}” không phải địa chỉ SQLite hoặc PostgreSQL / is not an SQLite or PostgreSQL URL"
        ) from None
    except (OSError, OperationalError) as error:
        raise click.BadParameter(f"không mở được / cannot be opened: {url}: {_first_line(error)}") from None
    if not ready:
        raise click.BadParameter(
            f"chưa có bảng nào, hãy chạy seed trước / has no tables yet, seed first: {url}"
        )
    return engine


def field_clock() -> FieldClock:
    """The clock TUNGNHA_NOW asks for; BadParameter when it is not a day."""
    try:
        return FieldClock.from_environment()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error (only at a terminal); hears (done, total)."""
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(min(done, bar.length) - bar.pos)

        yield tell


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]

"""Files of people that are too long for a page: export matching, export doses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import IO

import click
from sqlalchemy import Connection, Engine

from server.accounts.exports import log_file
from server.accounts.system import system_user
from server.cli.exporting import export
from server.cli.options import database_option, field_clock
from server.interop import histories, matching
from server.interop.tables import Cell, csv_lines
from server.places.tree import Node, Tree
from shared.text.formats import number

Rows = Callable[..., Iterator[list[Cell]]]

_WARNING = (
    "Tệp này có họ tên, ngày sinh của người dân; lần xuất này được ghi vào nhật ký.\n"
    "This file holds names and birth dates of people; taking it is written into the log."
)
_MARK = "\ufeff"
_TOGETHER = 2_000

_place_option = click.option(
    "--place",
    "code",
    metavar="CODE",
    help="Mã tỉnh, huyện hoặc xã / GSO code of a province, district or commune",
)
_file_argument = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")


@export.command("matching")
@database_option
@_place_option
@_file_argument
def export_matching(engine: Engine, code: str | None, file: str) -> None:
    """Tệp đối khớp với CSDL quốc gia về dân cư / the file for the population database.

    Columns: docs/exchange.md. The answer is brought in on the page Data exchange.
    """
    _export(engine, "matching", matching.COLUMNS, matching.to_match, code, file)


@export.command("doses")
@database_option
@_place_option
@_file_argument
def export_doses(engine: Engine, code: str | None, file: str) -> None:
    """Lịch sử tiêm của từng người / people's dose histories. Columns: docs/exchange.md."""
    _export(engine, "doses", histories.COLUMNS, histories.history, code, file)


def _export(
    engine: Engine,
    what: str,
    columns: Sequence[tuple[str, str, str]],
    rows_of: Rows,
    code: str | None,
    file: str,
) -> None:
    click.echo(_WARNING, err=True)
    clock = field_clock()
    with engine.connect().execution_options(readonly=True) as connection:
        tree = Tree.load(connection, clock.today())
        place = _place(tree, code)
        villages = (
            tree.villages(place.id) if place else [n.id for n in tree.nodes.values() if n.level == "village"]
        )
        rows = rows_of(connection, villages, tree, names=True)
        with click.open_file(file, "w", encoding="utf-8") as out:
            count, digest = _write(out, [name for name, _, _ in columns], rows)
    with engine.begin() as connection:
        _log(connection, what, place, count, digest)
    click.echo(f"{number(count, 'vi')} dòng / rows", err=True)


def _write(out: IO[str], header: Sequence[str], rows: Iterator[list[Cell]]) -> tuple[int, bytes]:
    """How many rows were written below the heading, and the SHA-256 of the file."""
    digest, count = hashlib.sha256(), 0
    text = _MARK + csv_lines([header])
    while text:
        out.write(text)
        digest.update(text.encode())
        part = list(islice(rows, _TOGETHER))
        count += len(part)
        text = csv_lines(part)
    return count, digest.digest()


def _log(connection: Connection, what: str, place: Node | None, count: int, digest: bytes) -> None:
    taker = system_user(connection).id
    log_file(connection, taker, what, place.id if place else None, count, digest, field_clock())


def _place(tree: Tree, code: str | None) -> Node | None:
    """The place of today's tree with this code: None when none is asked for."""
    if code is None:
        return None
    levels = ("province", "district", "commune")
    found = [node for node in tree.nodes.values() if node.code == code and node.level in levels]
    if not found:
        raise click.BadParameter(f"không có địa bàn / no such place: {code}", param_hint="--place")
    return min(found, key=lambda node: levels.index(node.level))

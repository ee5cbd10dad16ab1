"""Commands that hand out raw records: export entries."""

from __future__ import annotations

from datetime import datetime

import click
from sqlalchemy import Connection, Engine, select

from server.accounts.exports import log_file
from server.accounts.system import system_user
from server.cli.options import as_of_option, database_option, field_clock, province_option
from server.places.models import Place, PlaceVersion
from server.reports.entries import write_entries
from shared.text.formats import number

_WARNING = (
    "Tệp này có họ tên, ngày sinh và thông tin sức khỏe của người dân; lần xuất này được ghi vào nhật ký.\n"
    "This file holds names, birth dates and health data of people; taking it is written into the log."
)


@click.group()
def export() -> None:
    """Xuất bản ghi gốc / hand out raw records."""


@export.command()
@database_option
@click.option(
    "--csv", "file", metavar="[FILE]", is_flag=False, flag_value="-", default="-",
    help="Tệp CSV, mặc định ra màn hình / a CSV file, else standard output",
)  # fmt: skip
@province_option
@as_of_option
def entries(engine: Engine, file: str, province: str | None, as_of: datetime | None) -> None:
    """Mọi bản ghi đã nhận, để người ngoài tự tính lại số liệu / every accepted entry, to count all figures again.

    Columns and recipe: docs/figures.md.
    """
    click.echo(_WARNING, err=True)
    with engine.connect().execution_options(readonly=True) as connection:
        place = _province(connection, province) if province else None
        with click.open_file(file, "w", encoding="utf-8") as out:
            written = write_entries(out, connection, province=place, as_of=as_of.date() if as_of else None)
    with engine.begin() as connection:
        taker = system_user(connection).id
        log_file(connection, taker, "entries", place, written.rows, written.digest, field_clock())
    click.echo(f"{number(written.rows, 'vi')} bản ghi / entries", err=True)


def _province(connection: Connection, code: str) -> str:
    """The province that has or had this GSO code."""
    query = (
        select(Place.id)
        .join(PlaceVersion, PlaceVersion.place_id == Place.id)
        .where(Place.level == "province", PlaceVersion.code == code)
        .order_by(PlaceVersion.valid_from)
    )
    found = connection.execute(query).scalars().first()
    if found is None:
        raise click.BadParameter(f"không có tỉnh / no such province: {code}", param_hint="--province")
    return str(found)


commands: list[click.Command] = [export]

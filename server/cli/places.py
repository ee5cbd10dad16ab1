"""Commands about places: their boundaries."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from server.cli.options import database_option, field_clock
from server.interop.boundaries import LEVELS, Columns, Outcome, import_boundaries
from server.places.tree import Tree
from shared.text.formats import number

#: Lines of a list that a terminal shows; --json gives them all.
SHOWN = 20

_REASONS = {
    "no_area": "không có vùng / no area",
    "other_name": "mã này nay của nơi khác tên / its code belongs to a place of another name",
    "several": "nhiều nơi trùng tên / several places have this name",
    "unknown": "không có nơi nào tên này / no such place",
    "taken": "đã có vùng khác khớp theo mã / another area matched this place by code",
}


@click.group()
def places() -> None:
    """Địa bàn / places."""


@places.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--attribution",
    required=True,
    help="Ghi công nguồn và giấy phép, hiện trên bản đồ / source and licence, shown on the map",
)
@click.option("--level", type=click.Choice(LEVELS), default="commune", show_default=True, help="Cấp / level")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Ranh giới của ngày nào / the day whose places are drawn (today)",
)
@click.option("--code", default="code", show_default=True, help="Thuộc tính chứa mã / property with the code")
@click.option(
    "--name", default="name", show_default=True, help="Thuộc tính chứa tên / property with the name"
)
@click.option(
    "--parent",
    default="parent_code",
    show_default=True,
    help="Thuộc tính chứa mã hoặc tên huyện / property with the district's code or name",
)
@click.option(
    "--trust-codes", is_flag=True, help="Khớp theo mã dù khác tên / match by code even where the names differ"
)
@click.option("--dry-run", is_flag=True, help="Chỉ xem, không lưu / report only, store nothing")
@database_option
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
def boundaries(
    file: Path,
    attribution: str,
    level: str,
    as_of: datetime | None,
    code: str,
    name: str,
    parent: str,
    trust_codes: bool,
    dry_run: bool,
    engine: Engine,
    as_json: bool,
) -> None:
    """Nhập ranh giới từ GeoJSON hoặc TopoJSON / import boundaries from GeoJSON or TopoJSON.

    Areas already stored for a matched place are replaced. With --json: {file, level, as_of, stored, areas,
    places, matched: {code, spelling, code_only, name}, matches: [{number, how, id, code, name, file_name}],
    unmatched: [{number, code, name, reason}], without_boundary: [{id, code, name}], tolerance_m, bytes}.
    """
    clock = field_clock()
    day = as_of.date() if as_of else clock.today()
    columns = Columns(code, name, parent)
    with engine.begin() as connection:
        outcome = import_boundaries(
            connection,
            Tree.load(connection, day),
            day,
            file.read_bytes(),
            level=level,
            columns=columns,
            source=file.name,
            attribution=attribution,
            clock=clock,
            trust_codes=trust_codes,
            store=not dry_run,
        )
    if as_json:
        click.echo(json.dumps(_document(outcome, file, level, day, columns, dry_run), ensure_ascii=False))
    else:
        _print(outcome, dry_run)


def _document(
    outcome: Outcome, file: Path, level: str, day: date, columns: Columns, dry_run: bool
) -> dict[str, object]:
    return {
        "file": file.name,
        "level": level,
        "as_of": day.isoformat(),
        "stored": not dry_run,
        "areas": len(outcome.matched) + len(outcome.unmatched),
        "places": len({m.place.id for m in outcome.matched}),
        "matched": outcome.counts(),
        "matches": [
            {
                "number": m.feature.number,
                "how": m.how,
                "id": m.place.id,
                "code": m.place.code,
                "name": m.place.name,
                "file_name": m.feature.text(columns.name),
            }
            for m in outcome.matched
        ],
        "unmatched": [
            {"number": u.number, "code": u.code, "name": u.name, "reason": u.reason}
            for u in outcome.unmatched
        ],
        "without_boundary": [{"id": n.id, "code": n.code, "name": n.name} for n in outcome.without],
        "tolerance_m": outcome.tolerance_m,
        "bytes": outcome.size,
    }


def _print(outcome: Outcome, dry_run: bool) -> None:
    counts = outcome.counts()
    areas = len(outcome.matched) + len(outcome.unmatched)
    click.echo(f"Vùng trong tệp / areas in the file: {number(areas, 'vi')}")
    for words, how in (
        ("theo mã, đúng tên / by code, names agree", "code"),
        ("theo mã, tên gần giống / by code, names nearly agree", "spelling"),
        ("chỉ theo mã / by code alone", "code_only"),
        ("theo tên trong huyện / by name within the district", "name"),
    ):
        click.echo(f"  {words}: {number(counts[how], 'vi')}")
    for m in [m for m in outcome.matched if m.how in ("spelling", "code_only")][:SHOWN]:
        click.echo(f"    #{m.feature.number} {m.place.code} → {m.place.name}")
    click.echo(f"Không khớp / not matched: {number(len(outcome.unmatched), 'vi')}")
    for u in outcome.unmatched[:SHOWN]:
        click.echo(f"    #{u.number} {u.code} {u.name}: {_REASONS[u.reason]}")
    click.echo(f"Địa bàn chưa có ranh giới / places without one: {number(len(outcome.without), 'vi')}")
    for node in outcome.without[:SHOWN]:
        click.echo(f"    {node.code or '–'} {node.name}")
    stored = "chưa lưu, chỉ xem thử / not stored, dry run" if dry_run else "đã lưu / stored"
    click.echo(f"{number(outcome.size, 'vi')} byte, ± {number(outcome.tolerance_m, 'vi')} m: {stored}")


commands: list[click.Command] = [places]

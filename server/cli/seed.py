"""`tungnha seed`: made-up people and doses on real places, through the ledger's own acceptance."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click

from server.cli.application import prepared_engine
from server.cli.options import progress
from server.seed.plan import DEMO_DAY, SIZES, SeedPlan
from server.seed.run import Seeded
from server.seed.run import seed as fill
from shared.clock import FieldClock
from shared.text.formats import number


@click.command()
@click.option(
    "--size", type=click.Choice(list(SIZES)), default="small", show_default=True, help="Quy mô / how much"
)
@click.option(
    "--seed",
    "seed_number",
    default=1,
    show_default=True,
    help="Cùng số cho cùng dữ liệu / the same gives the same",
)
@click.option(
    "--database",
    metavar="URL",
    envvar="TUNGNHA_DATABASE",
    default="sqlite:///tungnha.db",
    show_default=True,
    help="Cơ sở dữ liệu trống / an empty database (or TUNGNHA_DATABASE)",
)
@click.option("--province", type=click.Choice(["12", "91"]), help="12 Lai Châu, 91 Kiên Giang")
@click.option("--today", is_flag=True, help="Theo ngày hiện tại / around the present day, not 15/04/2022")
@click.option("--communes", type=click.IntRange(min=1), hidden=True, help="Only the first so many communes")
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
def seed(
    size: str,
    seed_number: int,
    database: str,
    province: str | None,
    today: bool,
    communes: int | None,
    as_json: bool,
) -> None:
    """Tạo dữ liệu mẫu trong cơ sở dữ liệu trống / fill an empty database with seed data.

    small: about 10,000 people in Lai Châu; medium: 480,000; large: Kiên Giang, 1.8 million people. With --json:
    {database, size, seed, today, province, communes, villages, people, doses, entries, users, seconds}.
    """
    plan = SeedPlan(size, seed_number, FieldClock().today() if today else DEMO_DAY, province or "", communes)
    engine = prepared_engine(database)
    started = time.perf_counter()
    with progress("Dữ liệu mẫu / seed") as tell:
        made = fill(engine, plan, tell)
    seconds = round(time.perf_counter() - started, 1)
    if as_json:
        about = {"database": engine.url.render_as_string(), "size": size, "seed": seed_number}
        about |= {"today": plan.today.isoformat(), "province": plan.province}
        click.echo(json.dumps({**about, **asdict(made), "seconds": seconds}, ensure_ascii=False))
        return
    for lang in ("vi", "en"):
        click.echo(_summary(made, seconds, lang))


def _summary(made: Seeded, seconds: float, lang: str) -> str:
    words = {
        "vi": "{communes} xã, {villages} thôn bản, {people} người, {doses} mũi tiêm, {entries} bản ghi: {seconds} s",
        "en": "{communes} communes, {villages} villages, {people} people, {doses} doses, {entries} entries: "
        "{seconds} s",
    }[lang]
    figures = {name: number(value, lang) for name, value in asdict(made).items()}
    return words.format(**figures, seconds=seconds)


commands: list[click.Command] = [seed]

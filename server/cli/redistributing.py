"""Commands that propose what to send where, and judge a proposal.

The solver is imported when a command runs: numpy and scipy would double the time every other command takes to start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from server.cli.options import as_of_option, province_option
from server.cli.redistributing_database import redistribute_database
from server.redistribution.instance_json import read_instance
from shared.text.formats import number

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Lines of a list that a terminal shows; --json gives them all.
SHOWN = 20

_NAMES = {
    "plan": "kế hoạch / plan",
    "do_nothing": "không làm gì / do nothing",
    "months_rule": "theo số tháng tồn / months of stock",
    "greedy": "hạn ngắn đi trước / greedy",
    "perfect": "biết trước nhu cầu / perfect information",
}


@click.group(invoke_without_command=True)
@click.option("--instance", "file", type=_FILE, help="Tệp dữ liệu / the instance's file")
@click.option(
    "--database", "url", metavar="URL", help="Cơ sở dữ liệu thay cho tệp / a database instead of a file"
)
@province_option
@as_of_option
@click.option(
    "--store",
    is_flag=True,
    help="Ghi đề xuất để trang web hiện / keep the proposals for the pages (--database)",
)
@click.option(
    "--pairs",
    type=click.IntRange(0),
    help="Nhiều nhất bấy nhiêu cặp nơi gửi – nơi nhận / at most so many pairs",
)
@click.option("--unlimited", is_flag=True, help="Không giới hạn số cặp / any number of pairs")
@click.option("--mean", is_flag=True, help="Theo nhu cầu trung bình, nhanh hơn / at mean demand, faster")
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Thời gian tối đa để giải / most time for the solver",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
@click.pass_context
def redistribute(
    context: click.Context,
    file: Path | None,
    url: str | None,
    province: str | None,
    as_of: datetime | None,
    store: bool,
    pairs: int | None,
    unlimited: bool,
    mean: bool,
    seconds: float,
    as_json: bool,
) -> None:
    """Đề xuất điều chuyển / propose what to send where, so that the least expires.

    The formats of the instance and of the plan stand in docs/redistribution.md. With --database every item of the
    province is planned from its books as of a day.
    """
    if context.invoked_subcommand:
        return
    if unlimited and pairs is not None:
        raise click.UsageError("Chỉ một trong --pairs và --unlimited / either --pairs or --unlimited")
    changes: dict[str, Any] = {"max_pairs": pairs} if unlimited or pairs is not None else {}
    if mean:
        changes["scenarios"] = 0
    if file is not None and url is None:
        _redistribute_file(file, changes, seconds, as_json=as_json)
    elif url is not None and file is None:
        redistribute_database(url, province, as_of, changes, store=store, as_json=as_json)
    else:
        raise click.UsageError("Cần --instance hoặc --database / either --instance or --database is needed")


def _redistribute_file(file: Path, changes: dict[str, Any], seconds: float, *, as_json: bool) -> None:
    from server.redistribution.plan_json import plan_document
    from server.redistribution.solving import plan_of

    instance = read_instance(file.read_bytes())
    instance = replace(instance, parameters=replace(instance.parameters, **changes))
    plan = plan_document(plan_of(instance, seconds=seconds))
    if as_json:
        click.echo(json.dumps(plan, ensure_ascii=False))
        return
    for line in _plan_lines(plan):
        click.echo(line)


@redistribute.command()
@click.option("--instance", "file", type=_FILE, required=True, help="Tệp dữ liệu / the instance's file")
@click.option("--plan", "plan_file", type=_FILE, required=True, help="Tệp kế hoạch / the plan's file")
@click.option(
    "--paths",
    type=click.IntRange(1, 10_000),
    default=60,
    show_default=True,
    help="Số tương lai thử / futures tried",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Hạt ngẫu nhiên / random seed"
)
@click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)
def evaluate(file: Path, plan_file: Path, paths: int, seed: int, as_json: bool) -> None:
    """Thử kế hoạch trên nhiều tương lai / try a plan on random futures, beside its baselines.

    Doses are given first-expiry-first on random demand paths, the same for every line: doses wasted and missed,
    pairs and vials, for the plan, doing nothing, the months-of-stock rule, greedy and perfect information.
    """
    from server.redistribution.board import board_of
    from server.redistribution.evaluating import evaluation
    from server.redistribution.plan_json import read_moves

    board = board_of(read_instance(file.read_bytes()))
    moves = read_moves(plan_file.read_bytes(), board)
    found = evaluation(board, moves, paths, seed)
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in _evaluation_lines(found):
        click.echo(line)


def _plan_lines(plan: dict[str, Any]) -> Iterator[str]:
    totals = plan["totals"]
    yield f"{plan['item']}, {plan['day']}: {number(totals['doses'], 'vi')} liều / doses ({plan['method']})"
    for name in ("do_nothing", "greedy", "plan"):
        expected = totals[name]
        wasted = number(round(expected["expected_wasted_doses"]), "vi")
        yield f"  {_NAMES[name]:<40} {wasted:>9} {expected['expected_wasted_percent']:>6.2f} %"
    yield f"  {totals['vials_moved']} lọ / vials, {totals['pairs']} cặp / pairs"
    for move in plan["moves"][:SHOWN]:
        low, high = move["interval"]
        yield (
            f"  {move['from']} → {move['to']}  {move['lot']}  {move['vials']} lọ / vials, {move['arrives_on']},"
            f" {move['expected_doses_saved']:g} ({low:g}–{high:g}) liều / doses"
        )
    if len(plan["moves"]) > SHOWN:
        yield f"  … +{len(plan['moves']) - SHOWN} (--json)"


def _evaluation_lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['item']}, {found['day']}: {number(found['doses'], 'vi')} liều / doses, {found['paths']} paths"
    yield f"  {'':<40} {'wasted':>9} {'%':>6} {'missed':>9} {'pairs':>6} {'vials':>7}"
    for name, words in _NAMES.items():
        each = found[name]
        wasted, missed = (number(round(each[key]), "vi") for key in ("wasted_doses", "shortage_doses"))
        yield (
            f"  {words:<40} {wasted:>9} {each['wasted_percent']:>6.2f} {missed:>9}"
            f" {each['pairs']:>6g} {each['vials_moved']:>7g}"
        )


commands: list[click.Command] = [redistribute]

"""Commands that check and rebuild: verify, rebuild, replay-held."""

from __future__ import annotations

import json
import time

import click
from sqlalchemy import Engine

from server.checks.findings import Findings, messages
from server.checks.verify import CHECKS, Verdict
from server.checks.verify import verify as run_checks
from server.cli.options import database_option, field_clock, progress
from server.ledger.rebuild import rebuild as rebuild_projections
from server.scheduler.work import refresh_all, replay
from server.sync.projectors import PROJECTED, PROJECTORS
from shared.text.formats import number

_json_option = click.option(
    "--json", "as_json", is_flag=True, help="Một đối tượng JSON / one JSON object on standard output"
)


@click.command()
@database_option
@click.option("--fresh", is_flag=True, help="Ô chờ tính lại cũng là sai / stale cells count as differences")
@_json_option
def verify(engine: Engine, fresh: bool, as_json: bool) -> None:
    """Kiểm tra dữ liệu với chính các bản ghi / check what is stored against the entries themselves.

    Exit 0 when everything agrees, 1 with the first ten differences of each check otherwise. With --json:
    {ok, checks: [{name, checked, found, differences: [{code, vi, en}], seconds, stale?}]}.
    """
    number_of = {name: place for place, name in enumerate(CHECKS)}
    with progress("Kiểm tra / verify") as tell:

        def told(name: str, done: int, total: int) -> None:
            part = min(1.0, done / max(total, 1))
            tell(round(1000 * (number_of[name] + part)), 1000 * len(CHECKS))

        verdict = run_checks(engine, told, fresh=fresh)
        tell(len(CHECKS), len(CHECKS))
    if as_json:
        click.echo(json.dumps(verdict.as_json(), ensure_ascii=False))
    else:
        _print(verdict)
    raise SystemExit(0 if verdict.ok else 1)


@click.command()
@database_option
@_json_option
def rebuild(engine: Engine, as_json: bool) -> None:
    """Dựng lại mọi bảng từ các bản ghi / make every projection anew from the entries, in one transaction.

    With --json: {entries, cells, seconds}.
    """
    started = time.perf_counter()
    with progress("Dựng lại / rebuild") as tell, engine.begin() as connection:
        entries = rebuild_projections(connection, connection, PROJECTORS, PROJECTED, tell)
    clock = field_clock()
    with progress("Ô bao phủ / cells") as tell:
        cells = refresh_all(engine, clock, tell)
    seconds = round(time.perf_counter() - started, 3)
    if as_json:
        click.echo(json.dumps({"entries": entries, "cells": cells, "seconds": seconds}))
        return
    click.echo(f"{number(entries, 'vi')} bản ghi, {number(cells, 'vi')} ô bao phủ, {seconds:.1f} s")
    click.echo(f"{number(entries, 'en')} entries, {number(cells, 'en')} coverage cells, {seconds:.1f} s")


@click.command("replay-held")
@database_option
@_json_option
def replay_held(engine: Engine, as_json: bool) -> None:
    """Nhận lại các bản ghi đang giữ / accept what was held until this version could read it.

    With --json: {replayed}.
    """
    count = replay(engine, field_clock())
    click.echo(json.dumps({"replayed": count}) if as_json else f"{number(count, 'vi')} bản ghi / entries")


def _print(verdict: Verdict) -> None:
    for check in verdict.checks:
        _print_check(check)
    found = sum(check.found for check in verdict.checks)
    for lang in ("vi", "en"):
        key = "verdict.ok" if verdict.ok else "verdict.wrong"
        click.echo(messages().text(key, lang, found=number(found, lang)))


def _print_check(check: Findings) -> None:
    sign = "✗" if check.found else "✓"
    label = f"{check.label('vi')} / {check.label('en')}"
    click.echo(f"{sign} {label:<40} {number(check.checked, 'vi'):>12} {check.seconds:>8.1f} s")
    for difference in check.differences:
        click.echo(f"    {difference.message('vi')}\n      {difference.message('en')}")
    hidden = check.found - len(check.differences)
    for lang in ("vi", "en"):
        if hidden:
            click.echo("    " + messages().text("verdict.more", lang, count=number(hidden, lang)))
        if check.stale:
            click.echo("    " + messages().text("verdict.stale", lang, count=number(check.stale, lang)))


commands: list[click.Command] = [verify, rebuild, replay_held]

"""`tungnha redistribute --database`: every item of a province, straight from its books."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import Engine

from server.cli.options import field_clock, open_database, progress
from server.places.tree import Node, Tree
from shared.text.formats import number


def redistribute_database(
    url: str,
    province: str | None,
    as_of: datetime | None,
    changes: dict[str, Any],
    *,
    store: bool,
    as_json: bool,
) -> None:
    """Plan every item of a province; `changes` are those of the standard parameters.

    JSON: {province, as_of, sites: {id: name}, items: [plan]}, each plan as in docs/redistribution.md. With `store` the
    proposals replace those the pages show, and {province, as_of, items, failed, proposals, expired_nothing,
    expired_greedy, expired_plan, seconds} is printed instead.
    """
    clock = field_clock()
    day = as_of.date() if as_of else clock.today()
    engine = open_database(url)
    try:
        with engine.connect().execution_options(readonly=True) as connection:
            tree = Tree.load(connection, day)
        node = _province(tree, province)
        found = _stored(engine, node, day, changes) if store else _planned(engine, tree, node, day, changes)
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif store:
        click.echo(f"{node.name}, {day}: {number(found['proposals'], 'vi')} đề xuất / proposals")
    else:
        for plan in found["items"]:
            totals = plan["totals"]
            lost = (round(totals[name]["expected_wasted_doses"]) for name in ("do_nothing", "greedy", "plan"))
            words = " → ".join(number(doses, "vi") for doses in lost)
            click.echo(
                f"{plan['item']:<14} {words} liều mất / doses lost, {totals['vials_moved']} lọ / vials,"
                f" {totals['pairs']} cặp / pairs"
            )


def _planned(engine: Engine, tree: Tree, node: Node, day: date, changes: dict[str, Any]) -> dict[str, Any]:
    from server.redistribution.forecast import forecast
    from server.redistribution.ground import ground_of
    from server.redistribution.plan_json import plan_document
    from server.redistribution.running import STANDARD, weigh

    with engine.connect().execution_options(readonly=True) as connection:
        demand = forecast(connection, node.id, tree, day)
        ground = ground_of(connection, node.id, tree, day, demand)
    items = []
    with progress("Đề xuất / propose") as tell:
        for done, item in enumerate(ground.items, 1):
            items += [
                plan_document(each.plan) for each in weigh(ground, replace(STANDARD, **changes), [item])
            ]
            tell(done, len(ground.items))
    return {
        "province": node.code,
        "as_of": day.isoformat(),
        "sites": {site.id: site.name for site in ground.sites},
        "items": items,
    }


def _stored(engine: Engine, node: Node, day: date, changes: dict[str, Any]) -> dict[str, Any]:
    from server.redistribution.running import STANDARD, run_province

    with progress("Đề xuất / propose") as tell:
        found = run_province(
            engine, field_clock(), node.id, day, parameters=replace(STANDARD, **changes), between=tell
        )
    return {"province": node.code, "as_of": day.isoformat()} | found


def _province(tree: Tree, code: str | None) -> Node:
    provinces = tree.provinces()
    found = [node for node in provinces if code in (None, node.code)]
    if len(found) != 1:
        codes = ", ".join(sorted(node.code or "–" for node in provinces))
        raise click.BadParameter(
            f"cần mã một tỉnh trong số / one province's code of: {codes}", param_hint="--province"
        )
    return found[0]

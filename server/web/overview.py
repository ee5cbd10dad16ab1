"""The overview: a place against its goals, what needs attention, and the places below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.indicators.coverage import stale_villages
from server.indicators.standings import Standing, Standings, standings
from server.places.order import place_key
from server.places.tree import Node
from server.plans.goals import Goal, goals_of
from server.registers.queries import Reach, reach, recent_doses
from server.settings import current_settings
from server.stock.counts import held, newest_counts
from server.web import blueprint
from server.web.area import Area, area, connection, person_name, seen_place
from server.web.attention import attention
from server.web.figures import measures
from server.web.listing import Sorting
from server.web.texts import number, t, tenths
from shared.permissions import may_see

RECENT_DOSES = 20
COUNT_LINES = 6

_SITES = ("station", "team", "store", "school")


@blueprint.get("/")
@login_required
def overview() -> ResponseReturnValue:
    """The reader's own area: the one place assigned to them, or all of them together."""
    roots = area().roots
    if len(roots) == 1:
        return _place(roots[0])
    province = roots[0].province if roots else ""
    node = Node("", "area", t("overview.my_area"), "", None, None, province, None, None)
    return _overview(node, list(roots))


@blueprint.get("/places/<place_id>")
@login_required
def place(place_id: str) -> ResponseReturnValue:
    """A place: province and district with the places below, commune and village with people and stock."""
    return _place(seen_place(place_id))


def _place(node: Node) -> ResponseReturnValue:
    if node.level in ("province", "district"):
        below = "district" if node.level == "province" else "commune"
        tree = area().tree
        return _overview(node, tree.children(node.id, below) or tree.children(node.id, "commune"))
    if node.level in _SITES and node.parent in area().visible:
        return redirect(url_for("web.place", place_id=node.parent))
    return _commune(node)


def figure_url(place_id: str, goal: Goal, measure: str) -> str:
    """The address of the people behind a figure."""
    return url_for("web.figure", place_id=place_id, goal_key=goal.key, measure=measure)


def pace_words(last_7_days: int) -> str:
    """Doses a day over the last 7 days: whole from ten on, one decimal below."""
    return number(last_7_days // 7) if last_7_days >= 70 else tenths(last_7_days, 7)


def _overview(node: Node, children: Sequence[Node]) -> str:
    seen, today = area(), current_settings().clock.today()
    wanted = goals_of(connection(), node.province)
    communes = [c for p in children for c in _communes(seen, p)]
    places = {p.id: (p.name, seen.tree.villages(p.id)) for p in (*children, *communes)}
    table = standings(connection(), wanted, places, today)
    sites = _sites(seen, node, children)
    return render_template(
        "overview.html",
        **_frame(seen, node, wanted, table.only({p.id for p in children}), {}),
        attention=attention(seen, children, table.only({c.id for c in communes}).rows, wanted, sites),
        counts=newest_counts(connection(), sites, COUNT_LINES),
        stock_shown=may_see(reader().role, "stock"),
    )


def _communes(seen: Area, place: Node) -> list[Node]:
    """What “Cần chú ý” compares: communes, or the villages of a reader who answers for single villages."""
    return [place] if place.level in ("commune", "village") else list(seen.tree.below(place.id, "commune"))


def _commune(node: Node) -> str:
    seen, today = area(), current_settings().clock.today()
    tree = seen.tree
    wanted = goals_of(connection(), node.province)
    villages = [v for v in tree.villages(node.id) if v in seen.visible]
    table = standings(connection(), wanted, {v: (tree.name(v), [v]) for v in villages}, today)
    inside = (node, *tree.children(node.id))
    sites = [p.id for p in inside if p.level in _SITES and p.id in seen.visible]
    households = reach(connection(), villages)
    stock_shown = may_see(reader().role, "stock")
    return render_template(
        "commune.html",
        **_frame(seen, node, wanted, table, households),
        reach=households,
        doses=recent_doses(connection(), villages, RECENT_DOSES),
        held=held(connection(), sites) if stock_shown else [],
        counts=newest_counts(connection(), sites, COUNT_LINES) if stock_shown else [],
        person_name=person_name,
        measures=measures,
        stock_shown=stock_shown,
    )


def _sites(seen: Area, node: Node, children: Sequence[Node]) -> list[str]:
    """Visible sites under the place (a virtual place of all roots has no id of its own)."""
    if not may_see(reader().role, "stock"):
        return []
    above = [node.id] if node.id else [child.id for child in children]
    return [
        p.id for root in above for p in seen.tree.below(root) if p.level in _SITES and p.id in seen.visible
    ]


def _frame(
    seen: Area, node: Node, wanted: Sequence[Goal], table: Standings, households: Mapping[str, Reach]
) -> dict[str, object]:
    """What both pages show of a place: its path, goals, rows in the order asked for, and how fresh they are."""
    keys = _sort_keys(len(wanted))
    if households:
        keys["never"] = lambda row: households[row.place_id].never if row.place_id in households else None
    sorting = Sorting.from_address(keys, "name")
    villages = [v for row in table.rows for v in seen.tree.villages(row.place_id)]
    stale = stale_villages(connection(), villages)
    words: dict[str, object] = {
        "place": node,
        "path": seen.path(node.id) if node.id else [],
        "goals": wanted,
        "rows": sorting.apply(table.rows, keys),
        "total": table.total,
        "sorting": sorting,
        "stale": len(stale),
        "figure_url": figure_url,
        "pace": pace_words,
        "place_name": seen.tree.name,
    }
    if stale and table.computed_at:
        words["as_of"] = table.computed_at
    return words


def _sort_keys(goals_count: int) -> dict[str, Callable[[Standing], Any]]:
    keys: dict[str, Callable[[Standing], Any]] = {
        "name": lambda row: place_key(row.name),
        "people": lambda row: row.people,
        "to_go": lambda row: row.to_go,
    }
    for g in range(goals_count):
        keys[f"goal{g + 1}"] = _share(g)
    return keys


def _share(g: int) -> Callable[[Standing], float | None]:
    def share(row: Standing) -> float | None:
        figures = row.figures[g]
        return figures.covered / figures.due if figures.due else None

    return share

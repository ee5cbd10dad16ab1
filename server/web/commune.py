"""A commune or village: its goals, its villages, outreach, doses of late, stock and counts."""

from __future__ import annotations

from flask import render_template

from server.accounts.session import reader
from server.indicators.outreach import Outreach
from server.places.tree import Node
from server.registers.queries import recent_doses
from server.stock.counts import held, newest_counts
from server.web.area import connection, person_name
from server.web.choices import Choice
from server.web.figures import measures
from server.web.maps import mapped
from server.web.reported import reported
from server.web.standing import outreach_below, stand, words
from shared.permissions import may_see
from shared.records.place import DOSE_SITES

RECENT_DOSES = 20
COUNT_LINES = 6


def station_of(chosen: Choice, node: Node) -> Node:
    """The place a site belongs to, where the reader sees it: a station has no page of its own."""
    above = chosen.tree.get(node.parent)
    return above if node.level in DOSE_SITES and above is not None and chosen.holds(above.id) else node


def commune_page(chosen: Choice, node: Node) -> str:
    """The page of a commune, a village, or a site with the villages it serves."""
    tree = chosen.tree
    villages = chosen.villages(node.id)
    stood = stand(chosen, node, [tree.nodes[village] for village in villages])
    outreach = outreach_below(chosen, [tree.nodes[village] for village in villages])
    stock_shown = may_see(reader().role, "stock")
    inside = [p.id for p in (node, *tree.children(node.id))]
    sites = [p for p in inside if tree.nodes[p].level in DOSE_SITES and p in chosen.seen.visible]
    return render_template(
        "commune.html",
        **words(stood, stood.table, outreach),
        reached=sum(outreach.values(), Outreach()),
        mapped=stood.table.rows if mapped(chosen, node) else (),
        doses=recent_doses(connection(), villages, RECENT_DOSES),
        held=held(connection(), sites) if stock_shown else [],
        counts=newest_counts(connection(), sites, COUNT_LINES) if stock_shown else [],
        person_name=person_name,
        measures=measures,
        stock_shown=stock_shown,
        reports=reported(chosen, [node.id], waiting=False) if node.level == "commune" else None,
    )

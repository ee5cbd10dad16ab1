"""What the pages of stock books share: sites in sight, who keeps one, days from the address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask import request

from server.accounts.session import reader
from server.places.order import place_key
from server.places.tree import Node
from server.settings import current_settings
from server.web.area import area, seen_place
from shared.faults import Refused, fault
from shared.permissions import DISTRICT_REVIEWER, MOBILE_TEAM, PROVINCIAL_MANAGER, STATION
from shared.records import may_author

SITE_LEVELS = ("station", "team", "store")

#: Levels of the sites a role keeps the books of, on pages; a station's phone is the usual place for its own.
_KEPT_BY = {
    STATION: ("station", "team"),
    MOBILE_TEAM: ("team",),
    DISTRICT_REVIEWER: ("store",),
    PROVINCIAL_MANAGER: ("store",),
}

#: Days a card or report covers unless the address says otherwise.
USUAL_DAYS = 90


def seen_site(site_id: str) -> Node:
    """The site, when the reader may see it and it holds stock; otherwise it does not exist for them (404)."""
    node = seen_place(site_id)
    if node.level not in SITE_LEVELS:
        raise Refused(fault("scope.hidden"))
    return node


def keeps(site: Node) -> bool:
    """Whether the reader writes in this site's book."""
    role = reader().role
    return may_author(role, "stock_movement") and site.level in _KEPT_BY.get(role, ())


def kept_site(site_id: str) -> Node:
    """The site, when the reader keeps its book. Raises Refused (`scope.hidden`, `permission.denied`)."""
    site = seen_site(site_id)
    if not keeps(site):
        raise Refused(fault("permission.denied"))
    return site


def stores_in_sight() -> list[str]:
    """Stores among the reader's sites: they use up what they issue."""
    seen = area()
    return [site for site in seen.sites() if seen.tree.nodes[site].level == "store"]


def named_sites(places: Iterable[str]) -> list[tuple[str, str]]:
    """(id, name with the places above), stores first, then in the order of places."""
    tree = area().tree
    ordered = sorted(places, key=lambda p: (tree.nodes[p].level != "store", place_key(tree.name(p)), p))
    return [(p, ", ".join(filter(None, (tree.name(p), area().where(p))))) for p in ordered]


def days_asked(usual: int = USUAL_DAYS) -> tuple[date, date]:
    """(first, last) from the address: `usual` days up to today unless it says so; turned round when they are."""
    today = current_settings().clock.today()
    last = _day("to") or today
    first = _day("from") or last - timedelta(days=usual)
    return min(first, last), max(first, last)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None

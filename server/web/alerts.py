"""What of the stock needs somebody: one list, the most pressing first, each with where one acts."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language
from server.alerts.gathering import alerts
from server.alerts.naming import Names
from server.indicators.refreshing import counted_state
from server.places.order import place_key
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.frame import counted_tabs
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.texts import on_both_sides
from shared.rules.alerts import KINDS, TONES, Alert
from shared.text.folding import sort_key

#: Kinds that a transfer, and kinds that a lot is about; what is about people is put right by sending vaccine.
_OF_TRANSFERS = frozenset({"disputed", "unconfirmed", "undispatched", "lapsed"})
_OF_LOTS = frozenset({"hold", "expiry_unknown"})

#: What stands beside other pages may be so many seconds old; a worker remembers it for so many areas.
LATELY_S = 60
MOST_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Line:
    """A row: the alert as a sentence, its site, the places above, its district, its item, and where one acts."""

    alert: Alert
    rank: int
    words: str
    site: str
    where: str
    district: str | None
    item: str
    href: str


@blueprint.get("/stock/alerts")
@login_required
def alert_list() -> ResponseReturnValue:
    """The list, narrowed by kind, tone, district and item from the address; counts are over what the others leave."""
    require("stock")
    lines = _lines()
    asked = {name: request.args.get(name, "") for name in ("kind", "tone", "district", "item")}
    here = [
        line
        for line in lines
        if (not asked["district"] or line.district == asked["district"])
        and (not asked["item"] or line.alert.item == asked["item"])
        and (not asked["tone"] or line.alert.tone == asked["tone"])
    ]
    shown = [line for line in here if not asked["kind"] or line.alert.kind == asked["kind"]]
    counts = Counter(line.alert.kind for line in here)
    sorting, paging = Sorting.from_address(_KEYS, "rank"), Paging.from_address(len(shown))
    return render_template(
        "alerts.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={kind: counts[kind] for kind in KINDS if counts[kind] or kind == asked["kind"]},
        everything=len(here),
        tones=TONES,
        alert_kind=lambda kind: on_both_sides(f"alert.kind.{kind}"),
        districts=_districts(lines),
        items=sorted(
            {(i, line.item) for line in lines if (i := line.alert.item)}, key=lambda p: sort_key(p[1])
        ),
        **asked,
        today=current_settings().clock.today(),
        sorting=sorting,
        **paging.words(),
    )


def found_alerts() -> Sequence[Alert]:
    """The alerts of the reader's sites; kept until stock moves or people are counted again."""
    seen, today = area(), current_settings().clock.today()
    if "counted" not in g:
        g.counted = counted_state(connection())

    def gather() -> tuple[Alert, ...]:
        return tuple(alerts(connection(), seen.tree, seen.sites(), today))

    found = kept_stock(("alerts", g.counted), gather)
    _remember(seen.visible, today, found)
    return found


def lately() -> Sequence[Alert]:
    """The same, up to a minute old: for what stands beside every page and must cost nothing."""
    seen, today = area(), current_settings().clock.today()
    known = _remembered().get((seen.visible, today))
    if known and time.monotonic() - known[0] < LATELY_S:
        return known[1]
    return found_alerts()


def pressing() -> int:
    """How many alerts ask for something today."""
    return sum(alert.tone == "late" for alert in lately())


counted_tabs["web.alert_list"] = pressing


def action(alert: Alert) -> str:
    """The address of the page on which one acts on an alert."""
    if alert.kind in _OF_TRANSFERS:
        return url_for("web.transfer_page", transfer_id=alert.about)
    if alert.kind == "commitment":
        return url_for("web.commitment", allocation_id=alert.about)
    if alert.kind == "stock_out":
        return url_for("web.vaccine_need", place=_above(alert.site))
    if alert.kind in _OF_LOTS:
        return url_for("web.stock_lot", lot_id=alert.lot)
    return url_for("web.stock_site", site_id=alert.site)


def _remembered() -> OrderedDict[tuple[frozenset[str], date], tuple[float, Sequence[Alert]]]:
    found: OrderedDict[tuple[frozenset[str], date], tuple[float, Sequence[Alert]]]
    found = current_app.extensions.setdefault("tungnha.alerts", OrderedDict())
    return found


def _remember(visible: frozenset[str], today: date, found: Sequence[Alert]) -> None:
    kept = _remembered()
    kept[visible, today] = time.monotonic(), found
    kept.move_to_end((visible, today))
    while len(kept) > MOST_REMEMBERED:
        kept.popitem(last=False)


def _above(site: str) -> str:
    """The place whose need a site serves, when the reader sees it."""
    seen = area()
    parent = seen.tree.nodes[site].parent
    return parent if parent and parent in seen.visible else site


def _lines() -> list[Line]:
    seen, today = area(), current_settings().clock.today()
    found = found_alerts()
    names = Names.of(connection(), seen.tree, found)
    lines = []
    for rank, alert in enumerate(found):
        district = seen.tree.up(alert.site, "district")
        lines.append(
            Line(
                alert,
                rank,
                names.say(alert, today, language()),
                seen.tree.name(alert.site),
                seen.where(alert.site),
                district.id if district else None,
                names.item(alert, language()),
                action(alert),
            )
        )
    return lines


_KEYS: dict[str, Callable[[Line], Any]] = {
    "rank": lambda line: line.rank,
    "kind": lambda line: (KINDS.index(line.alert.kind), line.rank),
    "site": lambda line: (place_key(line.where), place_key(line.site), line.rank),
    "day": lambda line: line.alert.day,
}


def _districts(lines: Sequence[Line]) -> list[tuple[str, str]]:
    ids = {line.district for line in lines if line.district}
    return sorted(((id_, area().tree.name(id_)) for id_ in ids), key=lambda pair: place_key(pair[1]))

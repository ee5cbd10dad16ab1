"""“Cần chú ý”: the slowest communes, silent phones and lots about to be lost, each with its next step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import url_for

from server.accounts.fleet import SILENT_AFTER_DAYS, fleet
from server.accounts.session import reader
from server.indicators.progress import Progress
from server.indicators.standings import Standing
from server.places.tree import Node, Tree
from server.plans.goals import Goal
from server.settings import current_settings
from server.stock.expiring import expiring_stock
from server.web.area import Area, connection
from server.web.texts import day, days_left, dose_type, in_language, number, percent_of, t
from shared.permissions import may_see

SLOW_COMMUNES = 3

SOON = ("expired", "within_7")


@dataclass(frozen=True, slots=True)
class Item:
    """Something that needs someone: what, how grave (a chip's tone), words, detail, and where to go."""

    kind: str
    tone: str
    words: str
    detail: str
    href: str


def attention(
    seen: Area,
    places: Sequence[Node],
    communes: Sequence[Standing],
    goals: Sequence[Goal],
    sites: Collection[str],
) -> list[Item]:
    """What needs attention under these places, whose communes stand as given."""
    slow = sorted(communes, key=_shortfall, reverse=True)
    found = [_slow(seen.tree, row, goals) for row in slow[:SLOW_COMMUNES] if _shortfall(row)]
    role = reader().role
    if may_see(role, "devices"):
        found += _silent_phones(seen, places)
    if may_see(role, "stock"):
        found += _expiring_lots(seen, sites)
    return found


def _shortfall(row: Standing) -> int:
    return sum(_missing(progress) for progress in row.progress)


def _missing(progress: Progress) -> int:
    return progress.shortfall if progress.state in ("late", "behind") else 0


def _slow(tree: Tree, row: Standing, goals: Sequence[Goal]) -> Item:
    worst = max(range(len(goals)), key=lambda g: _missing(row.progress[g]))
    progress, goal = row.progress[worst], goals[worst]
    return Item(
        "slow" if tree.nodes[row.place_id].level == "commune" else "slow_village",
        "late" if progress.state == "late" else "warn",
        t(
            "attention.slow",
            place=row.name,
            percent=percent_of(progress.covered, progress.due),
            dose=dose_type(goal.dose_type),
        ),
        t("attention.slow_detail", shortfall=number(progress.shortfall), day=day(goal.due_on)),
        url_for("web.place", place_id=row.place_id),
    )


def _silent_phones(seen: Area, places: Sequence[Node]) -> list[Item]:
    inside = {n.id for p in places for n in (p, *seen.tree.below(p.id))} & seen.visible
    phones = fleet(connection(), inside, current_settings().clock.now())
    silent = [phone for phone in phones if phone.state == "silent"]
    if not silent:
        return []
    longest = silent[0]
    return [
        Item(
            "silent",
            "warn",
            t("attention.silent", count=number(len(silent)), days=number(SILENT_AFTER_DAYS)),
            t(
                "attention.silent_detail",
                user=longest.full_name,
                place=seen.tree.name(longest.place_id),
                longest=number(longest.silent_days),
            ),
            url_for("web.devices_list", state="silent"),
        )
    ]


def _expiring_lots(seen: Area, sites: Collection[str]) -> list[Item]:
    rows = expiring_stock(connection(), sites, current_settings().clock.today())
    soon = [row for row in rows if row.bucket in SOON and (row.doses or 0) > 0]
    if not soon:
        return []
    most = max(soon, key=lambda row: row.doses or 0)
    return [
        Item(
            "lot",
            "late",
            t("attention.lot", doses=number(sum(row.doses or 0 for row in soon))),
            t(
                "attention.lot_detail",
                item=in_language(most, "item_name"),
                lot=most.lot_number,
                site=seen.tree.name(most.site_id),
                left=days_left(most.days_left),
            ),
            url_for("web.stock_expiring", bucket=",".join(SOON)),
        )
    ]

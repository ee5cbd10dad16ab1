"""“Cần chú ý”: slow communes, shortages, silent phones, lots soon lost, late reports, each with its next step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import url_for

from server.accounts.fleet import SILENT_AFTER_DAYS, silence
from server.accounts.session import language, reader
from server.affairs.matters import matters
from server.alerts.naming import Names
from server.indicators.progress import Progress
from server.indicators.standings import Standing
from server.places.tree import Node
from server.plans.goals import Goal
from server.reports.late_units import late_with_report
from server.settings import current_settings
from server.stock.soon import soonest
from server.web.alerts import lately
from server.web.area import Area, connection
from server.web.choices import Choice
from server.web.standing import Stood
from server.web.texts import day, days_left, dose_type, in_language, number, on_both_sides, percent_of, t
from shared.permissions import may_see
from shared.rules.alerts import concerning
from shared.text import formats

SLOW_COMMUNES = 3

#: Tones of an item, the gravest first.
GRAVEST = ("late", "warn")

#: Stock that is lost within these days (or was) needs someone; the buckets are those of the stock page.
SOON_DAYS = 7
OF_LOTS = frozenset({"expired", "expiring"})
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
    chosen: Choice,
    stood: Stood,
    communes: Sequence[Node],
    inside: Collection[str],
    sites: Collection[str],
) -> list[Item]:
    """What needs attention, the gravest first: slow ones of these communes, as they stand on the chosen day, and
    what is the matter today at the places inside and the sites among them.
    """
    compared = stood.table.only({commune.id for commune in communes}).rows
    slow = sorted(compared, key=_shortfall, reverse=True)
    found = [_slow(chosen, row, stood.goals) for row in slow[:SLOW_COMMUNES] if _shortfall(row)]
    seen, role = chosen.seen, reader().role
    found += _shortages(seen, inside)
    if may_see(role, "devices"):
        found += _silent_phones(seen, inside)
    if may_see(role, "stock"):
        found += _expiring_lots(seen, sites)
        found += _stock_alerts(seen, sites)
    found += _late_reports(seen, [p for p in inside if seen.tree.nodes[p].level == "commune"])
    return sorted(found, key=lambda item: GRAVEST.index(item.tone))


def _shortfall(row: Standing) -> int:
    return sum(_missing(progress) for progress in row.progress)


def _missing(progress: Progress) -> int:
    return progress.shortfall if progress.state in ("late", "behind") else 0


def _slow(chosen: Choice, row: Standing, goals: Sequence[Goal]) -> Item:
    worst = max(range(len(goals)), key=lambda g: _missing(row.progress[g]))
    progress, goal = row.progress[worst], goals[worst]
    return Item(
        "slow" if chosen.tree.nodes[row.place_id].level == "commune" else "slow_village",
        "late" if progress.state == "late" else "warn",
        t(
            "attention.slow",
            place=row.name,
            percent=percent_of(progress.covered, progress.due),
            dose=dose_type(goal.dose_type),
        ),
        t("attention.slow_detail", shortfall=number(progress.shortfall), day=day(goal.due_on)),
        chosen.place_url(row.place_id),
    )


def _shortages(seen: Area, inside: Collection[str]) -> list[Item]:
    waiting = [told for told in matters(connection(), "staff_shortage", inside) if not told.closed]
    if not waiting:
        return []
    now = current_settings().clock.now()
    longest = max(waiting, key=lambda told: told.minutes(now))
    unanswered = sum(not told.answers for told in waiting)
    return [
        Item(
            "shortage",
            "late" if unanswered else "warn",
            t("attention.shortage", count=number(len(waiting)), unanswered=number(unanswered)),
            t(
                "attention.shortage_detail",
                place=seen.tree.name(longest.place_id),
                elapsed=formats.elapsed(longest.minutes(now), language()),
            ),
            url_for("web.shortages"),
        )
    ]


def _late_reports(seen: Area, communes: Collection[str]) -> list[Item]:
    late = late_with_report(connection(), communes, current_settings().clock.today())
    if not late:
        return []
    longest = max(late, key=lambda unit: unit.days)
    return [
        Item(
            "report",
            "warn",
            t("attention.report", count=number(len(late))),
            t(
                "attention.report_detail",
                place=seen.tree.name(longest.place_id),
                days=number(longest.days),
            ),
            url_for("web.reminders", about="report"),
        )
    ]


def _silent_phones(seen: Area, inside: Collection[str]) -> list[Item]:
    silent = silence(connection(), inside, current_settings().clock.now())
    if silent is None:
        return []
    return [
        Item(
            "silent",
            "warn",
            t("attention.silent", count=number(silent.count), days=number(SILENT_AFTER_DAYS)),
            t(
                "attention.silent_detail",
                user=silent.full_name,
                place=seen.tree.name(silent.place_id),
                longest=number(silent.days),
            ),
            url_for("web.devices_list", state="silent"),
        )
    ]


def _expiring_lots(seen: Area, sites: Collection[str]) -> list[Item]:
    soon = soonest(connection(), sites, current_settings().clock.today(), SOON_DAYS)
    if soon is None:
        return []
    return [
        Item(
            "lot",
            "late",
            t("attention.lot", doses=number(soon.doses)),
            t(
                "attention.lot_detail",
                item=in_language(soon, "item_name"),
                lot=soon.lot_number,
                site=seen.tree.name(soon.site_id),
                left=days_left(soon.days_left),
            ),
            url_for("web.stock_expiring", bucket=",".join(SOON)),
        )
    ]


def _stock_alerts(seen: Area, sites: Collection[str]) -> list[Item]:
    """One line a kind of pressing alerts at these sites; lots that expire have a line of their own."""
    today = current_settings().clock.today()
    here = [a for a in concerning(lately(), set(sites)) if a.tone == "late" and a.kind not in OF_LOTS]
    first = {kind: [a for a in here if a.kind == kind] for kind in dict.fromkeys(a.kind for a in here)}
    names = Names.of(connection(), seen.tree, [found[0] for found in first.values()])
    return [
        Item(
            "stock",
            "late",
            t("attention.stock", what=on_both_sides(f"alert.kind.{kind}"), count=number(len(found))),
            t(
                "attention.stock_detail",
                site=seen.tree.name(found[0].site),
                words=names.say(found[0], today, language()),
            ),
            url_for("web.alert_list", kind=kind, tone="late"),
        )
        for kind, found in first.items()
    ]

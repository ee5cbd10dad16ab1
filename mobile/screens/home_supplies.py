"""The home screen's supplies and figures: goods on the way, lots to use first, targets, how the phone is synced."""

from __future__ import annotations

from datetime import datetime

from kivy.uix.widget import Widget

from mobile.phone import Phone
from mobile.screens.describe import age_group_name, dose_name, expiry_sign, holding_line, lot_name
from mobile.screens.stock_words import alert_line, alert_sign
from mobile.store import alerts, plans, stock, transfers
from mobile.store.plans import TargetProgress
from mobile.theme import theme
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Card, Section
from mobile.widgets.today import GoalLine
from mobile.words import words
from shared.clock import VIETNAM

#: Lots that stand on the home screen; the stock screen has them all.
FIRST_LOTS = 3


def arriving(phone: Phone, site: str) -> list[Widget]:
    """Goods on their way here that somebody is to confirm, and goods that are to leave."""
    rows: list[Widget] = []
    moving = transfers.transfers(phone.store, site)
    for key, found in (
        ("home.arriving", [each for each in moving if transfers.waits_here(each, site)]),
        ("home.leaving", [each for each in moving if transfers.may_be_sent(each, site)]),
    ):
        if found:
            row = Row(
                icon="truck-delivery-outline",
                icon_tone="brand",
                title=words.counted(key, len(found)),
                line=words.t(f"{key}_do"),
            )
            row.bind(on_release=lambda _: phone.nav.go("transfers", site=site))
            rows.append(row)
    return rows


def needing(phone: Phone, site: str) -> list[Widget]:
    """What of the stock needs somebody: how much, and the first thing."""
    found = alerts.alerts(phone.store, site)
    if not found:
        return []
    icon, tone = alert_sign(found[0])
    row = Row(
        icon=icon,
        icon_tone=tone,
        title=words.counted("home.alerts", len(found)),
        line=alert_line(phone.store, found[0]),
    )
    row.bind(on_release=lambda _: phone.nav.go("alerts", site=site))
    return [row]


def lots(phone: Phone, site: str) -> list[Widget]:
    """The lots to use first, and the way to all of them."""
    held = stock.holdings(phone.store, site)
    rows: list[Widget] = [
        Section(text=words.t("home.lots"), aside=words.t("home.lots_aside") if held else "")
    ]
    for holding in [each for each in held if stock.usable(each)][:FIRST_LOTS]:
        sign = expiry_sign(holding)
        rows.append(
            Row(
                title=f"{lot_name(holding.lot)}\N{NO-BREAK SPACE}· {holding.lot.lot_number}",
                line=holding_line(holding),
                chip=sign.text,
                chip_icon=sign.icon,
                chip_tone=sign.tone,
                stacked=theme.large or len(sign.text) > 13,
            )
        )
    expired = sum(holding.bucket == "expired" for holding in held)
    rows.append(
        Row(
            icon="clipboard-list-outline",
            title=words.t("home.stock"),
            line=words.t("home.stock_line", count=words.number(len(held))),
            chip=words.counted("home.expired", expired) if expired else "",
            chip_icon="alert-outline",
            chip_tone="late",
            stacked=theme.large,
        )
    )
    for row in rows[1:]:
        row.bind(on_release=lambda _: phone.nav.go("stock", site=site))
    return rows


def targets(phone: Phone) -> list[Widget]:
    """The plan's goals and how far my villages are."""
    goals = plans.targets(phone.store)
    if not goals:
        return []
    card = Card(spacing=theme.s16)
    for goal in goals:
        card.add_widget(goal_line(goal))
    return [Section(text=words.t("home.targets")), card]


def goal_line(goal: TargetProgress) -> GoalLine:
    """How far my villages are with a goal."""
    counted = words.t("home.covered", covered=words.number(goal.covered), due=words.number(goal.due))
    by = words.t("home.by", day=f"{goal.due_on:%d/%m}", left=words.days_left(goal.days_left))
    missing = goal.due - goal.covered
    left = words.t("home.to_go", count=words.number(missing)) if missing else ""
    return GoalLine(
        title=f"{dose_name(goal.dose_type)} · {age_group_name(goal.age_group)}",
        day=" · ".join(filter(None, (counted, left, by))),
        late=goal.days_left < 0 and missing > 0,
        share=words.percent(goal.share),
        value=goal.share or 0,
    )


def synced(phone: Phone) -> Row:
    """What is unsent, and when the phone last heard from the server."""
    state = phone.outbox()
    if state.unsent:
        icon, title = "cloud-upload-outline", words.counted("home.unsent", state.unsent)
    elif state.complete or not state.total:
        icon, title = "cloud-check-outline", words.t("home.all_sent")
    else:  # only a receipt that matches says that everything is there (L2)
        icon, title = "cloud-alert", words.t("home.not_confirmed")
    row = Row(
        icon=icon,
        icon_tone="brand" if state.unsent else "muted",
        title=title,
        line=words.t("home.synced", when=words.moment(state.last_sync_at)),
    )
    row.bind(on_release=lambda _: phone.nav.go("outbox"))
    return row


def days_old(phone: Phone) -> int:
    """Days since the phone last heard from the server; 0 on the same day, or when it never did."""
    last = phone.outbox().last_sync_at
    if not last:
        return 0
    return (phone.clock.today() - datetime.fromisoformat(last).astimezone(VIETNAM).date()).days

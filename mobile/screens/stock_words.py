"""How stock, its limits, transfers, commitments and alerts are put in words; nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.uix.widget import Widget

from mobile.forms.asked import asked
from mobile.screens.describe import Sign, lot_name, reason_options, unit_name
from mobile.store import commitments, places, stock, transfers
from mobile.store.movements import MovementRow
from mobile.store.risk import ItemStock
from mobile.store.stock import HoldingRow, LotRow
from mobile.store.store import Store
from mobile.store.transfers import TransferRow
from mobile.widgets.choices import Segments
from mobile.widgets.surfaces import Section
from mobile.words import words
from shared.rules.alerts import Alert
from shared.rules.expiry import Term
from shared.text.alert_words import Named, sentence
from shared.text.formats import NOTHING

#: The sign of each stage of a transfer.
STAGE_SIGNS = {
    "disputed": ("scale-balance", "late"),
    "unconfirmed": ("alert-outline", "warn"),
    "partly": ("truck-delivery-outline", "warn"),
    "dispatched": ("truck-outline", "brand"),
    "lapsed": ("clock-outline", "warn"),
    "proposed": ("clock-outline", "muted"),
    "approved": ("check", "brand"),
    "closed": ("truck-check-outline", "good"),
    "rejected": ("cancel", "muted"),
    "cancelled": ("cancel", "muted"),
}

COMMITMENT_SIGNS = {
    "broken": ("alert-outline", "late"),
    "behind": ("calendar-alert", "warn"),
    "recalled": ("undo-variant", "late"),
    "kept": ("check", "good"),
    "waiting": ("clock-outline", "muted"),
    "recovered": ("undo-variant", "muted"),
    "closed": ("check-circle-outline", "good"),
    "withdrawn": ("cancel", "muted"),
}

ALERT_ICONS = {
    "stock_out": "needle",
    "negative": "scale-balance",
    "vvm": "alert-outline",
    "expired": "calendar-alert",
    "hold": "cancel",
    "disputed": "scale-balance",
    "commitment": "handshake-outline",
    "unconfirmed": "truck-delivery-outline",
    "undispatched": "truck-outline",
    "lapsed": "clock-outline",
    "expiring": "calendar-clock",
    "at_risk": "calendar-alert",
    "below_least": "shield-alert-outline",
    "expiry_unknown": "calendar-alert",
}


def amount(lot: LotRow, count: int) -> str:
    """174 liều, or 40 hộp of what has no doses."""
    if lot.doses_per_vial is None:
        return f"{words.number(count)} {unit_name(lot)}"
    return words.counted("count.doses", count)


def vials_of(lot: LotRow, vials: int) -> str:
    """29 lọ."""
    return f"{words.number(vials)} {unit_name(lot)}"


def signed(count: int) -> str:
    """+5 or −5."""
    return f"{'+' if count > 0 else '−' if count < 0 else ''}{words.number(abs(count))}"


def risk_line(item: ItemStock) -> str:
    """Whether what is usable will be used in time."""
    if not item.usable:
        return words.t("stock.none_usable")
    if not item.at_risk:
        return words.t("stock.in_time")
    in_time = amount(item.lot, item.usable - item.at_risk)
    return words.t("stock.risk", in_time=in_time, at_risk=amount(item.lot, item.at_risk))


def demand_line(item: ItemStock) -> str:
    """What the forecast comes from."""
    used = words.t("stock.used", used=amount(item.lot, item.used))
    if item.due is None:
        return used
    return f"{used} · {words.counted('stock.due', item.due)}"


def term_line(term: Term) -> str:
    """Hạn in trên nhãn: 31/08/2022."""
    said = words.t(f"stock.term_{term.name}", day=words.day(term.last_day))
    return f"{said} ({term.source})" if term.source else said


def why_not_line(holding: HoldingRow) -> str:
    """Why a holding is not counted as usable, or nothing."""
    why = stock.why_not(holding)
    return words.t(f"stock.why_{why}", document=holding.lot.hold or "") if why else ""


def reason_of(row: MovementRow) -> str:
    """Why a movement happened; a reversal says that it is one."""
    said = words.option("stock_movement", "reason", row.reason)
    return words.t("stock.reversal_of", reason=said) if row.reversal else said


def movement_amount(row: MovementRow, lot: LotRow) -> str:
    """−2 lọ, −7 liều."""
    parts = [f"{signed(row.vials)} {unit_name(lot)}"] if row.vials or not row.doses else []
    if row.doses:
        parts.append(words.t("stock.doses_moved", count=signed(row.doses)))
    return " · ".join(parts)


def stage_sign(row: TransferRow) -> Sign:
    """Where a transfer stands."""
    return Sign(words.t(f"transfer.stage_{row.stage}"), *STAGE_SIGNS[row.stage])


def goods_line(row: TransferRow) -> str:
    """Pfizer: 12 lọ, AstraZeneca: 3 lọ."""
    sums: dict[str, tuple[LotRow, int]] = {}
    for line in row.lines:
        if line.lot is not None:
            standing = line.standing
            vials = standing.in_transit or standing.dispatched or standing.ordered
            known = sums.get(line.lot.item_id, (line.lot, 0))
            sums[line.lot.item_id] = (line.lot, known[1] + vials)
    return ", ".join(f"{lot_name(lot)}: {vials_of(lot, vials)}" for lot, vials in sums.values()) or "–"


def commitment_sign(row: commitments.CommitmentRow) -> Sign:
    """How a commitment is kept."""
    return Sign(words.t(f"commitment.{row.state}"), *COMMITMENT_SIGNS[row.state])


def by_language(vi: str, en: str) -> str:
    """A name of the catalogue in the language of the worker."""
    return en if words.lang == "en" else vi


def alert_sign(alert: Alert) -> tuple[str, str]:
    """(icon, tone) of an alert."""
    return ALERT_ICONS[alert.kind], alert.tone


def alert_title(alert: Alert) -> str:
    """What is the matter, in a few words."""
    return words.t(f"alert.kind.{alert.kind}")


def alert_line(store: Store, alert: Alert) -> str:
    """The same sentence as on pages and in mails."""
    lot = stock.lot(store, alert.lot) if alert.lot else None
    item = alert.item or (lot.item_id if lot else None)
    named = stock.item_named(store, item) if item else None
    other = places.name(store, alert.other) if alert.other else NOTHING
    called = Named(other=other, lot=lot.lot_number if lot else NOTHING)
    if named is not None:
        called = Named(
            by_language(named.name_vi, named.name_en),
            called.lot,
            other,
            by_language(named.unit_vi, named.unit_en),
            named.dosed,
        )
    return sentence(alert, called, store.clock.today(), words.lang, words.t)


def shortest(store: Store, site: str, holding: HoldingRow) -> list[HoldingRow]:
    """The usable stock of an item at a site."""
    return [
        each
        for each in stock.holdings(store, site)
        if each.lot.item_id == holding.lot.item_id and each.vials > 0 and stock.why_not(each) is None
    ]


def why_not_first(page: Any, chosen: str, today: Any, when_pick: Callable[[str], None]) -> list[Widget]:
    """Asks why not the shortest-dated lot (R009); answers what was added to the page."""
    added: list[Widget] = [
        Section(text=asked("stock_movement", "fefo_code", words.lang).label),
        Segments(
            columns=1,
            options=[(code, said, "") for code, said in reason_options("fefo_override", today)],
            chosen=[chosen] if chosen else [],
            when_pick=when_pick,
        ),
    ]
    page.add(*added)
    return added


def days_of(holding: HoldingRow) -> dict[str, str]:
    """The days that tell a holding, as a body has them."""
    days: Mapping[str, Any] = {"thawed_on": holding.thawed_on, "opened_on": holding.opened_on}
    return {name: day.isoformat() for name, day in days.items() if day}


def may_send(rows: Sequence[TransferRow], site: str) -> int:
    """How many transfers wait for this site to send or to receive."""
    return sum(transfers.may_be_sent(row, site) or transfers.waits_here(row, site) for row in rows)

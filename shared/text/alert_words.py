"""An alert in words, the same on pages, in mails and on phones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.rules.alerts import Alert
from shared.text import formats

#: Kinds that count vials of several items together.
_OF_TRANSFERS = frozenset({"disputed", "unconfirmed", "undispatched", "lapsed"})


@dataclass(frozen=True, slots=True)
class Named:
    """How an alert's item, lot and other site are called; `dosed` when the item is counted in doses."""

    item: str = formats.NOTHING
    lot: str = formats.NOTHING
    other: str = formats.NOTHING
    unit: str = ""
    dosed: bool = True


def sentence(alert: Alert, named: Named, today: date, lang: str, text: Callable[..., str]) -> str:
    """One sentence without the site; `text` gives a message of `messages.csv` beside this file by its key."""

    def amount(vials: int, doses: int) -> str:
        if alert.kind in _OF_TRANSFERS:
            return text("alert.vials", count=formats.number(vials, lang))
        if alert.kind == "below_least":  # reserves are set in vials or units
            return text("alert.units", count=formats.number(vials, lang), unit=named.unit)
        if named.dosed:
            return text("alert.doses", count=formats.number(doses, lang))
        return text("alert.units", count=formats.number(doses, lang), unit=named.unit)

    losing = alert.kind == "expiring" and alert.losing
    said: dict[str, Any] = {
        "item": named.item,
        "lot": named.lot,
        "other": named.other,
        "people": formats.number(alert.people, lang),
        "amount": amount(alert.vials, alert.doses),
        "losing": amount(alert.losing, alert.losing),
        "day": formats.day(alert.day, lang),
        "left": formats.days_left(alert.days_left(today), lang),
    }
    return text(f"alert.say.{alert.kind}{'_losing' if losing else ''}", **said)

"""What of a site's stock needs somebody, and how pressing it is: one rule for pages, mails and phones.

Tones: ``late`` asks for something today, ``warn`` for something soon. An alert is worked out from the stock as it
stands and is never stored: it is gone when its reason is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from shared.rules.at_risk import Demand, among, losses, steady_demand
from shared.rules.expiry import VVM_LIMIT, days_left
from shared.rules.need import why_unusable

#: Kinds of alerts, the most pressing first.
KINDS = (
    "stock_out",
    "negative",
    "vvm",
    "expired",
    "hold",
    "disputed",
    "commitment",
    "unconfirmed",
    "undispatched",
    "lapsed",
    "expiring",
    "at_risk",
    "below_least",
    "expiry_unknown",
)

TONES = ("late", "warn")

#: Days before the last day of use from which an item is warned of, unless the item says otherwise, and from which
#: it is pressing whatever the item says (the requirement's "expiring by threshold per item").
WARN_DAYS = 30
URGENT_DAYS = 7

#: Stock that outlasts these days is not said to be at risk: use may change before then.
RISK_DAYS = 90

#: A site's own use over so many days tells what it will use: four weeks hold every weekday alike.
USED_OVER_DAYS = 28

#: Days a transfer may be on its way when nobody said when it will arrive, and days late at which it is pressing.
ON_THE_WAY_DAYS = 3
LONG_LATE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing at one site. `about` is a transfer or a commitment; `other` the other site of a transfer.

    `vials` are whole vials or units, `doses` doses (units of what has none); `losing` the doses among them that will
    not be used in time, `people` those who wait. `day` is the last day of use, the day due, or that of a dispatch.
    """

    kind: str
    tone: str
    site: str
    item: str | None = None
    lot: str | None = None
    about: str | None = None
    other: str | None = None
    vials: int = 0
    doses: int = 0
    losing: int = 0
    people: int = 0
    day: date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other alerts, from one day to the next."""
        return self.kind, self.site, self.about or self.lot or self.item or ""

    def days_left(self, today: date) -> int | None:
        """Days until `day`, negative after it."""
        return days_left(self.day, today)


@dataclass(frozen=True, slots=True)
class Held:
    """One holding: `doses` as in Alert (of opened vials what is left in them), `expiry` the effective one."""

    site: str
    item: str
    lot: str
    state: str
    vials: int
    doses: int
    expiry: date | None
    hold: str | None = None
    vvm: int | None = None

    def usable(self, today: date) -> bool:
        """Whether it counts as stock to plan with."""
        return (
            self.vials > 0
            and (self.vvm is None or self.vvm < VVM_LIMIT)
            and why_unusable(self.state, self.hold, days_left(self.expiry, today)) is None
        )


@dataclass(frozen=True, slots=True)
class Moving:
    """A transfer with its stage (`shared.rules.transfers`) and the vials its stage is about."""

    id: str
    source: str
    destination: str
    stage: str
    vials: int
    dispatched_on: date | None = None
    expected_on: date | None = None
    dispatch_by: date | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """A commitment with its state (`shared.rules.commitments`) and the doses (units) not used by its day."""

    id: str
    site: str
    item: str
    lot: str | None
    use_by: date
    state: str
    surplus: int


def of_stock(
    held: Iterable[Held],
    used: Mapping[tuple[str, str], int],
    warn_days: Mapping[str, int | None],
    today: date,
    due: Mapping[str, Sequence[date]] | None = None,
    expected: Mapping[tuple[str, str], Demand] | None = None,
) -> list[Alert]:
    """Alerts of what stands at sites: one a kind, site and lot.

    `used`: doses used of an item in USED_OVER_DAYS days, by (site, item). `warn_days`: by item, None for WARN_DAYS.
    `due`: by item, the days on which the people it can be given to fall due, sorted, where they are known. `expected`:
    by (site, item) a demand that is forecast, which counts instead of both.
    """
    holdings = list(held)
    demands = dict(expected or {})
    for place in {(holding.site, holding.item) for holding in holdings} - demands.keys():
        steady = steady_demand(used.get(place, 0), USED_OVER_DAYS, today)
        demands[place] = among(due[place[1]], steady) if due and place[1] in due else steady
    losing = _losing(holdings, demands, today)
    found: dict[tuple[str, str, str], Alert] = {}
    for holding, lost in zip(holdings, losing, strict=True):
        alert = _of_holding(holding, lost, warn_days.get(holding.item) or WARN_DAYS, today)
        if alert is not None:
            known = found.get(alert.key)
            found[alert.key] = _together(known, alert) if known else alert
    return list(found.values())


def of_need(site: str, people: int, usable: int) -> Iterator[Alert]:
    """People wait for a dose at a site that has nothing usable to give them."""
    if people > 0 and usable <= 0:
        yield Alert("stock_out", "late", site, people=people)


def of_level(site: str, item: str, usable: int, least: int | None) -> Iterator[Alert]:
    """Less usable stock than the reserve that site is to keep (R074), both in vials or units."""
    if least is not None and usable < least:
        yield Alert("below_least", "warn" if usable > 0 else "late", site, item, vials=usable)


def of_transfer(moving: Moving, today: date) -> Iterator[Alert]:
    """A transfer in dispute, on its way for too long, received before it was sent, or not sent in time.

    The site is the one that has to act.
    """
    source, destination = moving.source, moving.destination
    if moving.stage == "disputed":
        yield _of_moving(moving, "disputed", "late", destination, source, moving.dispatched_on)
    elif moving.stage in ("dispatched", "partly"):
        due = arrival_due(moving)
        if due is not None and due < today:
            late = (today - due).days >= LONG_LATE_DAYS
            yield _of_moving(moving, "unconfirmed", "late" if late else "warn", destination, source, due)
    elif moving.stage == "unconfirmed":
        yield _of_moving(moving, "undispatched", "warn", source, destination, None)
    elif moving.stage == "lapsed":
        yield _of_moving(moving, "lapsed", "warn", source, destination, moving.dispatch_by)


def arrival_due(moving: Moving) -> date | None:
    """The day by whose end a transfer should have been confirmed."""
    if moving.expected_on or moving.dispatched_on is None:
        return moving.expected_on
    return moving.dispatched_on + timedelta(days=ON_THE_WAY_DAYS)


def of_commitment(promised: Promised) -> Iterator[Alert]:
    """A commitment that is broken, or behind its plan with something that will be left (R037)."""
    if promised.state in ("broken", "behind"):
        yield Alert(
            "commitment",
            "late" if promised.state == "broken" else "warn",
            promised.site,
            promised.item,
            promised.lot,
            about=promised.id,
            doses=promised.surplus,
            losing=promised.surplus,
            day=promised.use_by,
        )


def expiry_tone(left: int | None, warn_days: int | None) -> str | None:
    """How pressing so many days left are; None for what lasts longer than the item's threshold, or is over."""
    warn_days = warn_days or WARN_DAYS
    if left is None or left < 0 or left > warn_days:
        return None
    return "late" if left <= URGENT_DAYS else "warn"


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """The most pressing first; of one kind the one with most at stake, then the soonest."""
    return sorted(
        alerts,
        key=lambda a: (
            TONES.index(a.tone),
            KINDS.index(a.kind),
            -(a.people or a.losing or abs(a.doses) or abs(a.vials)),
            a.day or date.max,
            a.key,
        ),
    )


def concerning(alerts: Iterable[Alert], sites: Collection[str]) -> list[Alert]:
    """Those that one of these sites has to do with, at either end."""
    return [alert for alert in alerts if alert.site in sites or alert.other in sites]


def _of_holding(holding: Held, losing: int, warn_days: int, today: date) -> Alert | None:
    """The one thing that is the matter with a holding, the first that holds."""
    left = days_left(holding.expiry, today)

    def told(kind: str, tone: str, losing: int = 0) -> Alert:
        return Alert(
            kind, tone, holding.site, holding.item, holding.lot, vials=holding.vials, doses=holding.doses,
            losing=losing, day=holding.expiry,
        )  # fmt: skip

    if holding.vials < 0 or holding.doses < 0:
        return told("negative", "warn")
    if not (holding.vials or holding.doses) or holding.state == "quarantined":
        return None
    if holding.vvm is not None and holding.vvm >= VVM_LIMIT:
        return told("vvm", "late")
    if left is not None and left < 0:
        return told("expired", "late")
    if holding.hold:
        return told("hold", "late")
    if left is None:
        return told("expiry_unknown", "warn")
    tone = expiry_tone(left, warn_days)
    if holding.state == "opened":  # it is for today's session, which closes it
        return None
    if tone:
        return told("expiring", tone, losing)
    return told("at_risk", "warn", losing) if losing and left <= RISK_DAYS else None


def _losing(holdings: list[Held], demands: Mapping[tuple[str, str], Demand], today: date) -> list[int]:
    """Doses of each holding that will not be used in time, the shortest-dated going first."""
    places: dict[tuple[str, str], list[int]] = {}
    for number, holding in enumerate(holdings):
        if holding.usable(today):
            places.setdefault((holding.site, holding.item), []).append(number)
    found = [0] * len(holdings)
    for place, numbers in places.items():
        stock = [(holdings[n].expiry or date.max, holdings[n].doses) for n in numbers]
        for number, lost in zip(numbers, losses(stock, demands[place]), strict=True):
            found[number] = lost
    return found


def _together(one: Alert, other: Alert) -> Alert:
    """Two holdings of one lot at one site: their sums, and the sooner and more pressing of the two."""
    first = min(one, other, key=lambda a: (TONES.index(a.tone), a.day or date.max))
    return replace(
        first,
        vials=one.vials + other.vials,
        doses=one.doses + other.doses,
        losing=one.losing + other.losing,
    )


def _of_moving(moving: Moving, kind: str, tone: str, site: str, other: str, day: date | None) -> Alert:
    return Alert(kind, tone, site, about=moving.id, other=other, vials=moving.vials, day=day)

"""One item of one province on one day, as the optimiser sees it: sites, holdings, demand, legs, parameters.

Days are plain dates: stock may be used on its last day, and demand of `day` itself counts. Positions are whole
millionths of a degree, vials and doses integers; only means, kilometres and hours are fractions. Costs are in doses:
one dose left to expire weighs 1, so a cost of 0.02 a vial says that 50 vials may travel to save one dose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Demand:
    """What a site gives a day: mean doses per calendar day, and how it varies.

    `dispersion` is variance ÷ mean of a day's doses (1: Poisson; above: negative binomial). `still_due` are the doses
    people there still need, a ceiling over all days (None: not known, no ceiling). `weekdays` (1 Monday … 7 Sunday)
    are the days doses are given on, empty for every day; the mean stays that of a calendar day. `forecast_error` is
    the standard deviation of the logarithm of true mean ÷ forecast (None: the instance's).
    """

    mean_per_day: float
    dispersion: float = 1.0
    still_due: int | None = None
    weekdays: tuple[int, ...] = ()
    forecast_error: float | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place that keeps stock. `capacity_vials`: what its refrigerator holds of this item (None: not limiting).

    `safety_doses` are kept back by a site that sends, as far as it has them. `send_limit_vials`: the most it can send
    (diluent, syringes or cold boxes there; None: not limiting). `why_not` says in a code why it may not send or not
    receive: ``stale_count``, ``closed``, ``no_refrigerator``, ``outside``, …
    """

    id: str
    lat_e6: int
    lon_e6: int
    demand: Demand
    name: str = ""
    capacity_vials: int | None = None
    safety_doses: int = 0
    send_limit_vials: int | None = None
    may_send: bool = True
    may_receive: bool = True
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Unopened, usable vials of one lot at one site until `effective_expiry`, its last day of use.

    `reserved_vials` are committed there and do not move. `short_legs_only`: VVM stage 2. `arrives_on`: on the way to
    the site, used from that day and not sent on (None: there already). `why_not`: a code that keeps it where it is
    (``cooldown``, ``on_hold``, ``recount_first``, …).
    """

    id: str
    site: str
    lot: str
    vials: int
    doses_per_vial: int
    effective_expiry: date
    reserved_vials: int = 0
    short_legs_only: bool = False
    arrives_on: date | None = None
    why_not: str | None = None

    @property
    def movable_vials(self) -> int:
        """Vials that may be sent as far as the holding itself is concerned."""
        return 0 if self.why_not or self.arrives_on else max(self.vials - self.reserved_vials, 0)


@dataclass(frozen=True, slots=True)
class Leg:
    """A way from a site to another, one direction: road kilometres and hours."""

    origin: str
    destination: str
    km: float
    hours: float
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is the same for every site. Sources and reasons of the values: docs/redistribution.md.

    `min_days_left` on the day of arrival; `dispatch_days` from the plan's day to leaving; a day on the road is
    `hours_per_day`. `cost_vial_km`, `handling_cost` (a vial), `leg_cost` (a donor→receiver pair) and `shortage_penalty`
    (a dose missed in the first `shortage_days`) are in doses. `min_leg_vials` and `max_pairs` (None: any number) keep
    legs worth driving; `truck_capacity_vials` is the most one leg carries. `horizon_days`: stock that lasts longer
    waits for a later plan (None: all is weighed). `scenarios` 0 plans with mean demand.
    """

    min_days_left: int = 7
    dispatch_days: int = 2
    max_leg_hours: float = 8.0
    short_leg_hours: float = 2.0
    road_factor: float = 1.4
    speed_kmh: float = 30.0
    hours_per_day: float = 8.0
    cost_vial_km: float = 0.001
    handling_cost: float = 0.05
    leg_cost: float = 0.5
    shortage_penalty: float = 0.05
    shortage_days: int = 14
    min_leg_vials: int = 1
    max_pairs: int | None = 200
    truck_capacity_vials: int | None = None
    horizon_days: int | None = None
    neighbours: int = 15
    scenarios: int = 25
    forecast_error: float = 0.4
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Instance:
    """One item on one day. `legs` None: every pair of sites, by great-circle distance × road factor.

    `cooldowns` are (from, to) pairs not to be used again yet. `companions` travel with every vial, as
    (item code, number for a vial): diluent, syringes.
    """

    item: str
    doses_per_vial: int
    day: date
    sites: tuple[Site, ...]
    holdings: tuple[Holding, ...]
    legs: tuple[Leg, ...] | None = None
    cooldowns: tuple[tuple[str, str], ...] = ()
    companions: tuple[tuple[str, int], ...] = ()
    parameters: Parameters = field(default_factory=Parameters)

    def index(self, day: date) -> int:
        """Days after the instance's own: 0 on it."""
        return (day - self.day).days

    def sorted(self) -> Instance:
        """The same instance in one order, so that the order of its lists decides nothing."""
        return Instance(
            self.item,
            self.doses_per_vial,
            self.day,
            tuple(sorted(self.sites, key=lambda site: site.id)),
            tuple(sorted(self.holdings, key=lambda h: (h.site, h.effective_expiry, h.id))),
            None if self.legs is None else tuple(sorted(self.legs, key=lambda g: (g.origin, g.destination))),
            tuple(sorted(set(self.cooldowns))),
            tuple(sorted(self.companions)),
            self.parameters,
        )

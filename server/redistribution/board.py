"""An instance as arrays: what stands where, until which day, and which holding may go to which site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from server.redistribution.instance import Instance
from server.redistribution.ways import Ways, ways_of

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Vials of a holding (its number) for a site (its number).
Moves = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Board:
    """Numbers of holdings and sites follow the sorted instance. Days are indices from the instance's day.

    `end` is the first day no longer weighed. `expiry` is the last day of use, −1 or less when already past, at most
    `end` for what outlasts the horizon. `ready` is the day a holding is used from.
    """

    instance: Instance
    ways: Ways
    site: Whole
    vials: Whole
    movable: Whole
    per_vial: Whole
    expiry: Whole
    ready: Whole
    end: int

    @cached_property
    def reach(self) -> Flags:
        """[holding, site]: whether vials of a holding may go there: way, hours, days left on arrival, horizon."""
        parameters = self.instance.parameters
        short = np.array([h.short_legs_only for h in self.instance.holdings], dtype=bool)
        most = np.where(short, parameters.short_leg_hours, parameters.max_leg_hours)
        open_, hours = self.ways.open[self.site], self.ways.hours[self.site]
        left = self.expiry[:, None] - self.ways.arrival[self.site]
        movable = (self.movable > 0) & (self.expiry < self.end)
        fits = open_ & (hours <= most[:, None] + 1e-9) & (left >= parameters.min_days_left)
        return np.asarray(fits & movable[:, None])

    @cached_property
    def marks(self) -> Whole:
        """The day indices at which cumulative demand is ever asked for; the same for every plan of the instance."""
        arrivals = self.ways.arrival[self.site][self.reach]
        days = np.concatenate([self.expiry + 1, self.ready, arrivals, [0, self.end, self.shortage_end]])
        return np.unique(np.clip(days, 0, self.end))

    @cached_property
    def shortage_end(self) -> int:
        """The first day whose missed doses are not weighed any more."""
        return min(self.instance.parameters.shortage_days, self.end)

    @cached_property
    def holdings_at(self) -> list[list[int]]:
        """Holdings of each site."""
        found: list[list[int]] = [[] for _ in self.instance.sites]
        for holding, site in enumerate(self.site):
            found[site].append(holding)
        return found

    @cached_property
    def doses(self) -> int:
        """All doses on the board."""
        return int((self.vials * self.per_vial).sum())

    def mark(self, day: int) -> int:
        """Where a day stands among the marks."""
        return int(np.searchsorted(self.marks, min(max(day, 0), self.end)))

    def spare_vials(self, site: int) -> int:
        """Vials a site may send at most, its safety stock kept and its send limit held (in its largest vials)."""
        kept = self.instance.sites[site]
        here = self.holdings_at[site]
        stock = int(sum(self.vials[h] * self.per_vial[h] for h in here if self.ready[h] == 0))
        largest = max((int(self.per_vial[h]) for h in here), default=1)
        spare = max(stock - kept.safety_doses, 0) // largest
        return spare if kept.send_limit_vials is None else min(spare, kept.send_limit_vials)

    def room_vials(self, site: int) -> int | None:
        """Vials that find room in a site's refrigerator beside all that stands there; None: not limiting."""
        capacity = self.instance.sites[site].capacity_vials
        if capacity is None:
            return None
        return max(capacity - int(sum(self.vials[h] for h in self.holdings_at[site])), 0)


def board_of(instance: Instance) -> Board:
    """The arrays of an instance, in its sorted order."""
    instance = instance.sorted()
    number = {site.id: n for n, site in enumerate(instance.sites)}
    horizon = instance.parameters.horizon_days
    expiry = np.array([instance.index(h.effective_expiry) for h in instance.holdings], dtype=np.int64)
    latest = int(expiry.max(initial=0)) + 1
    end = latest if horizon is None else max(min(latest, horizon + 1), 1)
    ready = [instance.index(h.arrives_on) if h.arrives_on else 0 for h in instance.holdings]
    return Board(
        instance,
        ways_of(instance),
        np.array([number[h.site] for h in instance.holdings], dtype=np.int64),
        np.array([h.vials for h in instance.holdings], dtype=np.int64),
        np.array([h.movable_vials for h in instance.holdings], dtype=np.int64),
        np.array([h.doses_per_vial for h in instance.holdings], dtype=np.int64),
        np.minimum(expiry, end),
        np.maximum(np.array(ready, dtype=np.int64), 0),
        end,
    )

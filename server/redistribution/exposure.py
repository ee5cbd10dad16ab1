"""What every site stands to lose, as vials are added and taken: expected waste and missed doses over paths.

At one site the waste of a path is max_k [Q_k − D(e_k)]⁺ (Q_k: doses that expire by e_k). Doses asked for before the
first delivery can arrive, beyond what the site has, are lost to it and taken off D. Both are exact for a site that
only sends or only receives; the plan is judged by issuing day by day afterwards.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from server.redistribution.arcs import Arcs
from server.redistribution.board import Board
from server.redistribution.scenarios import Paths

Doses = NDArray[np.float64]


class SiteExposure:
    """One site. `days`: the last days of use of all that is or may come there; `wanted` [path, day]: D(e) for them.

    `stock` [day] are the doses expiring by each day, changed by `shift`. `early` [path] are the doses asked for in
    the days whose shortage is weighed, `lasting` the doses that outlast the horizon.
    """

    __slots__ = ("days", "early", "lasting", "most_early", "paths", "penalty", "place", "stock", "wanted")

    def __init__(
        self, days: list[int], wanted: Doses, stock: Doses, early: Doses, lasting: float, penalty: float
    ) -> None:
        self.days, self.wanted, self.stock = days, wanted, stock
        self.early, self.lasting, self.penalty = early, lasting, penalty
        self.paths = len(wanted)
        self.most_early = float(early.max(initial=0.0)) if penalty else 0.0
        self.place = {day: number for number, day in enumerate(days)}

    def shift(self, place: int, doses: float) -> None:
        """Add doses of the expiry at `place` (take, when negative)."""
        self.stock[place:] += doses

    def waste(self) -> Doses:
        """Doses expiring, by path."""
        return np.asarray((self.stock - self.wanted).max(axis=1, initial=0.0))

    def cost(self) -> float:
        """Expected doses lost: expired, and missed early at their penalty."""
        return float(self.waste().sum()) / self.paths + self._missed(0.0)

    def margins(self, per_vial: float) -> tuple[Doses, Doses]:
        """By place: how the cost changes by one vial more, and by one vial less, of that expiry."""
        over = self.stock - self.wanted
        before = np.maximum.accumulate(over, axis=1).clip(min=0.0)
        after = np.maximum.accumulate(over[:, ::-1], axis=1)[:, ::-1]
        shorter = np.zeros_like(before)
        shorter[:, 1:] = before[:, :-1]
        now, missed = before[:, -1].sum(), self._missed(0.0)
        more = (np.maximum(shorter, after + per_vial).sum(axis=0) - now) / self.paths
        less = (np.maximum(shorter, after - per_vial).sum(axis=0) - now) / self.paths
        return more + (self._missed(per_vial) - missed), less + (self._missed(-per_vial) - missed)

    def _missed(self, more: float) -> float:
        stock = self.lasting + more + (float(self.stock[-1]) if len(self.stock) else 0.0)
        if stock >= self.most_early:
            return 0.0
        return self.penalty * float(np.maximum(self.early - stock, 0.0).sum()) / self.paths


def exposures(board: Board, arcs: Arcs, paths: Paths) -> list[SiteExposure]:
    """Every site as it stands before anything moves."""
    own: list[dict[int, float]] = [{} for _ in board.instance.sites]
    lasting = np.zeros(len(own))
    ready = np.zeros(len(own))
    for holding, site in enumerate(board.site):
        doses, day = float(board.vials[holding] * board.per_vial[holding]), int(board.expiry[holding])
        if board.ready[holding] == 0:
            ready[site] += doses
        if day >= board.end:
            lasting[site] += doses
        else:
            own[site][day] = own[site].get(day, 0.0) + doses
    coming: list[set[int]] = [set() for _ in own]
    first = np.full(len(own), board.end)
    for holding, donor, receiver in zip(arcs.holding, arcs.donor, arcs.receiver, strict=True):
        coming[receiver].add(int(board.expiry[holding]))
        first[receiver] = min(first[receiver], board.ways.arrival[donor, receiver])
    penalty = board.instance.parameters.shortage_penalty
    early = board.mark(board.shortage_end)
    found = []
    for site, doses_by_day in enumerate(own):
        days = sorted({*doses_by_day, *coming[site]})
        stock = np.cumsum([doses_by_day.get(day, 0.0) for day in days], dtype=float)
        places = [board.mark(day + 1) for day in days]
        wanted = paths[:, site, places]
        if coming[site]:
            begin = board.mark(int(first[site]))
            before = paths[:, site, [min(begin, place) for place in places]]
            wanted = wanted - np.maximum(before - ready[site], 0.0)
        found.append(SiteExposure(days, wanted, stock, paths[:, site, early], float(lasting[site]), penalty))
    return found

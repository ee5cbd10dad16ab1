"""First-expiry-first greedy, as the baseline shown beside every plan and the plan when the solver gives none.

Whatever will expire at mean demand goes, shortest date first, to the nearest sites that can still use it: a(e), the
least room left under D(e_k) − Q_k over all e_k ≥ e.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from server.redistribution.board import Board
from server.redistribution.limits import Limits
from server.redistribution.scenarios import mean_path

_Lots = list[tuple[int, float]]  # last day of use, doses


def greedy(board: Board) -> dict[tuple[int, int], int]:
    """Moves of the greedy rule, in whole vials, within every limit of the instance."""
    demand = Wanted(board)
    lots: list[_Lots] = [[] for _ in board.instance.sites]
    for holding, site in enumerate(board.site):
        doses = float(board.vials[holding] * board.per_vial[holding])
        lots[site].append((int(board.expiry[holding]), doses))
    limits = Limits(board)
    surplus = {h: doses for site in range(len(lots)) for h, doses in _at_risk(board, site, demand).items()}
    for holding in sorted(surplus, key=lambda h: (board.expiry[h], h)):
        donor, expiry = int(board.site[holding]), int(board.expiry[holding])
        per_vial = int(board.per_vial[holding])
        left = int(surplus[holding] // per_vial)
        for site in np.argsort(board.ways.km[donor], kind="stable").tolist():
            if left <= 0:
                break
            if not board.reach[holding, site]:
                continue
            absorbed = absorbable(lots[site], expiry, int(board.ways.arrival[donor, site]), demand, site)
            vials = min(left, limits.most(holding, site), int(absorbed // per_vial))
            if vials > 0:
                limits.send(holding, site, vials)
                lots[site].append((expiry, float(vials * per_vial)))
                left -= vials
    return limits.moves


class Wanted:
    """Mean cumulative demand of a site before a day."""

    def __init__(self, board: Board) -> None:
        self._path: NDArray[np.float64] = mean_path(board)[0]
        self._board = board

    def through(self, site: int, day: int) -> float:
        """Doses asked for up to and on `day`."""
        return float(self._path[site, self._board.mark(day + 1)])


def absorbable(lots: _Lots, expiry: int, arrival: int, demand: Wanted, site: int) -> float:
    """a(e) at a site in doses, for what arrives on `arrival` and may be used through `expiry`."""
    days = sorted({expiry, *(day for day, _ in lots if day >= expiry)})
    room = min(demand.through(site, day) - sum(d for e, d in lots if e <= day) for day in days)
    coming = demand.through(site, expiry) - demand.through(site, arrival - 1)
    return max(min(room, coming), 0.0)


def _at_risk(board: Board, site: int, demand: Wanted) -> dict[int, float]:
    """Holding -> doses of it that will expire at mean demand: B_k − B_(k−1) of the FEFO identity."""
    found: dict[int, float] = {}
    stock = worst = 0.0
    for holding in sorted(board.holdings_at[site], key=lambda h: (board.expiry[h], h)):
        stock += float(board.vials[holding] * board.per_vial[holding])
        if board.expiry[holding] >= board.end:
            continue
        risk = max(worst, stock - demand.through(site, int(board.expiry[holding]))) - worst
        worst += risk
        if risk > 0:
            found[holding] = risk
    return found

"""The months-of-stock rule, as a baseline: from sites above the maximum to those below the minimum.

It looks at averages and not at expiry dates, so it both moves what would have been used and leaves what will expire.
"""

from __future__ import annotations

import numpy as np

from server.redistribution.board import Board
from server.redistribution.limits import Limits
from server.redistribution.scenarios import mean_path

#: A site supplied once a month holds one month of stock at least and two at most (one to use, one in reserve).
LEAST_MONTHS, MOST_MONTHS = 1.0, 2.0
_DAYS_A_MONTH = 30.4


def months_rule(board: Board) -> dict[tuple[int, int], int]:
    """Moves by the rule, fullest site first, each to the emptiest it can reach, in whole vials."""
    monthly = np.array([s.demand.mean_per_day for s in board.instance.sites]) * _DAYS_A_MONTH
    month = np.maximum(np.minimum(monthly, mean_path(board)[0, :, -1]), 1e-9)
    stock = np.bincount(board.site, board.vials * board.per_vial, len(month))
    limits = Limits(board)
    for donor in np.argsort(-stock / month, kind="stable").tolist():
        for holding in board.holdings_at[donor]:
            per_vial = int(board.per_vial[holding])
            for site in np.argsort(stock / month, kind="stable").tolist():
                if stock[site] >= LEAST_MONTHS * month[site]:
                    break
                if not board.reach[holding, site]:
                    continue
                spare = (stock[donor] - MOST_MONTHS * month[donor]) // per_vial
                wanted = (MOST_MONTHS * month[site] - stock[site]) // per_vial
                vials = int(min(limits.most(holding, site), spare, wanted))
                if vials > 0:
                    limits.send(holding, site, vials)
                    stock[donor] -= vials * per_vial
                    stock[site] += vials * per_vial
    return limits.moves

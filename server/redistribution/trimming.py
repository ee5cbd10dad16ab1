"""Whole vials on few legs: what the linear program leaves in fractions, made into moves that can be driven.

The state holds whole vials on every arc within every limit. `settle` changes it a vial at a time while something is
gained; `few_pairs` gives up the pairs that bring least, one by one, letting their vials find other ways.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from server.redistribution.arcs import Arcs
from server.redistribution.board import Board
from server.redistribution.exposure import SiteExposure

#: A change that gains less than this many doses is not worth computing on.
_LEAST = 1e-6
_NEVER = -np.inf


class Vials:
    """Whole vials on every arc of a board, and what one more or one less of them brings.

    `sites` are changed along with the vials. Ties go to the arc that stands first, so one instance gives one plan.
    """

    def __init__(self, board: Board, arcs: Arcs, sites: Sequence[SiteExposure]) -> None:
        self.board, self.arcs, self.sites = board, arcs, sites
        self.vials = np.zeros(len(arcs), dtype=np.int64)
        self.doses = board.per_vial[arcs.holding]
        self.of_pair = np.zeros(arcs.pairs, dtype=np.int64)
        self.closed = np.zeros(arcs.pairs, dtype=bool)
        self.worths = np.zeros(arcs.pairs)
        self.known = np.zeros(arcs.pairs, dtype=bool)
        truck = board.instance.parameters.truck_capacity_vials
        count = len(board.instance.sites)
        most = np.iinfo(np.int64).max
        rooms = [board.room_vials(site) for site in range(count)]
        self.left = board.movable.copy()
        self.spare = np.array([board.spare_vials(site) for site in range(count)], dtype=np.int64)
        self.room = np.array([most if room is None else room for room in rooms], dtype=np.int64)
        self.truck = most if truck is None else truck
        day = board.expiry[arcs.holding].tolist()
        self.at_donor = self._places(arcs.donor, day)
        self.at_receiver = self._places(arcs.receiver, day)
        self.donor_more, self.donor_less = np.zeros(len(arcs)), np.zeros(len(arcs))
        self.receiver_more, self.receiver_less = np.zeros(len(arcs)), np.zeros(len(arcs))
        self.arcs_from = [np.flatnonzero(arcs.donor == site) for site in range(count)]
        self.arcs_to = [np.flatnonzero(arcs.receiver == site) for site in range(count)]
        self.arcs_of_pair = np.split(
            np.argsort(arcs.pair, kind="stable"), np.cumsum(np.bincount(arcs.pair, minlength=arcs.pairs))[:-1]
        )
        self.group = np.flatnonzero(np.diff(arcs.holding, prepend=-1))
        self.refresh(*range(count))

    def load(self, fractions: NDArray[np.float64]) -> None:
        """Begin from whole vials below `fractions`, as far as every limit holds."""
        for arc in np.argsort(-fractions, kind="stable").tolist():
            vials = min(int(fractions[arc] + 1e-6), self._most(arc))
            if vials > 0:
                self._move(arc, vials)
        self.refresh(*range(len(self.sites)))

    def settle(self) -> None:
        """A vial at a time, on pairs not closed: added, taken back, or sent elsewhere, while something is gained."""
        for _ in range(20 * int(self.board.movable.sum()) + 100):
            if not self._step():
                return

    def few_pairs(self, most: int, least_vials: int, leg_cost: float) -> None:
        """Give up the pairs that save least until at most `most` are left, each worth its cost and `least_vials`.

        An eighth of what is too many goes at a time, so that the vials of the first find their new ways before the
        last are chosen.
        """
        while True:
            used = np.flatnonzero(self.of_pair)
            for pair in used[~self.known[used]].tolist():
                self.worths[pair], self.known[pair] = self.worth(pair), True
            worth = self.worths[used]
            poor = (worth < leg_cost) | (self.of_pair[used] < least_vials)
            many = len(used) - most
            if many <= 0 and not poor.any():
                return
            count = max(many if many > 0 else int(poor.sum()), 8) // 8
            order = np.argsort(worth if many > 0 else np.where(poor, worth, np.inf), kind="stable")
            self.close(used[order[:count]].tolist())
            self.settle()

    def worth(self, pair: int) -> float:
        """Doses lost if all vials of a pair went back to its donor, their cost of travel deducted."""
        arcs = [int(arc) for arc in self.arcs_of_pair[pair] if self.vials[arc]]
        ends = self.sites[int(self.arcs.donor[arcs[0]])], self.sites[int(self.arcs.receiver[arcs[0]])]
        before = ends[0].cost() + ends[1].cost()
        kept = [site.stock.copy() for site in ends]
        for arc in arcs:
            doses = float(self.vials[arc] * self.doses[arc])
            ends[0].shift(int(self.at_donor[arc]), doses)
            ends[1].shift(int(self.at_receiver[arc]), -doses)
        after = ends[0].cost() + ends[1].cost()
        for site, stock in zip(ends, kept, strict=True):
            site.stock[:] = stock
        return after - before - float((self.vials[arcs] * self.arcs.cost[arcs]).sum())

    def close(self, pairs: Sequence[int]) -> None:
        """Take back all vials of these pairs and use them no more."""
        ends = set()
        for pair in pairs:
            self.closed[pair] = True
            for arc in self.arcs_of_pair[pair].tolist():
                if self.vials[arc]:
                    self._move(arc, -int(self.vials[arc]))
            first = int(self.arcs_of_pair[pair][0])
            ends |= {int(self.arcs.donor[first]), int(self.arcs.receiver[first])}
        self.refresh(*sorted(ends))

    def moves(self) -> dict[tuple[int, int], int]:
        """(holding, site) -> vials, those above none."""
        used = np.flatnonzero(self.vials)
        return {
            (int(self.arcs.holding[arc]), int(self.arcs.receiver[arc])): int(self.vials[arc]) for arc in used
        }

    def refresh(self, *numbers: int) -> None:
        """Work out the margins of these sites again."""
        for number in numbers:
            out, into = self.arcs_from[number], self.arcs_to[number]
            if not len(out) and not len(into):
                continue
            self.known[self.arcs.pair[out]] = self.known[self.arcs.pair[into]] = False
            for doses in np.unique(self.doses[np.concatenate([out, into])]).tolist():
                more, less = self.sites[number].margins(float(doses))
                own, other = out[self.doses[out] == doses], into[self.doses[into] == doses]
                self.donor_more[own], self.donor_less[own] = (
                    more[self.at_donor[own]],
                    less[self.at_donor[own]],
                )
                self.receiver_more[other] = more[self.at_receiver[other]]
                self.receiver_less[other] = less[self.at_receiver[other]]

    def _step(self) -> bool:
        """The best single change, made; False when none gains."""
        arcs = self.arcs
        able = (
            (self.room[arcs.receiver] > 0) & (self.of_pair[arcs.pair] < self.truck) & ~self.closed[arcs.pair]
        )
        fresh = able & (self.left[arcs.holding] > 0) & (self.spare[arcs.donor] > 0)
        used = self.vials > 0
        add = np.where(fresh, -(self.donor_less + self.receiver_more) - arcs.cost, _NEVER)
        back = np.where(used, arcs.cost - (self.donor_more + self.receiver_less), _NEVER)
        into = np.where(able, -self.receiver_more - arcs.cost, _NEVER)
        out = np.where(used, arcs.cost - self.receiver_less, _NEVER)
        turn = np.maximum.reduceat(into, self.group) + np.maximum.reduceat(out, self.group)
        best = [int(np.argmax(add)), int(np.argmax(back)), int(np.argmax(turn))]
        gains = [float(add[best[0]]), float(back[best[1]]), float(turn[best[2]])]
        choice = int(np.argmax(gains))
        if gains[choice] <= _LEAST:
            return False
        if choice == 2:
            begin = int(self.group[best[2]])
            end = int(self.group[best[2] + 1]) if best[2] + 1 < len(self.group) else len(arcs)
            changes = [
                (begin + int(np.argmax(out[begin:end])), -1),
                (begin + int(np.argmax(into[begin:end])), 1),
            ]
        else:
            changes = [(best[choice], 1 if choice == 0 else -1)]
        for arc, vials in changes:
            self._move(arc, vials)
        self.refresh(*{int(end) for arc, _ in changes for end in (arcs.donor[arc], arcs.receiver[arc])})
        return True

    def _move(self, arc: int, vials: int) -> None:
        donor, receiver = int(self.arcs.donor[arc]), int(self.arcs.receiver[arc])
        doses = float(vials * self.doses[arc])
        self.vials[arc] += vials
        self.of_pair[self.arcs.pair[arc]] += vials
        self.left[self.arcs.holding[arc]] -= vials
        self.spare[donor] -= vials
        self.room[receiver] -= vials
        self.sites[donor].shift(int(self.at_donor[arc]), -doses)
        self.sites[receiver].shift(int(self.at_receiver[arc]), doses)

    def _most(self, arc: int) -> int:
        arcs = self.arcs
        limits = [self.left[arcs.holding[arc]], self.spare[arcs.donor[arc]], self.room[arcs.receiver[arc]]]
        return int(min(*limits, self.truck - self.of_pair[arcs.pair[arc]]))

    def _places(self, ends: NDArray[np.int64], days: list[int]) -> NDArray[np.int64]:
        places = (self.sites[site].place[day] for site, day in zip(ends.tolist(), days, strict=True))
        return np.array(list(places), dtype=np.int64)

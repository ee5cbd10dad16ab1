"""The moves a plan may choose from: each holding with the nearest sites that could still use it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.redistribution.board import Board, Whole
from server.redistribution.scenarios import Paths


@dataclass(frozen=True, slots=True)
class Arcs:
    """Possible moves, by holding and then by distance: one entry of every array an arc.

    `pair` numbers the donor→receiver pairs of the arcs; `cost` is in doses a vial, the pair's own cost left out.
    """

    holding: Whole
    donor: Whole
    receiver: Whole
    pair: Whole
    cost: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.holding)

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return int(self.pair.max(initial=-1)) + 1

    def only(self, chosen: NDArray[np.bool_]) -> Arcs:
        """The chosen arcs, their pairs numbered anew."""
        _, pair = np.unique(self.pair[chosen], return_inverse=True)
        ends = (self.holding[chosen], self.donor[chosen], self.receiver[chosen])
        return Arcs(*ends, pair.astype(np.int64), self.cost[chosen])


def arcs_of(board: Board, paths: Paths) -> Arcs:
    """For each holding that expires on some path: the nearest sites with room for it on some path."""
    parameters = board.instance.parameters
    at_risk = holdings_at_risk(board, paths)
    room = room_for_expiry(board, paths)
    holding: list[int] = []
    receiver: list[int] = []
    for number in np.flatnonzero(at_risk):
        sites = np.flatnonzero(board.reach[number] & (room[:, board.mark(int(board.expiry[number]) + 1)] > 0))
        near = sites[np.argsort(board.ways.km[board.site[number], sites], kind="stable")]
        near = near[: parameters.neighbours]
        holding += [int(number)] * len(near)
        receiver += near.tolist()
    held, to = np.array(holding, dtype=np.int64), np.array(receiver, dtype=np.int64)
    donor = board.site[held]
    _, pair = np.unique(donor * len(board.instance.sites) + to, return_inverse=True)
    cost = parameters.handling_cost + parameters.cost_vial_km * board.ways.km[donor, to]
    return Arcs(held, donor, to, pair.astype(np.int64), cost)


def holdings_at_risk(board: Board, paths: Paths) -> NDArray[np.bool_]:
    """Which holdings expire in part on some path, if nothing is moved (the FEFO identity, path by path)."""
    found = np.zeros(len(board.vials), dtype=bool)
    for site, here in enumerate(board.holdings_at):
        stock = 0
        worst = np.zeros(len(paths))
        for holding in sorted(here, key=lambda h: (board.expiry[h], h)):
            if board.expiry[holding] >= board.end:
                continue
            stock += int(board.vials[holding] * board.per_vial[holding])
            wanted = paths[:, site, board.mark(int(board.expiry[holding]) + 1)]
            risk = np.maximum(worst, stock - wanted)
            found[holding] = bool((risk > worst).any())
            worst = risk
    return found


def room_for_expiry(board: Board, paths: Paths) -> NDArray[np.float64]:
    """[site, mark]: the most doses, on any path, that a site could still use of a lot expiring before the mark."""
    marks = len(board.marks)
    found = np.zeros((len(board.instance.sites), marks))
    for site, here in enumerate(board.holdings_at):
        stock = np.zeros(marks)
        for holding in here:
            if board.expiry[holding] < board.end:
                stock[board.mark(int(board.expiry[holding]) + 1) :] += (
                    board.vials[holding] * board.per_vial[holding]
                )
        slack = paths[:, site] - stock
        least = np.minimum.accumulate(slack[:, ::-1], axis=1)[:, ::-1]
        found[site] = least.max(axis=0)
    return found

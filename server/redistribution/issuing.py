"""What becomes of stock when doses are given first-expiry-first, path by path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.redistribution.board import Board, Moves
from server.redistribution.scenarios import Paths


@dataclass(frozen=True, slots=True)
class Lot:
    """Doses at a site: used from day `ready` to day `expiry`, both counted."""

    expiry: int
    ready: int
    doses: int


@dataclass(frozen=True, slots=True)
class Issued:
    """By path: doses expired of each lot [path, lot], and doses asked for while none was left [path]."""

    expired: NDArray[np.float64]
    missed: NDArray[np.float64]


def issue(lots: Sequence[Lot], cumulative: NDArray[np.float64], marks: NDArray[np.int64]) -> Issued:
    """Give the doses of one site, the shortest-dated usable lot first. `cumulative` [path, mark].

    Between two marks nothing arrives and nothing expires, so giving the doses of the stretch at once is giving them
    day by day. Who is not served that day is missed, not served later. What lasts beyond the last mark has not
    expired. Every expiry + 1 and every `ready` is a mark.
    """
    order = sorted(range(len(lots)), key=lambda n: (lots[n].expiry, lots[n].ready, n))
    paths = cumulative.shape[0]
    left = np.zeros((len(lots), paths))
    left[:] = np.array([lot.doses for lot in lots], dtype=float)[:, None]
    missed = np.zeros(paths)
    events = sorted({0, int(marks[-1]), *(lot.ready for lot in lots), *(lot.expiry + 1 for lot in lots)})
    events = [day for day in events if 0 <= day <= marks[-1]]
    places = np.searchsorted(marks, events)
    for begin, start, stop in zip(events, places, places[1:], strict=False):
        wanted = cumulative[:, stop] - cumulative[:, start]
        for n in order:
            if lots[n].ready <= begin <= lots[n].expiry:
                used = np.minimum(left[n], wanted)
                left[n] -= used
                wanted = wanted - used
        missed += wanted
    for n, lot in enumerate(lots):
        if lot.expiry >= marks[-1]:
            left[n] = 0.0
    return Issued(left.T, missed)


def lots_after(board: Board, moves: Moves) -> list[list[Lot]]:
    """The lots of each site when `moves` are made: what is kept, then what comes."""
    sent = np.zeros(len(board.vials), dtype=np.int64)
    for (holding, _), vials in moves.items():
        sent[holding] += vials
    found: list[list[Lot]] = [[] for _ in board.instance.sites]
    for holding, site in enumerate(board.site):
        doses = int((board.vials[holding] - sent[holding]) * board.per_vial[holding])
        found[site].append(Lot(int(board.expiry[holding]), int(board.ready[holding]), doses))
    for (holding, site), vials in sorted(moves.items()):
        arrival = int(board.ways.arrival[board.site[holding], site])
        found[site].append(Lot(int(board.expiry[holding]), arrival, int(vials * board.per_vial[holding])))
    return found


def outcome(board: Board, moves: Moves, paths: Paths) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Doses expired and doses missed under a plan, by path, over all sites."""
    expired, missed = np.zeros(len(paths)), np.zeros(len(paths))
    for site, lots in enumerate(lots_after(board, moves)):
        issued = issue(lots, paths[:, site], board.marks)
        expired += issued.expired.sum(axis=1)
        missed += issued.missed
    return expired, missed

"""Moves as they are chosen one after another, and what the limits of the instance still leave."""

from __future__ import annotations

from collections import defaultdict
from sys import maxsize

from server.redistribution.board import Board


class Limits:
    """`moves` so far, (holding, site) -> vials, and how many vials a next one may carry."""

    def __init__(self, board: Board) -> None:
        count = range(len(board.instance.sites))
        self.moves: dict[tuple[int, int], int] = {}
        self._board = board
        self._left: list[int] = board.movable.tolist()
        self._spare = [board.spare_vials(site) for site in count]
        self._room = [maxsize if room is None else room for room in map(board.room_vials, count)]
        self._carried: dict[tuple[int, int], int] = defaultdict(int)
        truck = board.instance.parameters.truck_capacity_vials
        self._truck = maxsize if truck is None else truck

    def most(self, holding: int, site: int) -> int:
        """Vials of a holding that may still go to a site it reaches."""
        donor = int(self._board.site[holding])
        on_leg = self._truck - self._carried[donor, site]
        return min(self._left[holding], self._spare[donor], self._room[site], on_leg)

    def send(self, holding: int, site: int, vials: int) -> None:
        """Note a move."""
        donor = int(self._board.site[holding])
        self.moves[holding, site] = self.moves.get((holding, site), 0) + vials
        self._carried[donor, site] += vials
        self._left[holding] -= vials
        self._spare[donor] -= vials
        self._room[site] -= vials

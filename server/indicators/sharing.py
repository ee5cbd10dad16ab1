"""Figures told of whole communes, given to their villages, so that they add up in whichever tree groups the villages.

A population return or a plan target is about a commune. Where another day's communes are asked for, whole
predecessors add up; one that was split is shared out among its villages by the people counted there. Shares are
whole numbers and always add up to what was told (largest remainder).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Base:
    """What was told of an area: `people` None when it is not known for every unit of it, `missing` then names those
    units. `estimated`: a part of some unit was shared out.
    """

    people: int | None
    estimated: bool = False
    missing: tuple[str, ...] = ()


def shared_out(told: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`told` people given to each key in proportion to its weight (equally when all weigh nothing), whole numbers."""
    total = sum(weights.values())
    exact = {
        key: (told * weight, total) if total else (told, len(weights)) for key, weight in weights.items()
    }
    shares = {key: part // whole for key, (part, whole) in exact.items()}
    largest = sorted(weights, key=lambda key: (-(exact[key][0] % exact[key][1]), key))
    for key in largest[: told - sum(shares.values())]:
        shares[key] += 1
    return shares


class Shares:
    """Units (communes) with their villages and what was told of each; None where nothing was told.

    `people` counts the people of a village, in proportion to whom a split unit is shared out.
    """

    def __init__(
        self, units: Mapping[str, Sequence[str]], told: Mapping[str, int | None], people: Mapping[str, int]
    ) -> None:
        self._units, self._told = units, told
        self._unit_of = {village: unit for unit, villages in units.items() for village in villages}
        self._share: dict[str, int] = {}
        for unit, villages in units.items():
            if villages and (number := told.get(unit)) is not None:
                self._share |= shared_out(number, {village: people.get(village, 0) for village in villages})

    def of(self, villages: Collection[str]) -> Base:
        """What was told of the area of these villages."""
        inside = set(villages)
        units = dict.fromkeys(self._unit_of[village] for village in villages if village in self._unit_of)
        missing = [unit for unit in units if self._told.get(unit) is None]
        missing += [village for village in villages if village not in self._unit_of]
        if missing or not villages:
            return Base(None, missing=tuple(missing))
        parted = any(not inside.issuperset(self._units[unit]) for unit in units)
        return Base(sum(self._share[village] for village in villages), parted)

"""What will expire at a site when the shortest-dated goes first: the FEFO identity, used everywhere.

Lots sorted by effective expiry e_1 ≤ e_2 ≤ …; Q_k is the stock expiring by e_k, D(t) the demand from today through
t. What expires unused is max_k [Q_k − D(e_k)]⁺; with B_k = max(B_{k−1}, Q_k − D(e_k)), lot k loses B_k − B_{k−1}.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date

#: Doses (or units) wanted from today through a day, that day included; never falls as the day goes on.
Demand = Callable[[date], int]

#: (effective expiry, amount); the last day of use counts as a day of use.
Stock = tuple[date, int]


def steady_demand(used: int, over_days: int, today: date) -> Demand:
    """The demand of a site that uses `used` in `over_days` days, rounded down; stock can be used today already."""

    def by(day: date) -> int:
        days = (day - today).days + 1
        return used * days // over_days if days > 0 and over_days > 0 else 0

    return by


def among(due: Sequence[date], demand: Demand) -> Demand:
    """A demand that never passes the people it can be given to; `due`: the day each of them falls due, sorted."""
    return lambda day: min(demand(day), bisect_right(due, day))


def losses(stock: Sequence[Stock], demand: Demand) -> list[int]:
    """What of each stock expires unused, in the order given; of equal expiry the first given is used first."""
    found = [0] * len(stock)
    held = risk = 0
    for index in sorted(range(len(stock)), key=lambda i: stock[i][0]):
        expiry, amount = stock[index]
        held += amount
        worst = max(risk, held - demand(expiry))
        found[index], risk = worst - risk, worst
    return found


def at_risk(stock: Sequence[Stock], demand: Demand) -> int:
    """What expires unused of all of it."""
    return sum(losses(stock, demand))


def can_absorb(stock: Iterable[Stock], demand: Demand, expiry: date) -> int:
    """How much more that expires on a day a site can use up without any of its own expiring because of it."""
    later: list[date] = [expiry]
    amounts: dict[date, int] = {}
    for day, amount in stock:
        amounts[day] = amounts.get(day, 0) + amount
        if day > expiry:
            later.append(day)
    return min(
        max(0, demand(day) - sum(amount for other, amount in amounts.items() if other <= day))
        for day in later
    )

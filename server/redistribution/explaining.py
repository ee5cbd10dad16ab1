"""Why a move is proposed, with figures, and why a holding at risk is not."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from server.redistribution.board import Board, Moves
from server.redistribution.issuing import Lot, issue, lots_after
from server.redistribution.plan import Move, NotMoved
from server.redistribution.scenarios import Paths

Numbers = dict[str, float | int | str]


def explained_moves(board: Board, moves: Moves, paths: Paths) -> tuple[Move, ...]:
    """The moves with what each saves by itself, those that save most first."""
    after = lots_after(board, moves)
    expired = {site: _expired(board, site, after[site], paths) for site in _ends(board, moves)}
    found = []
    for (holding, site), vials in sorted(moves.items()):
        donor = int(board.site[holding])
        doses = int(vials * board.per_vial[holding])
        arrival = int(board.ways.arrival[donor, site])
        expiry = int(board.expiry[holding])
        stays = [*after[donor], Lot(expiry, int(board.ready[holding]), doses)]
        without = list(after[site])
        without.remove(Lot(expiry, arrival, doses))
        saved = _expired(board, donor, stays, paths) - expired[donor]
        saved = saved + _expired(board, site, without, paths) - expired[site]
        found.append(_move(board, (holding, site), vials, saved))
    return tuple(sorted(found, key=lambda move: (-move.saved_doses, move.holding, move.destination)))


def reasons_to_stay(board: Board, moves: Moves, paths: Paths) -> tuple[NotMoved, ...]:
    """Every holding of which half a vial or more is expected to expire, with the first thing in its way."""
    after = lots_after(board, moves)
    room = _room_left(board, after, paths)
    sent: dict[int, int] = defaultdict(int)
    from_site: dict[int, int] = defaultdict(int)
    for (holding, _), vials in moves.items():
        sent[holding] += vials
        from_site[int(board.site[holding])] += vials
    found = []
    for site, here in enumerate(board.holdings_at):
        expired = issue(after[site], paths[:, site], board.marks).expired.mean(axis=0)
        for place, holding in enumerate(here):
            if expired[place] < board.per_vial[holding] / 2:
                continue
            kept = int(board.vials[holding]) - sent[holding]
            reason, numbers = _reason(board, holding, sent[holding], from_site[site], moves, room)
            held = board.instance.holdings[holding]
            numbers = {name: round(n, 1) if isinstance(n, float) else n for name, n in numbers.items()}
            found.append(NotMoved(held.id, held.site, kept, round(float(expired[place]), 1), reason, numbers))
    return tuple(sorted(found, key=lambda each: (-each.expected_expired, each.holding)))


def _move(board: Board, pair: tuple[int, int], vials: int, saved: NDArray[np.float64]) -> Move:
    holding, site = pair
    instance, donor = board.instance, int(board.site[holding])
    held, arrival = instance.holdings[holding], int(board.ways.arrival[donor, site])
    low, high = np.quantile(saved, [0.1, 0.9])
    return Move(
        held.id,
        held.lot,
        held.site,
        instance.sites[site].id,
        vials,
        vials * held.doses_per_vial,
        instance.day + timedelta(days=instance.parameters.dispatch_days),
        instance.day + timedelta(days=arrival),
        held.effective_expiry,
        (held.effective_expiry - instance.day).days - arrival,
        round(float(board.ways.km[donor, site]), 1),
        round(float(board.ways.hours[donor, site]), 2),
        round(float(saved.mean()), 1),
        round(float(low), 1),
        round(float(high), 1),
        instance.sites[site].demand.still_due,
        tuple((code, vials * number) for code, number in instance.companions),
    )


def _reason(
    board: Board,
    holding: int,
    sent: int,
    from_site: int,
    moves: Moves,
    room: NDArray[np.float64],
) -> tuple[str, Numbers]:
    """The first thing in the way: of the holding, of its site, of the ways out, of the places they lead to."""
    held = board.instance.holdings[holding]
    number = int(board.site[holding])
    site, parameters = board.instance.sites[number], board.instance.parameters
    if board.expiry[holding] < 0:
        return "expired", {"days_ago": -int(board.expiry[holding])}
    if held.why_not:
        return "holding_stays", {"why_not": held.why_not}
    if held.arrives_on:
        return "in_transit", {"arrives_in_days": int(board.ready[holding])}
    if sent >= board.movable[holding]:
        return "reserved", {"reserved_vials": held.reserved_vials, "sent_vials": sent}
    if not site.may_send:
        return "site_may_not_send", {"why_not": site.why_not or ""}
    if board.spare_vials(number) <= from_site:
        stock = sum(board.vials[h] * board.per_vial[h] for h in board.holdings_at[number])
        return "safety_stock", {
            "stock_doses": int(stock),
            "safety_doses": site.safety_doses,
            "send_limit_vials": -1 if site.send_limit_vials is None else site.send_limit_vials,
            "sent_vials": from_site,
        }
    return _reason_of_ways(board, holding, room) or _reason_of_choice(
        board, holding, moves, room, parameters.max_pairs
    )


def _reason_of_ways(board: Board, holding: int, room: NDArray[np.float64]) -> tuple[str, Numbers] | None:
    """What is wrong with every way out: the reason of the best of those that got furthest."""
    donor, parameters = int(board.site[holding]), board.instance.parameters
    short = board.instance.holdings[holding].short_legs_only
    most = parameters.short_leg_hours if short else parameters.max_leg_hours
    hours, left = board.ways.hours[donor], board.expiry[holding] - board.ways.arrival[donor]
    able = board.ways.open[donor]
    if not able.any():
        return "no_leg", {}
    near = able & (hours <= most + 1e-9)
    if not near.any():
        return "leg_too_long", {"nearest_hours": float(hours[able].min()), "permitted_hours": most}
    fresh = near & (left >= parameters.min_days_left)
    if not fresh.any():
        return "arrives_too_late", {
            "days_left_at_arrival": int(left[near].max()),
            "days_needed": parameters.min_days_left,
        }
    place = board.mark(int(board.expiry[holding]) + 1)
    best = float(room[fresh, place].max())
    if best < board.per_vial[holding] / 2:
        due = [board.instance.sites[site].demand.still_due for site in np.flatnonzero(fresh)]
        known = [number for number in due if number is not None]
        return "no_one_due", {
            "sites_in_reach": int(fresh.sum()),
            "most_room_doses": best,
            **({"still_due": sum(known)} if known else {}),
        }
    return None


def _reason_of_choice(
    board: Board, holding: int, moves: Moves, room: NDArray[np.float64], max_pairs: int | None
) -> tuple[str, Numbers]:
    """Somebody could use it: what was full, or not worth the way."""
    donor = int(board.site[holding])
    place = board.mark(int(board.expiry[holding]) + 1)
    fits = np.flatnonzero(board.reach[holding] & (room[:, place] >= board.per_vial[holding] / 2))
    into: dict[int, int] = defaultdict(int)
    carried: dict[tuple[int, int], int] = defaultdict(int)
    for (other, site), vials in moves.items():
        into[site] += vials
        carried[int(board.site[other]), site] += vials
    rooms = {int(site): board.room_vials(int(site)) for site in fits}
    if all(space is not None and space <= into[site] for site, space in rooms.items()):
        return "no_refrigerator_room", {"sites_in_reach": len(fits)}
    truck = board.instance.parameters.truck_capacity_vials
    if truck is not None and all(carried[donor, int(site)] >= truck for site in fits):
        return "truck_full", {"truck_capacity_vials": truck}
    best = float(room[fits, place].max())
    if max_pairs is not None and len(carried) >= max_pairs:
        return "pair_limit", {"max_pairs": max_pairs, "most_room_doses": best}
    return "not_worth_the_way", {
        "most_room_doses": best,
        "leg_cost_doses": board.instance.parameters.leg_cost,
        "min_leg_vials": board.instance.parameters.min_leg_vials,
    }


def _room_left(board: Board, after: list[list[Lot]], paths: Paths) -> NDArray[np.float64]:
    """[site, mark]: mean doses a site could still use of one more lot expiring before the mark."""
    found = np.zeros((len(after), len(board.marks)))
    for site, lots in enumerate(after):
        stock = np.zeros(len(board.marks))
        for lot in lots:
            if lot.expiry < board.end:
                stock[board.mark(lot.expiry + 1) :] += lot.doses
        slack = paths[:, site] - stock
        least = np.minimum.accumulate(slack[:, ::-1], axis=1)[:, ::-1]
        found[site] = np.maximum(least, 0.0).mean(axis=0)
    return found


def _ends(board: Board, moves: Moves) -> set[int]:
    return {end for holding, site in moves for end in (int(board.site[holding]), site)}


def _expired(board: Board, site: int, lots: list[Lot], paths: Paths) -> NDArray[np.float64]:
    return np.asarray(issue(lots, paths[:, site], board.marks).expired.sum(axis=1))

"""The plan as a JSON file, and its moves read back against the instance they belong to."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import fields
from typing import Any

from server.redistribution.board import Board
from server.redistribution.json_fields import Fields, entries_of
from server.redistribution.plan import Expected, Move, NotMoved, Plan
from shared.faults import Fault, Refused, fault

FORMAT = "tungnha.redistribution.plan"
VERSION = 1


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan's JSON object, as documented in docs/redistribution.md."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "item": plan.item,
        "day": plan.day.isoformat(),
        "moves": [_move(move) for move in plan.moves],
        "not_moved": [_not_moved(each) for each in plan.not_moved],
        "totals": {
            "doses": plan.doses,
            "pairs": plan.pairs,
            "vials_moved": sum(move.vials for move in plan.moves),
            "doses_moved": sum(move.doses for move in plan.moves),
            "vial_km": round(sum(move.vials * move.km for move in plan.moves), 1),
            "do_nothing": _expected(plan.nothing, plan.doses),
            "greedy": _expected(plan.greedy, plan.doses) | {"pairs": plan.greedy_pairs},
            "plan": _expected(plan.planned, plan.doses),
            "expected_doses_saved": round(plan.nothing.expired - plan.planned.expired, 1),
        },
        "method": plan.method,
        "fallback": plan.fallback,
        "scenarios": plan.scenarios,
        "seconds": round(plan.seconds, 2),
    }


def read_moves(text: str | bytes, board: Board) -> dict[tuple[int, int], int]:
    """(holding, site) -> vials of a plan's file, numbered as on the board.

    Only `moves` with holding, to and vials are needed, so a plan may be written by hand. Refused when it names what
    the instance has not, or moves more than a holding may give.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Refused(fault("redistribution.not_json", line=getattr(error, "lineno", 1))) from None
    if not isinstance(document, dict) or (document.get("format"), document.get("version")) != (
        FORMAT,
        VERSION,
    ):
        raise Refused(fault("redistribution.format", "format", expected=f"{FORMAT} {VERSION}"))
    top = Fields(document, "", [])
    holdings = {holding.id: number for number, holding in enumerate(board.instance.holdings)}
    sites = {site.id: number for number, site in enumerate(board.instance.sites)}
    moves: dict[tuple[int, int], int] = defaultdict(int)
    for each in entries_of(top, "moves"):
        holding, site, vials = each.text("holding"), each.text("to"), each.whole("vials", least=1)
        for name, known, given in (("holding", holdings, holding), ("to", sites, site)):
            if given not in known:
                top.faults.append(fault("redistribution.plan_unknown", f"{each.path}.{name}", id=given))
        if holding in holdings and site in sites:
            moves[holdings[holding], sites[site]] += vials
    faults = top.faults or _exceeding(board, moves)
    if faults:
        raise Refused(faults)
    return dict(moves)


def _exceeding(board: Board, moves: dict[tuple[int, int], int]) -> list[Fault]:
    sent: dict[int, int] = defaultdict(int)
    for (holding, _), vials in moves.items():
        sent[holding] += vials
    return [
        fault(
            "redistribution.plan_exceeds",
            "moves",
            holding=board.instance.holdings[holding].id,
            moved=vials,
            movable=int(board.movable[holding]),
        )
        for holding, vials in sorted(sent.items())
        if vials > board.movable[holding]
    ]


def _move(move: Move) -> dict[str, Any]:
    return {
        "holding": move.holding,
        "lot": move.lot,
        "from": move.origin,
        "to": move.destination,
        "vials": move.vials,
        "doses": move.doses,
        "leaves_on": move.leaves_on.isoformat(),
        "arrives_on": move.arrives_on.isoformat(),
        "effective_expiry": move.effective_expiry.isoformat(),
        "days_left": move.days_left,
        "km": move.km,
        "hours": move.hours,
        "expected_doses_saved": move.saved_doses,
        "interval": [move.saved_low, move.saved_high],
        "due_there": move.due_there,
        "companions": [{"code": code, "number": number} for code, number in move.companions],
    }


def _not_moved(each: NotMoved) -> dict[str, Any]:
    return {field.name: getattr(each, field.name) for field in fields(each)}


def _expected(expected: Expected, doses: int) -> dict[str, float]:
    return {
        "expected_wasted_doses": round(expected.expired, 1),
        "expected_wasted_percent": percent(expected.expired, doses),
        "expected_missed_doses": round(expected.missed, 1),
    }


def percent(part: float, whole: int) -> float:
    """A share of the stock in percent, two decimals; 0 of nothing."""
    return round(100 * part / whole, 2) if whole else 0.0

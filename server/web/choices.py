"""What a reader chose to look at, from the address: the day, the communes of 2022 or of 2025, the denominator, a goal.

`as_of` a day, today when left out; `hierarchy` 2022 or 2025; `denominator` one of DENOMINATORS; `goal` a goal's key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import g, request, url_for

from server.indicators.denominators import DENOMINATORS
from server.places.hierarchies import HIERARCHIES, tree_day, usual_hierarchy
from server.places.tree import Node, Tree
from server.plans.goals import Goal
from server.settings import current_settings
from server.web.area import Area, Crumb, area, connection
from shared.faults import Refused, fault

#: Stands for any place in an address.
_ANY = "00000000-0000-0000-0000-000000000000"

_ABOVE = ("province", "district", "commune")


@dataclass(frozen=True, slots=True)
class Choice:
    """The day figures are given for, how places are grouped, and what is divided by."""

    today: date
    as_of: date
    hierarchy: str
    denominator: str
    goal_key: str
    tree: Tree
    seen: Area
    _found: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)
    _around: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def past(self) -> bool:
        """Whether a day before today was asked for."""
        return self.as_of < self.today

    @property
    def usual_hierarchy(self) -> str:
        """The communes of the day itself."""
        return usual_hierarchy(self.as_of)

    def villages(self, place_id: str) -> list[str]:
        """Villages of a place that the reader may see; asked for several times a page, so kept."""
        if place_id not in self._found:
            self._found[place_id] = [v for v in self.tree.villages(place_id) if v in self.seen.visible]
        return self._found[place_id]

    def goal(self, goals: Sequence[Goal]) -> Goal | None:
        """The goal asked for, else the first that is due."""
        return next((goal for goal in goals if goal.key == self.goal_key), goals[0] if goals else None)

    def address(self, **changes: str | None) -> dict[str, Any]:
        """What of the choice is not usual, as the query of an address."""
        chosen = {
            "as_of": self.as_of.isoformat() if self.past else None,
            "hierarchy": self.hierarchy if self.hierarchy != self.usual_hierarchy else None,
            "denominator": self.denominator if self.denominator != DENOMINATORS[0] else None,
            "goal": self.goal_key or None,
            **changes,
        }
        return {name: value for name, value in chosen.items() if value}

    def place_url(self, place_id: str) -> str:
        """The address of a place, looked at in the same way."""
        if not self._around:  # routed once: a page names some hundred places
            self._around.extend(url_for("web.place", place_id=_ANY, **self.address()).split(_ANY))
        return place_id.join(self._around)

    def opens(self, place_id: str) -> bool:
        """Whether the people behind a figure of this place can be listed: the list is of today."""
        return not self.past and self.holds(place_id)

    def path(self, place_id: str) -> list[Crumb]:
        """From the province to a place, in the chosen hierarchy."""
        return [Crumb(n.id, n.name, self.holds(n.id)) for n in self.tree.path(place_id)]

    def holds(self, place_id: str) -> bool:
        """Whether a place is the reader's: in their scope, or (of another day's tree) with villages of theirs only."""
        if place_id in self.seen.visible:
            return True
        inside = self.tree.villages(place_id) if self.tree is not self.seen.tree else []
        return bool(inside) and self.seen.visible.issuperset(inside)

    def node(self, place_id: str) -> Node:
        """The place on the chosen tree, or the one there that its villages are in now; 404 when it is not theirs."""
        found = self.tree.get(place_id)
        if found is not None and self.holds(place_id):
            return found
        if found is None and place_id in self.seen.visible:
            there = self._there(self.seen.tree.nodes[place_id])
            if there is not None and self.holds(there.id):
                return there
        raise Refused(fault("scope.hidden"))

    def _there(self, node: Node) -> Node | None:
        """Of the places of the same level, the one that holds most of this place's villages."""
        if node.level not in _ABOVE:
            return None
        held: dict[str, int] = {}
        for village in self.seen.tree.villages(node.id):
            above = self.tree.up(village, node.level)
            if above is not None:
                held[above.id] = held.get(above.id, 0) + 1
        return self.tree.nodes[max(held, key=lambda id_: (held[id_], id_))] if held else None


def choice() -> Choice:
    """What this request's address asks for; what it does not say, or says wrongly, is as usual."""
    if "choice" not in g:
        seen, today = area(), current_settings().clock.today()
        as_of = min(_day(request.args.get("as_of", "")) or today, today)
        usual = usual_hierarchy(as_of)
        hierarchy = _one_of("hierarchy", HIERARCHIES, usual)
        tree = seen.tree if hierarchy == usual_hierarchy(today) and as_of == today else None
        if tree is None:
            tree = Tree.load(connection(), tree_day(hierarchy, as_of))
        denominator = _one_of("denominator", DENOMINATORS, DENOMINATORS[0])
        g.choice = Choice(today, as_of, hierarchy, denominator, request.args.get("goal", ""), tree, seen)
    found: Choice = g.choice
    return found


def _one_of(name: str, known: Collection[str], usual: str) -> str:
    asked = request.args.get(name, "")
    return asked if asked in known else usual


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

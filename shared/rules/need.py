"""What vaccine a place still needs: people to be given a dose, less what the place has and was promised (R029).

Stock goes to doses in one fixed way: the oldest effective expiry first, and of the doses that stock can serve the
one with the fewest vaccines to choose from (children's vaccine is kept for children), then the one due first. So a
result depends on what there is, never on the order it is read in or on how a lot is split (L28).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from shared.reference import age_groups
from shared.rules.ages import latest_birth
from shared.rules.expiry import VVM_LIMIT
from shared.rules.openings import Openings
from shared.rules.vaccine_choice import proposed_vaccines

#: No vaccine's licence ends at an age above this one.
_OLDEST_YEARS = 100

#: Why stock does not count as usable, the first that holds.
UNUSABLE = ("vvm", "expired", "hold", "quarantined", "opened", "expiry_unknown")


@dataclass(frozen=True, slots=True)
class Need:
    """People of a place still to be given a dose, `due` on the plan's day with the `covered` among them.

    `fits` are the codes of vaccines that may be used.
    """

    place: str
    age_group: str
    dose_type: str
    due_on: date
    due: int
    covered: int
    fits: frozenset[str]

    @property
    def people(self) -> int:
        """Doses still to be given."""
        return max(0, self.due - self.covered)

    @property
    def dose(self) -> tuple[str, str]:
        """The dose of an age group, whichever plan asks for it."""
        return self.age_group, self.dose_type

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other needs."""
        return self.place, self.age_group, self.dose_type


@dataclass(frozen=True, slots=True)
class Supply:
    """Usable doses of one item with one last day of use at one place, of whole vials of `doses_per_vial`."""

    place: str
    item: str
    vaccine: str
    doses_per_vial: int
    expiry: date
    doses: int


@dataclass(frozen=True, slots=True)
class Promise:
    """Doses allocated to a place and not received yet; `source` None comes from outside."""

    source: str | None
    place: str
    item: str
    vaccine: str
    doses_per_vial: int
    doses: int


@dataclass(slots=True)
class Covered:
    """A need with the doses that serve it: `own` of the place by vaccine, and `promised` ones."""

    need: Need
    own: dict[str, int] = field(default_factory=dict)
    promised: int = 0

    @property
    def on_hand(self) -> int:
        """Doses of the place's own stock that go to it."""
        return sum(self.own.values())

    @property
    def shortage(self) -> int:
        """People nothing is there for."""
        return self.need.people - self.on_hand - self.promised


def why_unusable(state: str, hold: str | None, days_left: int | None, vvm: int | None = None) -> str | None:
    """One of UNUSABLE, or None: what is expired, stopped, opened or of unknown expiry is not planned with.

    `vvm` is the stage of the vial monitor as last seen: from VVM_LIMIT on a vial is not used.
    """
    if vvm is not None and vvm >= VVM_LIMIT:
        return "vvm"
    if days_left is not None and days_left < 0:
        return "expired"
    if hold:
        return "hold"
    if state in ("quarantined", "opened"):
        return state
    return "expiry_unknown" if days_left is None else None


def fitting_vaccines(
    codes: Iterable[str], age_group: str, dose_type: str, on: date, openings: Openings
) -> frozenset[str]:
    """Vaccines licensed and opened on a day for a dose at some age of the group; none for a group unknown here."""
    group = age_groups().get(age_group)
    if group is None:
        return frozenset()
    last = _OLDEST_YEARS if group.max_months is None else (group.max_months - 1) // 12
    known, found = set(codes), set[str]()
    for years in range(group.min_months // 12, last + 1):
        birth = latest_birth(max(years * 12, group.min_months), on)
        found.update(proposed_vaccines(known - found, dose_type, birth, None, on, openings))
    return frozenset(found)


def asked_once(needs: Iterable[Need]) -> list[Need]:
    """Needs in a fixed order; a dose that two plans ask for is needed once: the most people, by the earliest day."""
    found: dict[tuple[str, str, str], Need] = {}
    for need in sorted(needs, key=lambda n: (n.people, n.due, n.due_on), reverse=True):
        known = found.get(need.key)
        found[need.key] = replace(known, due_on=min(known.due_on, need.due_on)) if known else need
    return [found[key] for key in sorted(found)]


def pooled(supplies: Iterable[Supply]) -> list[Supply]:
    """Supplies with lots of one item and last day at one place added up, the oldest first; nothing below zero."""
    sums: dict[Supply, int] = {}
    for supply in supplies:
        kept = replace(supply, doses=0)
        sums[kept] = sums.get(kept, 0) + supply.doses
    found = [replace(kept, doses=doses) for kept, doses in sums.items() if doses > 0]
    return sorted(found, key=lambda s: (s.expiry, s.place, s.vaccine, s.item, s.doses_per_vial))


def set_aside(supplies: Iterable[Supply], promises: Iterable[Promise]) -> list[Supply]:
    """Supplies less what their places have promised to others, the oldest of an item going first."""
    promised: dict[tuple[str, str], int] = {}
    for promise in promises:
        if promise.source is not None:
            key = (promise.source, promise.item)
            promised[key] = promised.get(key, 0) + promise.doses
    left = []
    for supply in pooled(supplies):
        key = (supply.place, supply.item)
        taken = min(supply.doses, promised.get(key, 0))
        promised[key] = promised.get(key, 0) - taken
        if taken < supply.doses:
            left.append(replace(supply, doses=supply.doses - taken))
    return left


def cover(
    needs: Iterable[Need], supplies: Iterable[Supply], promises: Sequence[Promise] = ()
) -> tuple[list[Covered], list[Supply]]:
    """(needs with what serves them, supplies left over); each place's own stock first, then what it was promised.

    `needs` name a dose of a place once (`asked_once`).
    """
    found = {need.key: Covered(need) for need in needs}
    at: dict[str, list[Covered]] = {}
    for each in found.values():
        at.setdefault(each.need.place, []).append(each)
    stocked = pooled(supplies)
    choices = _choices(stocked, promises)
    left = []
    for supply in stocked:
        doses = supply.doses
        for each in _in_order(at.get(supply.place, ()), supply.vaccine, choices):
            given = min(doses, each.shortage)
            if given:
                each.own[supply.vaccine] = each.own.get(supply.vaccine, 0) + given
                doses -= given
        if doses:
            left.append(replace(supply, doses=doses))
    coming: dict[tuple[str, str], int] = {}
    for promise in promises:
        coming[promise.place, promise.vaccine] = (
            coming.get((promise.place, promise.vaccine), 0) + promise.doses
        )
    for (place, vaccine), doses in sorted(coming.items()):
        for each in _in_order(at.get(place, ()), vaccine, choices):
            given = min(doses, each.shortage)
            each.promised += given
            doses -= given
    return [found[key] for key in sorted(found)], left


def _choices(supplies: Iterable[Supply], promises: Iterable[Promise]) -> dict[str, set[str]]:
    """Place -> the vaccines there or on their way."""
    found: dict[str, set[str]] = {}
    told = [(s.place, s.vaccine) for s in supplies] + [(p.place, p.vaccine) for p in promises]
    for place, vaccine in told:
        found.setdefault(place, set()).add(vaccine)
    return found


def _in_order(found: Iterable[Covered], vaccine: str, choices: Mapping[str, set[str]]) -> list[Covered]:
    """The needs a vaccine may serve, those with the fewest vaccines to choose from first."""

    def rank(each: Covered) -> tuple[int, date, tuple[str, str]]:
        need = each.need
        return len(need.fits & choices.get(need.place, set())), need.due_on, need.dose

    return sorted((each for each in found if vaccine in each.need.fits), key=rank)

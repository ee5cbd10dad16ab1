"""Rules of a vaccination session: what its vials became."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.faults import Fault, fault


def vials_agree(line: Mapping[str, Any]) -> Fault | None:
    """Vials opened, brought back and discarded unopened are together those taken out."""
    parts = sum(int(line.get(name) or 0) for name in ("vials_opened", "vials_returned", "vials_discarded"))
    if parts == line["vials_taken"]:
        return None
    return fault("session.vials_differ", "lots", taken=line["vials_taken"], accounted=parts)


def opened_vials_cover(
    doses: int, vials_opened: int, doses_per_vial: int, left_open: int = 0
) -> Fault | None:
    """Doses recorded from a lot fit into the vials opened of it, and what was `left_open` in vials of before."""
    if doses <= vials_opened * doses_per_vial + left_open:
        return None
    return fault("session.doses_exceed", "lots", doses=doses, vials=vials_opened)


def vials_needed(doses: int, doses_per_vial: int) -> int:
    """The fewest vials that hold so many doses."""
    return -(-doses // doses_per_vial) if doses_per_vial else 0


def left_in_open(doses_open: int, given: int, doses_per_vial: int) -> int:
    """Doses left in open vials of a lot that held `doses_open` by the book, after `given` were recorded: a vial that
    was needed for them and that nobody recorded as opened counts as opened.
    """
    rest = doses_open - given
    return rest if rest >= 0 else rest % doses_per_vial


def spare_of_a_vial(waiting: int, doses_per_vial: int) -> int:
    """Doses that a vial opened now would leave when only so many people still wait for it."""
    return max(0, doses_per_vial - waiting)


def unsettled(given: Mapping[str, int], settled: Mapping[str, int]) -> dict[str, int]:
    """Lot -> doses recorded for a closed session beyond those that left the stock when it closed (fewer: negative).

    A phone that was out of reach records on; nothing is refused, the vials are accounted for again. Lots of which
    nothing was settled in doses are left out.
    """
    return {
        lot: given.get(lot, 0) - doses for lot, doses in sorted(settled.items()) if given.get(lot, 0) != doses
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """Vials of one lot as they stand at the session's site; `doses` are those left in them when they are opened."""

    state: str
    thawed_on: date | None
    opened_on: date | None
    vials: int
    doses: int


def movements_at_close(
    line: Mapping[str, Any],
    kept: Sequence[Kept],
    *,
    given: int,
    doses_per_vial: int | None,
    on: date,
    opened_before: int = 0,
    reason: str = "session_end",
) -> list[dict[str, Any]]:
    """Bodies of the movements one line of a closed session makes of its lot, in the order they happened.

    Vials are opened (their doses come to stand as opened), doses are administered and thrown away for `reason`, and
    unopened vials broke. So doses balance: opened = administered + thrown away + left in the vial. `kept` stands
    first-expired first; `opened_before` of `vials_opened` were recorded as opened during the session already. An item
    without doses a vial is used by the vial.
    """
    sealed = [each for each in kept if each.state != "opened"]
    opened = max(0, int(line.get("vials_opened") or 0) - opened_before)
    broken = int(line.get("vials_discarded") or 0)
    taken = _spread(opened + broken, sealed)
    found: list[dict[str, Any]] = []
    open_vials = [each for each in kept if each.state == "opened" and (each.vials > 0 or each.doses > 0)]
    for each, vials in _first(taken, opened):
        if doses_per_vial is None:
            found.append(_as_kept(each) | {"vials": -vials, "reason": "administered"})
            continue
        doses = vials * doses_per_vial
        into = {"to_state": "opened", "to_opened_on": on.isoformat()}
        found.append(_as_kept(each) | into | {"vials": -vials, "doses": -doses, "reason": "opened"})
        open_vials = _put(open_vials, Kept("opened", each.thawed_on, on, vials, doses))
    if doses_per_vial:
        used, open_vials = _empty(open_vials, given, doses_per_vial, "administered")
        thrown, _ = _empty(open_vials, int(line.get("doses_discarded") or 0), doses_per_vial, reason)
        found += used + thrown
    found += [_as_kept(each) | {"vials": -vials, "reason": "broken"} for each, vials in _after(taken, opened)]
    return found


def _spread(vials: int, sealed: Sequence[Kept]) -> list[tuple[Kept, int]]:
    """Vials taken of what is kept, first-expired first; more than the book has comes off the last all the same."""
    parts: list[tuple[Kept, int]] = []
    rest = vials
    for each in sealed:
        part = min(max(each.vials, 0), rest)
        parts.append((each, part))
        rest -= part
    if rest and parts:
        parts[-1] = (parts[-1][0], parts[-1][1] + rest)
    elif rest:
        parts.append((Kept("chilled", None, None, 0, 0), rest))
    return [(each, part) for each, part in parts if part]


def _first(taken: Iterable[tuple[Kept, int]], vials: int) -> list[tuple[Kept, int]]:
    found = []
    for each, part in taken:
        used = min(part, vials)
        vials -= used
        if used:
            found.append((each, used))
    return found


def _after(taken: Sequence[tuple[Kept, int]], vials: int) -> list[tuple[Kept, int]]:
    found = []
    for each, part in taken:
        used = min(part, vials)
        vials -= used
        if part > used:
            found.append((each, part - used))
    return found


def _put(open_vials: Sequence[Kept], more: Kept) -> list[Kept]:
    """Opened vials with more of them, those opened first in front."""
    found = list(open_vials)
    for at, each in enumerate(found):
        if (each.thawed_on, each.opened_on) == (more.thawed_on, more.opened_on):
            found[at] = replace(each, vials=each.vials + more.vials, doses=each.doses + more.doses)
            return found
    return sorted([*found, more], key=lambda k: (k.opened_on or date.min, k.thawed_on or date.min))


def _empty(
    open_vials: Sequence[Kept], doses: int, doses_per_vial: int, reason: str
) -> tuple[list[dict[str, Any]], list[Kept]]:
    """Doses taken out of opened vials, and what is left; a vial goes with its last dose."""
    moved, left = [], []
    for each in open_vials:
        taken = min(max(each.doses, 0), doses)
        doses -= taken
        rest = each.doses - taken
        vials = max(0, each.vials - vials_needed(max(rest, 0), doses_per_vial)) if taken else 0
        if taken:
            moved.append(_as_kept(each) | {"vials": -vials, "doses": -taken, "reason": reason})
        left.append(replace(each, vials=each.vials - vials, doses=rest))
    return moved, left


def _as_kept(kept: Kept) -> dict[str, Any]:
    days = {"thawed_on": kept.thawed_on, "opened_on": kept.opened_on}
    return {"state": kept.state} | {name: day.isoformat() for name, day in days.items() if day}

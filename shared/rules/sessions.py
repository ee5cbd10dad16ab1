"""Rules of a vaccination session: what its vials became."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.faults import Fault, fault


def vials_agree(line: Mapping[str, Any]) -> Fault | None:
    """Vials opened, brought back and discarded unopened are together those taken out."""
    parts = sum(int(line.get(name) or 0) for name in ("vials_opened", "vials_returned", "vials_discarded"))
    if parts == line["vials_taken"]:
        return None
    return fault("session.vials_differ", "lots", taken=line["vials_taken"], accounted=parts)


def opened_vials_cover(doses: int, vials_opened: int, doses_per_vial: int) -> Fault | None:
    """Doses recorded from a lot fit into the vials opened of it."""
    if doses <= vials_opened * doses_per_vial:
        return None
    return fault("session.doses_exceed", "lots", doses=doses, vials=vials_opened)


def vials_needed(doses: int, doses_per_vial: int) -> int:
    """The fewest vials that hold so many doses."""
    return -(-doses // doses_per_vial) if doses_per_vial else 0


def movements_at_close(lines: Iterable[Mapping[str, Any]]) -> list[tuple[str, int, str]]:
    """(lot, signed vials, reason) a closed session takes off the stock of its site: opened were used, some broke."""
    moved = []
    for line in lines:
        if opened := int(line.get("vials_opened") or 0):
            moved.append((str(line["lot"]), -opened, "administered"))
        if discarded := int(line.get("vials_discarded") or 0):
            moved.append((str(line["lot"]), -discarded, "broken"))
    return moved

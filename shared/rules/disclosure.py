"""What may be published: figures of small groups are held back, and cannot be had by subtraction (R051)."""

from __future__ import annotations

from collections.abc import Sequence

#: A figure of fewer people than this could point at someone.
SMALLEST = 5


def held_back(groups: Sequence[Sequence[int]], smallest: int = SMALLEST) -> set[int]:
    """Positions of the groups whose figures are not published, among groups that add up to a published sum.

    `groups`: the parts each group is divided into, as (vaccinated, not vaccinated). A group with a part of 1 to
    `smallest` − 1 people is held back; when it would be the only one, or all that is held back together is
    still so small, the next smallest goes with it, so that the sum minus the others tells nothing.
    """
    hidden = {place for place, parts in enumerate(groups) if any(0 < part < smallest for part in parts)}
    if not hidden:
        return hidden
    others = sorted((sum(parts), place) for place, parts in enumerate(groups) if place not in hidden)
    while others and not _blurred([groups[place] for place in hidden], smallest):
        hidden.add(others.pop(0)[1])
    return hidden


def _blurred(groups: Sequence[Sequence[int]], smallest: int) -> bool:
    together = [sum(parts) for parts in zip(*groups, strict=True)]
    return len(groups) > 1 and not any(0 < part < smallest for part in together)

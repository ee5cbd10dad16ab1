"""Whether lines that explain a count add up to what it differs by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: A holding as a line names it: (lot, state, thawed on, opened on), days as ISO text.
HoldingKey = tuple[str, str, str | None, str | None]


def holding_key(line: Mapping[str, Any]) -> HoldingKey:
    """What tells the holding of a line."""
    return line["lot"], line["state"], line.get("thawed_on"), line.get("opened_on")


def not_adding_up(
    lines: Iterable[Mapping[str, Any]], wanted: Mapping[HoldingKey, tuple[int, int]]
) -> list[tuple[HoldingKey, tuple[int, int]]]:
    """Holdings whose lines do not sum to the difference, each with (vials, doses) still missing.

    `wanted`: holding -> (vials, doses) by which the count differs; a holding not in it differs by nothing.
    """
    said: dict[HoldingKey, tuple[int, int]] = {}
    for line in lines:
        vials, doses = said.get(holding_key(line), (0, 0))
        said[holding_key(line)] = vials + (line.get("vials") or 0), doses + (line.get("doses") or 0)
    missing = []
    for key in {**wanted, **said}:
        (vials, doses), (told, told_doses) = wanted.get(key, (0, 0)), said.get(key, (0, 0))
        if (vials, doses) != (told, told_doses):
            missing.append((key, (vials - told, doses - told_doses)))
    return missing

"""The demand of one site for one item, as a forecast says."""

from __future__ import annotations

from dataclasses import dataclass

from shared.rules.demand import Use


@dataclass(frozen=True, slots=True)
class SiteDemand:
    """What a site is expected to use of an item. `mean` doses (units) a day; `still_due` None for what nobody is due
    for; `error` None until forecasts of the item were scored. `used`: what it was made from.
    """

    site_id: str
    item_id: str
    mean: float
    dispersion: float
    error: float | None
    still_due: int | None
    weekdays: tuple[int, ...]
    used: Use

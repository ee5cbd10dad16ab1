"""What a report's cells hold by the records: one unit's figures of a period, row by row (campaign, vaccine).

Whoever has the records tells them here, doses first: they say which vaccine a day was about. What the records do
not say stays None (R001). Doses count where they were given; refusals where people live.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from shared.records.dose import DOSE_TYPES
from shared.reference import reasons
from shared.reporting.indicators import NOT_OPENED
from shared.rules.periods import Period
from shared.rules.report_cells import Value

#: (campaign, vaccine) of a row; "" where the records name none.
RowKey = tuple[str, str]
Rows = dict[RowKey, dict[str, Value]]

#: Movements that destroy vaccine; what was recalled went back.
DISCARDS = frozenset(
    code for code, r in reasons("stock").items() if r.reason_class in ("open_vial", "closed_vial")
) - {"recalled"}

#: Outcomes of a screening or visit that a form asks for.
INDICATOR_OF = {
    "refused": "people_refused",
    "deferred": "people_deferred",
    "contraindicated": "people_contraindicated",
}

#: The reason of a deferral that sends someone to a hospital: a column of its own.
REFERRED = "refer_hospital"

_DOSE_CELLS = (*(f"doses.{code}" for code in DOSE_TYPES), "doses.total", "doses.at_home")


@dataclass(frozen=True, slots=True)
class CampaignDays:
    """A campaign and the days it lasts; `ends_on` None while nobody ended it."""

    id: str
    starts_on: date
    ends_on: date | None


def campaign_on(campaigns: Iterable[CampaignDays], day: date) -> str:
    """The campaign a day's doses belong to: of those that last on it, the one begun last; "" outside every one."""
    lasting = (c for c in campaigns if c.starts_on <= day <= (c.ends_on or date.max))
    found = max(lasting, key=lambda c: (c.starts_on, c.id), default=None)
    return found.id if found else ""


def stock_cell(reason: str) -> str | None:
    """The indicator a movement of this reason counts in; None for other movements."""
    if reason == "administered":
        return "stock_doses_used"
    return "stock_doses_discarded" if reason in DISCARDS else None


def contact_cells(outcome: str, reason: str | None, *, screened: bool) -> list[str]:
    """The indicators a contact counts in: whoever was screened or has one of the outcomes was asked to come."""
    cell = "people_referred" if reason == REFERRED else INDICATOR_OF.get(outcome)
    if cell is None:
        return ["people_called"] if screened else []
    return ["people_called", cell]


def reaction_cell(severity: str) -> str:
    """The indicator a reaction counts in."""
    return "reactions_severe" if severity == "serious" else "reactions_common"


class UnitCount:
    """One unit's figures as its records are told. `campaign_of` gives the campaign of a day, "" for none."""

    def __init__(self, period: Period, campaign_of: Callable[[date], str]) -> None:
        self._period, self._campaign_of = period, campaign_of
        self._rows: dict[RowKey, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._on: dict[date, set[RowKey]] = defaultdict(set)
        self._met: dict[tuple[RowKey, str], set[str]] = defaultdict(set)
        self._doses = self._stock = self._screened = self._visited = self._reactions = False
        self._unclear: set[str] = set()

    def doses(self, day: date, vaccine: str, dose_type: str, at_home: bool, number: int = 1) -> None:
        """Doses given at the unit's sites, neither corrected nor copied from a certificate."""
        key = self._row_of(day, vaccine)
        if key is None:
            return
        self._doses = True
        self._on[day].add(key)
        at_home_cell = ["doses.at_home"] if at_home else []
        for cell in (f"doses.{dose_type}", "doses.total", *at_home_cell):
            self._rows[key][cell] += number

    def moved(self, day: date, reason: str, vaccine: str | None, doses: int) -> None:
        """A movement of the unit's stock, signed doses; any movement says that the stock is kept here."""
        cell = stock_cell(reason)
        self._stock = True
        key = self._row_of(day, vaccine) if vaccine and cell else None
        if key is not None and cell is not None:
            self._rows[key][cell] -= doses

    def reaction(self, onset_on: date, vaccine: str | None, severity: str) -> None:
        """A standing reaction, in the row of the vaccine it came after."""
        self._reactions = True
        key = self._row_of(onset_on, vaccine) if vaccine else self._row_on(onset_on)
        cell = reaction_cell(severity)
        if key is not None:
            self._rows[key][cell] += 1
        elif not vaccine:
            self._unclear.add(cell)

    def visited(self) -> None:
        """Somebody was visited in the unit's villages."""
        self._visited = True

    def contact(self, person: str, day: date, outcome: str, reason: str | None, *, screened: bool) -> None:
        """A screening at the unit's sites, or what a visit found for one person."""
        self._screened |= screened
        cells = contact_cells(outcome, reason, screened=screened)
        key = self._row_on(day) or (None if self._on else self._row_of(day, ""))
        if key is None:
            self._unclear.update(cells)
            return
        for cell in cells:
            self._met[key, cell].add(person)

    def vaccinated(self, person: str, vaccine: str, days: Iterable[date]) -> None:
        """The days on which a person had a vaccine here: told after the contacts."""
        if "people_called" in self._unclear:
            return
        for key in {self._row_of(day, vaccine) for day in days} - {None}:
            self._met[key, "people_called"].add(person)  # type: ignore[index]

    def rows(self) -> Rows:
        """The rows, every cell filled or None; without any record one empty row."""
        for (key, cell), persons in self._met.items():
            self._rows[key][cell] = len(persons)
        if not self._rows:
            key = self._row_of(self._period.last, "") or (self._period.campaign or "", "")
            return {key: self._cells({})}
        return {key: self._cells(values) for key, values in sorted(self._rows.items())}

    def _row_of(self, day: date, vaccine: str) -> RowKey | None:
        """The row of a day's vaccine; None for a day that belongs to another campaign than the period's."""
        campaign = self._campaign_of(day)
        if self._period.campaign is not None and campaign != self._period.campaign:
            return None
        return campaign, vaccine

    def _row_on(self, day: date) -> RowKey | None:
        """The row of something without a vaccine: the day's only vaccine, else the period's only one."""
        found = self._on.get(day) or set().union(*self._on.values())
        return next(iter(found)) if len(found) == 1 else None

    def _cells(self, values: dict[str, int]) -> dict[str, Value]:
        """Every count indicator of a row; None where the records cannot tell it."""
        met = self._screened or self._visited
        known = dict.fromkeys((*_DOSE_CELLS, NOT_OPENED), self._doses) | {
            "people_called": self._doses or self._screened,
            "people_referred": self._screened,
            "people_refused": self._visited,
            "people_deferred": met,
            "people_contraindicated": met,
            "stock_doses_used": self._stock,
            "stock_doses_discarded": self._stock,
            "reactions_common": self._reactions,
            "reactions_severe": self._reactions,
        }
        return {
            name: values.get(name, 0) if told and name not in self._unclear else None
            for name, told in known.items()
        }

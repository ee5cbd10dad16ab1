"""Timeliness and completeness (R065): doses entered the day they were given, phones heard of, complete through when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, func, select

from server.accounts.fleet import Phone
from server.database import select_among
from server.indicators.models import DoseTally

_TALLY: Table = DoseTally.__table__  # type: ignore[assignment]

#: Days over which timeliness is measured.
DAYS = 28


@dataclass(frozen=True, slots=True)
class Entered:
    """Doses given, and how many of them were recorded the same day (Vietnam's day)."""

    doses: int = 0
    same_day: int = 0

    def __add__(self, other: Entered) -> Entered:
        return Entered(self.doses + other.doses, self.same_day + other.same_day)


@dataclass(frozen=True, slots=True)
class Heard:
    """The phones of a place: enrolled ones, those silent, those never heard of, since when the quietest was heard."""

    phones: int = 0
    silent: int = 0
    never: int = 0
    quietest: datetime | None = None

    @property
    def complete_through(self) -> datetime | None:
        """Up to when nothing can be missing: every enrolled phone was heard of later. None when one never was."""
        return None if self.never else self.quietest

    def __add__(self, other: Heard) -> Heard:
        known = [moment for moment in (self.quietest, other.quietest) if moment]
        return Heard(
            self.phones + other.phones,
            self.silent + other.silent,
            self.never + other.never,
            min(known) if known else None,
        )


def entered(connection: Connection, sites: Collection[str], since: date, until: date) -> dict[str, Entered]:
    """Site -> doses given there between two days, both included; those copied from a certificate left out."""
    query = (
        select(_TALLY.c.site_id, func.sum(_TALLY.c.doses), func.sum(_TALLY.c.same_day))
        .where(_TALLY.c.given_on.between(since, until))
        .group_by(_TALLY.c.site_id)
    )
    rows = select_among(connection, query, _TALLY.c.site_id, sorted(sites))
    return {row[0]: Entered(int(row[1]), int(row[2])) for row in rows}


def heard(phones: Iterable[Phone]) -> dict[str, Heard]:
    """Place -> its phones, of users assigned there; revoked phones and users without one left out."""
    found: dict[str, Heard] = {}
    for phone in phones:
        if phone.state in ("active", "silent", "never"):
            one = Heard(1, phone.state == "silent", phone.state == "never", phone.last_seen_at)
            found[phone.place_id] = found.get(phone.place_id, Heard()) + one
    return found

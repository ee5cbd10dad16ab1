"""What is known when a dose is about to be given: doubts the server would raise about it, and the vials at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mobile.store import sessions, stock
from mobile.store.persons import optional_day
from mobile.store.project import openings_of
from mobile.store.screening import screening_rows
from mobile.store.sessions import SessionRow
from mobile.store.stock import HoldingRow
from mobile.store.views import PersonPage
from shared.faults import Fault, Refused, fault
from shared.rules.dispatching import Offered, passed_over
from shared.rules.dose_doubts import doubts_of
from shared.rules.sessions import left_in_open
from shared.rules.vaccine_choice import proposed_vaccines, unfit

if TYPE_CHECKING:
    from mobile.store.store import Store

#: The id of a dose that is not recorded yet; it sorts behind every other of its day.
_COMING = "~"


@dataclass(frozen=True, slots=True)
class LotAtHand:
    """A lot that doses of a session may be taken from. `first` is the holding to use next; `opened` are doses left in
    open vials, `sealed` vials not opened yet, `left` the doses of both (of what was taken out, where that was noted).
    """

    first: HoldingRow
    opened: int
    sealed: int
    left: int


def doubts_about(store: Store, person_id: str, dose: Mapping[str, Any]) -> list[Fault]:
    """What would be flagged if this dose were recorded: by the same rules the server judges by.

    `dose` has vaccine, dose_type, given_on, screening, at_home and lot_id (None without one).
    """
    row = store.database.row("SELECT birth_date, covid_on FROM person WHERE id = ?", (person_id,))
    if row is None:
        return []
    person = {"birth_date": date.fromisoformat(row["birth_date"]), "covid_on": optional_day(row["covid_on"])}
    doses = store.database.rows(
        "SELECT * FROM dose WHERE person_id = ? OR person_id IN (SELECT id FROM person WHERE merged_into = ?)",
        (person_id, person_id),
    )
    had = [
        dict(each)
        | {
            "given_on": date.fromisoformat(each["given_on"]),
            "recorded_on": date.fromisoformat(each["recorded_on"]),
        }
        for each in doses
    ]
    coming = {
        "id": _COMING,
        "recorded_on": store.clock.today(),
        "from_certificate": False,
        "corrected_by": None,
    }
    found = doubts_of(
        person,
        [*had, {**dose, **coming}],
        openings_of(store.database.connection),
        screenings=screening_rows(store, person_id),
    )
    return [fault(doubt.code, **doubt.params) for doubt in found if doubt.dose_id == _COMING]


def lots_at_hand(store: Store, session_id: str, site: str) -> list[LotAtHand]:
    """Usable vaccine of a site, first expired first; of a session that noted what it took out, only that."""
    held = [h for h in stock.holdings(store, site) if h.lot.vaccine and stock.usable(h)]
    lines = sessions.session_values(store, session_id).get("lots") or []
    taken = {line["lot"]: line["vials_taken"] for line in lines}
    settled = sessions.settled_in(store, session_id)
    given = {
        lot: doses - settled.get(lot, 0) for lot, doses in sessions.doses_by_lot(store, session_id).items()
    }
    opened_here = sessions.opened_in(store, session_id)
    by_lot: dict[str, list[HoldingRow]] = {}
    for holding in held:
        if not taken or holding.lot.id in taken:
            by_lot.setdefault(holding.lot.id, []).append(holding)
    return [
        _at_hand(holdings, given.get(lot, 0), taken.get(lot), opened_here.get(lot, 0))
        for lot, holdings in by_lot.items()
    ]


def begun(session: SessionRow, lots: Sequence[LotAtHand], found: PersonPage) -> dict[str, Any]:
    """A dose as it is proposed: the next of the schedule from the lot to use first. At home where a team goes to homes
    and the person cannot come, or the team has no point at all.
    """
    dose_type = found.advice.dose_type
    to_homes = session.session_type == "mobile" and (bool(found.row.cannot_come) or not session.point_name)
    fit = fitting(lots, found, dose_type, session.held_on)
    return {"dose_type": dose_type, "at_home": to_homes, **first_of(fit)}


def first_of(lots: Sequence[LotAtHand]) -> dict[str, Any]:
    """{lot, vaccine} of the lot to use first; both None when there is none."""
    first = lots[0].first.lot if lots else None
    return {"lot": first.id if first else None, "vaccine": first.vaccine if first else None}


def fitting(lots: Sequence[LotAtHand], found: PersonPage, dose_type: str | None, on: date) -> list[LotAtHand]:
    """The lots that may be given to somebody, best first, what is used up last."""
    codes = [str(each.first.lot.vaccine) for each in lots]
    had = found.immunisation or {}
    order = proposed_vaccines(
        codes, dose_type or "", found.row.birth_date, had.get("last_vaccine"), on, found.openings
    )
    return sorted(
        (each for each in lots if each.first.lot.vaccine in order),
        key=lambda each: (each.left <= 0, order.index(str(each.first.lot.vaccine))),
    )


def left_out(lots: Sequence[LotAtHand], found: PersonPage, dose_type: str | None, on: date) -> dict[str, str]:
    """Vaccine at hand that is not offered to somebody -> why (`shared.rules.vaccine_choice.unfit`)."""
    had = found.immunisation or {}
    why = {
        code: unfit(code, dose_type or "", found.row.birth_date, had.get("last_vaccine"), on, found.openings)
        for code in dict.fromkeys(str(each.first.lot.vaccine) for each in lots)
    }
    return {code: reason for code, reason in why.items() if reason is not None}


def lots_out_of_turn(lots: Sequence[LotAtHand]) -> list[str]:
    """Lots that a lot of the same item stands before which expires sooner and has doses left (R009)."""
    found: list[str] = []
    for chosen in lots:
        offered = [
            Offered(
                each.first.lot.id,
                each.first.lot.item_id,
                each.first.expires_on,
                max(each.left, each is chosen),
            )
            for each in lots
        ]
        found += passed_over(offered, {chosen.first.lot.id: 1})
    return found


def open_vial(store: Store, session_id: str, lot: LotAtHand) -> str:
    """Record that one vial of a lot is opened during a session; answers the id of the entry.

    It comes out of what is sealed and expires first. Raises Refused (phone.unknown_subject) when the book has none.
    """
    found = sessions.session(store, session_id)
    site = found.site_id if found else lot.first.site_id
    sealed = [
        h
        for h in stock.holdings(store, site)
        if h.lot.id == lot.first.lot.id and h.state != "opened" and stock.usable(h)
    ]
    if found is None or not sealed:
        raise Refused(fault("phone.unknown_subject"))
    holding = sealed[0]
    body = {
        "state": holding.state,
        "thawed_on": holding.thawed_on.isoformat() if holding.thawed_on else None,
        "vials": -1,
        "doses": -(holding.lot.doses_per_vial or 1),
        "reason": "opened",
        "to_state": "opened",
        "to_opened_on": found.held_on.isoformat(),
        "session": session_id,
    }
    return store.record(
        "stock_movement", subject=holding.lot.id, place=site, body=body, occurred_on=found.held_on
    ).id


def _at_hand(holdings: Sequence[HoldingRow], given: int, taken: int | None, opened_here: int) -> LotAtHand:
    first = holdings[0]
    per_vial = first.lot.doses_per_vial or 1
    in_open = sum(h.doses or 0 for h in holdings if h.state == "opened")
    sealed = sum(h.vials for h in holdings if h.state != "opened")
    if taken is not None:
        sealed = max(0, taken - opened_here)
    left = in_open + sealed * per_vial - given
    opened = left_in_open(in_open, given, per_vial)
    return LotAtHand(first, opened, max(0, left - opened) // per_vial, left)

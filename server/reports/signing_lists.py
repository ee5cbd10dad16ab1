"""What there is to sign in an area and a period: accepted reports, ended sessions, doses that stand (R012)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from server.registers.models import Dose, VaccinationSession
from server.reports.signing import Standing, signatures_of, standing_of
from server.reports.standing import sent_reports
from server.reports.units import Unit
from shared.rules.periods import Period
from shared.rules.signing import SIGNING_STATES


@dataclass(frozen=True, slots=True)
class Signable:
    """Something that can be signed: its id, place and (first) day."""

    id: str
    place_id: str
    day: date


@dataclass(frozen=True, slots=True)
class Listed:
    """The things of a list that are in a state, and how many there are in each."""

    things: list[Signable]
    counts: dict[str, int]


def signable_reports(
    connection: Connection, units: Iterable[Unit], form: str, periods: Sequence[Period]
) -> list[Signable]:
    """Accepted reports of these units and periods on a form."""
    found = sent_reports(connection, units, form, periods)
    accepted = (sent for sent in found.values() if sent.state == "accepted")
    return [Signable(sent.id, sent.unit_id, sent.period.first) for sent in accepted]


def signable_sessions(connection: Connection, sites: Collection[str], period: Period) -> list[Signable]:
    """Ended sessions at these sites."""
    query = select(VaccinationSession.id, VaccinationSession.site_id, VaccinationSession.held_on).where(
        VaccinationSession.site_id.in_(sites),
        VaccinationSession.held_on.between(period.first, period.last),
        VaccinationSession.closed,
    )
    return [Signable(*row) for row in connection.execute(query)]


def signable_doses(connection: Connection, sites: Collection[str], period: Period) -> list[Signable]:
    """Doses given at these sites that nothing corrects; those read off a certificate were another's to sign."""
    query = select(Dose.id, Dose.site_id, Dose.given_on).where(
        Dose.site_id.in_(sites),
        Dose.given_on.between(period.first, period.last),
        Dose.corrected_by.is_(None),
        Dose.from_certificate.is_(False),
    )
    return [Signable(*row) for row in connection.execute(query)]


def listed(connection: Connection, kind: str, things: Sequence[Signable], state: str) -> Listed:
    """The things in a state ("": in any). Documents are made only of what was ever signed."""
    ever = list(signatures_of(connection, [thing.id for thing in things]))
    states = {id_: found.state for id_, found in standing_of(connection, kind, ever).items()}
    counted = Counter(states.get(thing.id, "unsigned") for thing in things)
    wanted = [thing for thing in things if not state or states.get(thing.id, "unsigned") == state]
    return Listed(wanted, {name: counted[name] for name in SIGNING_STATES})


def standing_in_order(connection: Connection, kind: str, things: Sequence[Signable]) -> list[Standing]:
    """How these things stand, in their order."""
    found = standing_of(connection, kind, [thing.id for thing in things])
    return [found[thing.id] for thing in things]

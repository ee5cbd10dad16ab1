"""Whom a message may be sent to: people of a place with a number, who agreed to it (R014)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from server.affairs.models import SmsPermission
from server.database import in_parts
from server.registers.models import Immunisation, Person

#: Residents who can be reached: who moved or died gets no message.
_REACHED = ("permanent", "temporary", "staying", "absent")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone to write to. `to_guardian`: the number is the guardian's."""

    person_id: str
    full_name: str
    village_id: str
    phone: str
    to_guardian: bool


@dataclass(frozen=True, slots=True)
class Reachable:
    """People of a status: all of them, those with a number, and those of these who agreed."""

    people: int
    with_phone: int
    agreed: int


def recipients(
    connection: Connection, status: ColumnElement[bool], villages: Collection[str]
) -> list[Recipient]:
    """People of a status (a condition on Person and Immunisation) who have a number and agreed, by village."""
    found: list[Recipient] = []
    for part in in_parts(sorted(villages)):
        query = (
            select(Person.id, Person.full_name, Person.village_id, Person.phone, Person.guardian_phone)
            .outerjoin(Immunisation, Immunisation.person_id == Person.id)
            .join(SmsPermission, and_(SmsPermission.person_id == Person.id, SmsPermission.allowed))
            .where(_counts(), _has_phone(), status, Person.village_id.in_(part))
            .order_by(Person.village_id, Person.sort_name, Person.id)
        )
        found += [
            Recipient(
                row.id, row.full_name, row.village_id, row.phone or row.guardian_phone, row.phone is None
            )
            for row in connection.execute(query)
        ]
    return found


def reachable(connection: Connection, status: ColumnElement[bool], villages: Collection[str]) -> Reachable:
    """How many people of a status there are, and how many of them can be written to."""
    counts = [0, 0, 0]
    agreed = and_(_has_phone(), SmsPermission.allowed)
    for part in in_parts(sorted(villages)):
        query = (
            select(
                func.count(),
                func.count().filter(_has_phone()),
                func.count().filter(agreed),
            )
            .select_from(Person)
            .outerjoin(Immunisation, Immunisation.person_id == Person.id)
            .outerjoin(SmsPermission, SmsPermission.person_id == Person.id)
            .where(_counts(), status, Person.village_id.in_(part))
        )
        counts = [have + more for have, more in zip(counts, connection.execute(query).one(), strict=True)]
    return Reachable(*counts)


def numbers(found: Iterable[Recipient]) -> list[Recipient]:
    """One recipient a number: a family with one telephone gets a message once."""
    return list({recipient.phone: recipient for recipient in reversed(list(found))}.values())[::-1]


def _counts() -> ColumnElement[bool]:
    return and_(Person.merged_into.is_(None), Person.residence.in_(_REACHED))


def _has_phone() -> ColumnElement[bool]:
    return or_(Person.phone.is_not(None), Person.guardian_phone.is_not(None))

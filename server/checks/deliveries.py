"""Streams have no gaps and true hashes; every entry is delivered where it belongs; homes are what people's
entries say.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, Table, and_, func, or_, select
from sqlalchemy.orm import aliased

from server.checks.findings import Findings
from server.checks.streaming import count_of, rows_of, side_by_side
from server.database import select_among
from server.ledger.models import Delivery, EntryRow, Home, Mention, Stream
from shared import wire
from shared.kinds import KINDS, VOID
from shared.projections.people import home_of
from shared.projections.register import fold_register
from shared.reading import read_payload

_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]
_STREAM: Table = Stream.__table__  # type: ignore[assignment]
_DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]
_HOME: Table = Home.__table__  # type: ignore[assignment]

_MENTION: Table = Mention.__table__  # type: ignore[assignment]

#: Kinds that name further places in their body.
_OF_SITES = tuple(kind.name for kind in KINDS.values() if kind.sites)

#: Kinds whose subject is a person. A withdrawal's may be one; a verdict's never is: it names persons in its body.
_OF_PERSON = tuple(
    kind.name
    for kind in KINDS.values()
    if kind.about_person and kind.people == ("subject",) and kind.name != VOID
)


def check_streams(connection: Connection, findings: Findings) -> None:
    """Positions run 1, 2, 3 … to the head, and the running hash over the entries' digests is the stored one."""
    findings.expect(count_of(connection, _DELIVERY))
    heads = {row.id: (row.head, bytes(row.hash)) for row in connection.execute(select(_STREAM))}
    query = (
        select(_DELIVERY.c.stream_id, _DELIVERY.c.position, _DELIVERY.c.hash, _ENTRY.c.digest)
        .outerjoin(_ENTRY, _ENTRY.c.id == _DELIVERY.c.entry_id)
        .order_by(_DELIVERY.c.stream_id, _DELIVERY.c.position)
    )
    for stream, rows in groupby(rows_of(connection, query), key=lambda row: str(row.stream_id)):
        position, running = 0, wire.EMPTY_HASH
        for row in rows:
            findings.look()
            if row.position != position + 1:
                findings.differ("stream.gap", stream=stream, after=position, found=row.position)
            position = row.position
            running = wire.chain(running, bytes(row.digest or b""))
            if running != bytes(row.hash):
                findings.differ("stream.hash", stream=stream, position=position)
        _compare_head(findings, stream, heads.pop(stream, None), (position, running))
    for stream, head in sorted(heads.items()):
        _compare_head(findings, stream, head, (0, wire.EMPTY_HASH))


def check_deliveries(connection: Connection, findings: Findings) -> None:
    """Every entry stands in its place's stream, those about a person in the stream of the present home; no
    delivery names an entry that is not there, says it twice, or goes where the entry does not belong.
    """
    findings.expect(count_of(connection, _ENTRY, _DELIVERY))
    for row in rows_of(connection, _undelivered_to_place()):
        findings.differ("delivery.missing", id=row.id, stream=row.place_id)
    for query in (_undelivered_to_home(), _undelivered_to_shared_home()):
        for row in rows_of(connection, query):
            findings.differ(
                "delivery.missing_at_home", id=row.id, stream=row.village_id, person=row.person_id
            )
    for row in rows_of(connection, _undelivered_correction()):
        findings.differ("delivery.missing", id=row.id, stream=row.place_id)
    for entry_id, stream in _undelivered_to_sites(connection):
        findings.differ("delivery.missing", id=entry_id, stream=stream)
    findings.look(count_of(connection, _ENTRY))
    for row in rows_of(connection, _dangling()):
        findings.differ("delivery.dangling", id=row.entry_id, stream=row.stream_id, position=row.position)
    twice = (
        select(_DELIVERY.c.stream_id, _DELIVERY.c.entry_id)
        .group_by(_DELIVERY.c.stream_id, _DELIVERY.c.entry_id)
        .having(func.count() > 1)
    )
    for row in rows_of(connection, twice):
        findings.differ("delivery.twice", id=row.entry_id, stream=row.stream_id)
    named = _named_sites(connection)
    for row in rows_of(connection, _astray()):
        if row.stream_id not in named.get(row.entry_id, ()):
            findings.differ("delivery.astray", id=row.entry_id, stream=row.stream_id)
    findings.look(count_of(connection, _DELIVERY))


def check_homes(connection: Connection, findings: Findings) -> None:
    """A person's home is where the fold of their entries says, and whoever is written about has a home row."""
    findings.expect(count_of(connection, _HOME))
    stored = rows_of(connection, select(_HOME).order_by(_HOME.c.person_id))
    for home, folded in side_by_side(
        stored, _folded_homes(connection), lambda row: str(row.person_id), lambda pair: pair[0]
    ):
        findings.look()
        if folded is None:
            findings.differ("home.of_nobody", person=home.person_id)
        elif home is None:
            findings.differ("home.missing", person=folded[0])
        elif home.village_id != folded[1]:
            findings.differ(
                "home.wrong", person=folded[0], stored=home.village_id or "–", expected=folded[1] or "–"
            )


def _compare_head(
    findings: Findings, stream: str, stored: tuple[int, bytes] | None, expected: tuple[int, bytes]
) -> None:
    if stored is None:
        findings.differ("stream.unknown", stream=stream, count=expected[0])
        return
    if stored[0] != expected[0]:
        findings.differ("stream.head", stream=stream, stored=stored[0], expected=expected[0])
    if stored[1] != expected[1]:
        findings.differ("stream.head_hash", stream=stream)


def _undelivered_to_place() -> object:
    there = and_(_DELIVERY.c.entry_id == _ENTRY.c.id, _DELIVERY.c.stream_id == _ENTRY.c.place_id)
    return (
        select(_ENTRY.c.id, _ENTRY.c.place_id)
        .outerjoin(_DELIVERY, there)
        .where(_DELIVERY.c.entry_id.is_(None))
        .order_by(_ENTRY.c.id)
    )


def _undelivered_to_home() -> object:
    there = and_(_DELIVERY.c.entry_id == _ENTRY.c.id, _DELIVERY.c.stream_id == _HOME.c.village_id)
    return (
        select(_ENTRY.c.id, _ENTRY.c.subject_id.label("person_id"), _HOME.c.village_id)
        .join(_HOME, _HOME.c.person_id == _ENTRY.c.subject_id)
        .outerjoin(_DELIVERY, there)
        .where(
            _ENTRY.c.kind.in_((*_OF_PERSON, VOID)),
            _HOME.c.village_id.is_not(None),
            _DELIVERY.c.entry_id.is_(None),
        )
        .order_by(_ENTRY.c.id)
    )


def _undelivered_to_shared_home() -> object:
    """Entries about someone (or naming them) that lack the home of someone ever named together with them."""
    other = aliased(Mention)
    together = (
        select(_MENTION.c.person_id, other.person_id.label("other_id"))
        .join(other, other.entry_id == _MENTION.c.entry_id)
        .where(_MENTION.c.joins)
        .union(select(_MENTION.c.person_id, _MENTION.c.person_id))
        .subquery("together")
    )
    about = (
        select(_ENTRY.c.id, _ENTRY.c.subject_id.label("person_id"))
        .where(_ENTRY.c.kind.in_(_OF_PERSON))
        .union(select(_MENTION.c.entry_id, _MENTION.c.person_id))
        .subquery("about")
    )
    there = and_(_DELIVERY.c.entry_id == about.c.id, _DELIVERY.c.stream_id == _HOME.c.village_id)
    return (
        select(about.c.id, _HOME.c.person_id, _HOME.c.village_id)
        .join(together, together.c.person_id == about.c.person_id)
        .join(_HOME, _HOME.c.person_id == together.c.other_id)
        .outerjoin(_DELIVERY, there)
        .where(_HOME.c.village_id.is_not(None), _DELIVERY.c.entry_id.is_(None))
        .order_by(about.c.id)
    )


def _undelivered_correction() -> object:
    """Corrections and withdrawals that lack the place of what they correct."""
    target = aliased(EntryRow)
    there = and_(_DELIVERY.c.entry_id == _ENTRY.c.id, _DELIVERY.c.stream_id == target.place_id)
    return (
        select(_ENTRY.c.id, target.place_id)
        .join(target, and_(target.id == _ENTRY.c.corrects_id, target.subject_id == _ENTRY.c.subject_id))
        .outerjoin(_DELIVERY, there)
        .where(_ENTRY.c.kind.in_((target.kind, VOID)), _DELIVERY.c.entry_id.is_(None))
        .order_by(_ENTRY.c.id)
    )


def _named_sites(connection: Connection) -> dict[str, set[str]]:
    """Entry -> the places it names, for the kinds that name some."""
    query = select(_ENTRY.c.payload).where(_ENTRY.c.kind.in_(_OF_SITES))
    entries = (read_payload(row.payload.encode()) for row in rows_of(connection, query))
    return {entry.id: {entry.body[name] for name in KINDS[entry.kind].sites} for entry in entries}


def _undelivered_to_sites(connection: Connection) -> Iterator[tuple[str, str]]:
    """(entry, place) of the places an entry names and does not stand in."""
    named = _named_sites(connection)
    query = select(_DELIVERY.c.entry_id, _DELIVERY.c.stream_id)
    rows = select_among(connection, query, _DELIVERY.c.entry_id, sorted(named))
    delivered = {(row.entry_id, row.stream_id) for row in rows}
    for entry_id, places in sorted(named.items()):
        for place in sorted(places):
            if (entry_id, place) not in delivered:
                yield entry_id, place


def _dangling() -> object:
    return (
        select(_DELIVERY.c.stream_id, _DELIVERY.c.position, _DELIVERY.c.entry_id)
        .outerjoin(_ENTRY, _ENTRY.c.id == _DELIVERY.c.entry_id)
        .where(_ENTRY.c.id.is_(None))
        .order_by(_DELIVERY.c.stream_id, _DELIVERY.c.position)
    )


def _astray() -> object:
    """Deliveries to a stream where nobody ever wrote about the subject, neither as a home nor as its place, nor
    about anyone the entry or its subject is mentioned with.
    """
    other = aliased(EntryRow)
    as_home = and_(other.kind == "person", _ENTRY.c.kind.in_((*_OF_PERSON, VOID)))
    written_there = select(other.id).where(
        other.subject_id == _ENTRY.c.subject_id,
        other.place_id == _DELIVERY.c.stream_id,
        or_(other.kind == _ENTRY.c.kind, as_home, _ENTRY.c.kind == VOID),
    )
    mentioned = select(_MENTION.c.person_id).where(
        or_(_MENTION.c.person_id == _ENTRY.c.subject_id, _MENTION.c.entry_id == _ENTRY.c.id)
    )
    a_home = select(other.id).where(other.kind == "person", other.place_id == _DELIVERY.c.stream_id)
    return (
        select(_DELIVERY.c.stream_id, _DELIVERY.c.entry_id)
        .join(_ENTRY, _ENTRY.c.id == _DELIVERY.c.entry_id)
        .where(
            _DELIVERY.c.stream_id != _ENTRY.c.place_id,
            ~written_there.exists(),
            ~and_(mentioned.exists(), a_home.exists()),
        )
        .order_by(_DELIVERY.c.entry_id)
    )


def _folded_homes(connection: Connection) -> Iterator[tuple[str, str | None]]:
    """Person -> home by the fold, for everybody an entry is about, in the order of their ids."""
    query = (
        select(_ENTRY.c.subject_id.label("person_id"), _ENTRY.c.kind, _ENTRY.c.payload)
        .where(or_(_ENTRY.c.kind.in_(_OF_PERSON), _ENTRY.c.id.in_(_voids_about_persons(connection))))
        .union_all(
            select(_MENTION.c.person_id, _ENTRY.c.kind, _ENTRY.c.payload).join(
                _ENTRY, _ENTRY.c.id == _MENTION.c.entry_id
            )
        )
        .order_by("person_id")
    )
    for person, rows in groupby(rows_of(connection, query), key=lambda row: str(row.person_id)):
        said = [read_payload(row.payload.encode()) for row in rows if row.kind == "person"]
        yield person, home_of(fold_register(said)) if said else None


def _voids_about_persons(connection: Connection) -> list[str]:
    """Withdrawals of what is about a person: they make that person known, as what they withdraw would."""
    query = select(_ENTRY.c.payload).where(_ENTRY.c.kind == VOID)
    voids = (read_payload(row.payload.encode()) for row in rows_of(connection, query))
    return [entry.id for entry in voids if KINDS[VOID].people_of(entry)]

"""What is signed and how it stands: reports, sessions and doses as documents, and the signatures on them (R012).

A document is canonical JSON of what is recorded now: the same records give the same bytes, so its SHA-256 tells
whether what was signed still stands. People stand in it by the id of their record, never by name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from server.database import select_among
from server.ledger.author import ServerAuthor
from server.ledger.models import EntryRow
from server.ledger.projecting import entries_of
from server.registers.models import Dose, VaccinationSession
from server.reports.models import Report, Signature
from server.reports.standing import sent_by_id
from shared import wire
from shared.faults import Refused, fault
from shared.projections.register import fold_register
from shared.rules.signing import Signed, edition, signing_state, standing_digests

_REPORT: Table = Report.__table__  # type: ignore[assignment]
_SESSION: Table = VaccinationSession.__table__  # type: ignore[assignment]
_DOSE: Table = Dose.__table__  # type: ignore[assignment]
_SIGNATURE: Table = Signature.__table__  # type: ignore[assignment]
_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]

#: Of a report and of a dose, what stands in the document besides its id.
_OF_REPORT = ("form", "period", "first_on", "last_on", "campaign_id", "nothing_held", "plan_document",
              "plan_valid_from", "counted_at")  # fmt: skip
_OF_DOSE = ("person_id", "site_id", "session_id", "vaccine", "lot_id", "lot_number", "dose_type", "given_on",
            "at_home", "from_certificate")  # fmt: skip

#: What a session says of people in words: it is signed through the digests of the session's entries.
_IN_WORDS = ("team", "note")


@dataclass(frozen=True)
class Document:
    """A report, session or dose as it is signed now. `ready`: accepted, ended, not corrected."""

    kind: str
    id: str
    place_id: str
    first_on: date
    last_on: date
    ready: bool
    payload: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the payload in hex."""
        return wire.digest(self.payload).hex()

    @property
    def file(self) -> str:
        """Its name in a package."""
        return f"{self.kind}-{self.id}.json"


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature or withdrawal that nothing corrects."""

    id: str
    digest: str
    action: str
    signer: str | None
    certificate: str | None
    tool: str | None
    reason: str | None
    signed_at: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A document with its state and its signatures, the latest recorded first."""

    document: Document
    state: str
    lines: tuple[SignatureLine, ...]

    @property
    def shown(self) -> SignatureLine | None:
        """The signature that stands for the document as it is, else the latest."""
        own = (one for one in self.lines if one.digest == self.document.digest and one.action == "signed")
        return next(own, self.lines[0] if self.lines else None)


def standing_of(connection: Connection, kind: str, ids: Collection[str]) -> dict[str, Standing]:
    """Id -> how it stands, for those of `ids` that are a report, session or dose; all are of one kind."""
    lines = signatures_of(connection, ids)
    told = {id_: [Signed(one.digest, one.action) for one in found] for id_, found in lines.items()}
    documents = _DOCUMENTS[kind](connection, ids, {id_: edition(told.get(id_, ())) for id_ in ids})
    return {
        id_: Standing(document, signing_state(document.digest, told.get(id_, [])), tuple(lines.get(id_, ())))
        for id_, document in documents.items()
    }


def signatures_of(connection: Connection, ids: Collection[str]) -> dict[str, list[SignatureLine]]:
    """Id -> what was signed and withdrawn of it, the latest recorded first; nothing for what was never signed."""
    columns = [_SIGNATURE.c[name] for name in SignatureLine.__dataclass_fields__]
    query = select(_SIGNATURE.c.of_id, *columns).where(_SIGNATURE.c.corrected_by.is_(None))
    rows = select_among(connection, query, _SIGNATURE.c.of_id, sorted(ids))
    found: dict[str, list[SignatureLine]] = {}
    for row in sorted(rows, key=lambda row: (row.recorded_at, row.id), reverse=True):
        found.setdefault(row.of_id, []).append(SignatureLine(*row[1:]))
    return found


def states_of_doses(connection: Connection, doses: Collection[str]) -> dict[str, str]:
    """Dose -> its state; a dose that is not signed itself stands as its session does."""
    own = standing_of(connection, "dose", doses)
    query = select(_DOSE.c.id, _DOSE.c.session_id).where(_DOSE.c.session_id.is_not(None))
    session = {row.id: row.session_id for row in select_among(connection, query, _DOSE.c.id, sorted(doses))}
    signed = signatures_of(connection, set(session.values()))
    held = standing_of(connection, "session", list(signed))
    return {
        dose: held[session[dose]].state
        if found.state == "unsigned" and session.get(dose) in held
        else found.state
        for dose, found in own.items()
    }


def withdraw(author: ServerAuthor, standing: Standing, reason: str) -> None:
    """Withdraw every signature of a thing that stands, also of what it said before; the caller commits.

    Raises Refused: `signing.none_standing`, and `field.missing` without a reason.
    """
    digests = standing_digests([Signed(one.digest, one.action) for one in standing.lines])
    if not digests:
        raise Refused(fault("signing.none_standing"))
    if not reason.strip():
        raise Refused(fault("field.missing", "reason"))
    thing = standing.document
    for digest in sorted(digests):
        body = {"of": thing.kind, "digest": digest, "action": "withdrawn", "reason": reason.strip()}
        author.write("signature", place=thing.place_id, subject=thing.id, body=body)
    author.flush()


def _reports(
    connection: Connection, ids: Collection[str], editions: Mapping[str, int]
) -> dict[str, Document]:
    rows = select_among(connection, select(_REPORT), _REPORT.c.id, sorted(ids))
    sent = sent_by_id(connection, [row.id for row in rows])
    digests = _digests(connection, {head for report in sent.values() for head in report.heads})
    found = {}
    for row in rows:
        heads = sent[row.id].heads
        content = {
            **_content(row, _OF_REPORT),
            "unit_id": row.unit_id,
            "rows": orjson.loads(row.rows),
            "entries": [{"id": head, "digest": digests[head]} for head in heads],
        }
        ready = sent[row.id].state == "accepted"
        payload = _payload("report", row.id, editions[row.id], content)
        found[row.id] = Document("report", row.id, row.unit_id, row.first_on, row.last_on, ready, payload)
    return found


def _sessions(
    connection: Connection, ids: Collection[str], editions: Mapping[str, int]
) -> dict[str, Document]:
    rows = select_among(connection, select(_SESSION), _SESSION.c.id, sorted(ids))
    known = [row.id for row in rows]
    written: dict[str, list[Any]] = {}
    for entry in entries_of(connection, "session", known):
        written.setdefault(entry.subject, []).append(entry)
    given: dict[str, list[Any]] = {}
    standing = select(_DOSE).where(_DOSE.c.corrected_by.is_(None))
    for dose in sorted(select_among(connection, standing, _DOSE.c.session_id, known), key=lambda row: row.id):
        given.setdefault(dose.session_id, []).append(dose)
    digests = _digests(connection, {dose.id for doses in given.values() for dose in doses})
    found = {}
    for row in rows:
        heads = set(fold_register(written[row.id]).heads)
        detail = {name: value for name, value in orjson.loads(row.detail).items() if name not in _IN_WORDS}
        content = {
            **_content(row, ("site_id", "held_on", "session_type", "point_name", "closed")),
            **detail,
            "entries": [
                {"id": entry.id, "digest": entry.digest.hex()}
                for entry in sorted(written[row.id], key=lambda entry: entry.id)
                if entry.id in heads
            ],
            "doses": [
                {"id": dose.id, "digest": digests[dose.id], **_content(dose, _OF_DOSE)}
                for dose in given.get(row.id, ())
            ],
        }
        payload = _payload("session", row.id, editions[row.id], content)
        found[row.id] = Document(
            "session", row.id, row.site_id, row.held_on, row.held_on, row.closed, payload
        )
    return found


def _doses(connection: Connection, ids: Collection[str], editions: Mapping[str, int]) -> dict[str, Document]:
    rows = select_among(connection, select(_DOSE), _DOSE.c.id, sorted(ids))
    digests = _digests(connection, [row.id for row in rows])
    found = {}
    for row in rows:
        content = {**_content(row, _OF_DOSE), "entries": [{"id": row.id, "digest": digests[row.id]}]}
        payload = _payload("dose", row.id, editions[row.id], content)
        ready = row.corrected_by is None
        found[row.id] = Document("dose", row.id, row.site_id, row.given_on, row.given_on, ready, payload)
    return found


_DOCUMENTS = {"report": _reports, "session": _sessions, "dose": _doses}


def _content(row: Any, names: Collection[str]) -> dict[str, Any]:
    """Columns of a row as JSON has them; what is not known is left out."""
    values = ((name, getattr(row, name)) for name in names)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values
        if value is not None
    }


def _payload(kind: str, id_: str, number: int, content: Mapping[str, Any]) -> bytes:
    return wire.canonical({"document": kind, "edition": number, "id": id_, **content})


def _digests(connection: Connection, entries: Collection[str]) -> dict[str, str]:
    query = select(_ENTRY.c.id, _ENTRY.c.digest)
    return {row.id: bytes(row.digest).hex() for row in select_among(connection, query, _ENTRY.c.id, entries)}

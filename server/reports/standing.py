"""Where the reports of a period stand: what each unit sent, what was asked and answered, and the state of it all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select

from server.accounts.models import User
from server.database import select_among
from server.ledger.models import EntryRow
from server.reports.models import Report, ReportAnswer, ReportReview
from server.reports.units import Unit
from shared.clock import VIETNAM, from_stamp
from shared.projections.reports import Review, open_queries, report_state
from shared.reference import report_due_days
from shared.reporting.drafts import SentRow, report_id, sent_rows
from shared.rules.periods import Period
from shared.rules.report_cells import Cell, Value

_REPORT: Table = Report.__table__  # type: ignore[assignment]
_REVIEW: Table = ReportReview.__table__  # type: ignore[assignment]
_ANSWER: Table = ReportAnswer.__table__  # type: ignore[assignment]
_ENTRY: Table = EntryRow.__table__  # type: ignore[assignment]

#: Every state of a unit's report, the most urgent first.
STATES = ("queried", "answered", "submitted", "missing", "accepted")


@dataclass(frozen=True, slots=True)
class Said:
    """A review or an answer: who said what, and when."""

    id: str
    verdict: str
    cell: str | None
    text: str | None
    author: str
    said_at: datetime
    judged: str
    settles: tuple[str, ...] = ()
    answers: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A report as it stands. `heads` are the entries that stand; more than one were sent unseen of each other."""

    id: str
    unit_id: str
    period: Period
    heads: tuple[str, ...]
    state: str
    rows: tuple[SentRow, ...]
    nothing_held: bool
    plan_document: str | None
    plan_valid_from: date | None
    counted_at: datetime
    sent_at: datetime
    author: str
    said: tuple[Said, ...] = field(default=())

    def values(self) -> dict[Cell, Value]:
        """Every cell's value."""
        return {
            Cell(row.campaign, row.vaccine, name): cell.value
            for row in self.rows
            for name, cell in row.cells.items()
        }

    @property
    def open_queries(self) -> list[Said]:
        """Queries about what stands now that no acceptance has settled."""
        reviews = [Review(said.id, said.judged, said.verdict, said.settles) for said in self.said]
        standing = set(open_queries(self.heads, reviews))
        return [said for said in self.said if said.id in standing]


def due_on(period: Period) -> date:
    """The day by which a report of the period should have been sent."""
    return period.last + timedelta(days=report_due_days()[period.kind])


def state_of(sent: Sent | None) -> str:
    """One of STATES."""
    return "missing" if sent is None else sent.state


def is_late(sent: Sent | None, period: Period, today: date) -> bool:
    """Whether the report was sent after its day, or is still to come after it."""
    sent_on = today if sent is None else sent.sent_at.astimezone(VIETNAM).date()
    return sent_on > due_on(period)


def sent_reports(
    connection: Connection, units: Iterable[Unit], form: str, periods: Sequence[Period]
) -> dict[tuple[str, str], Sent]:
    """(unit, key of the period) -> its report, for those that sent one."""
    names = {report_id(form, unit.id, period): (unit.id, period.key) for unit in units for period in periods}
    rows = select_among(connection, select(_REPORT), _REPORT.c.id, sorted(names))
    return {names[sent.id]: sent for sent in _assembled(connection, rows)}


def sent_by_id(connection: Connection, ids: Collection[str]) -> dict[str, Sent]:
    """Report id -> the report."""
    rows = select_among(connection, select(_REPORT), _REPORT.c.id, sorted(ids))
    return {sent.id: sent for sent in _assembled(connection, rows)}


def _assembled(connection: Connection, rows: Sequence[Any]) -> list[Sent]:
    ids = [row.id for row in rows]
    heads = {row.id: tuple(row.heads.split(",")) for row in rows}
    standing = select(_REVIEW).where(_REVIEW.c.corrected_by.is_(None))
    reviews = select_among(connection, standing, _REVIEW.c.report_id, ids)
    answered = select(_ANSWER).where(_ANSWER.c.corrected_by.is_(None))
    answers = select_among(connection, answered, _ANSWER.c.report_id, ids)
    query = select(_ENTRY.c.id, _ENTRY.c.author_id, _ENTRY.c.received_at)
    found = select_among(
        connection, query, _ENTRY.c.id, sorted({h for group in heads.values() for h in group})
    )
    entries = {row.id: row for row in found}
    people = {row.author_id for group in (reviews, answers, entries.values()) for row in group}
    names = {
        row.id: row.full_name
        for row in select_among(connection, select(User.id, User.full_name), User.id, sorted(people))
    }
    sent = []
    for row in rows:
        own = [review for review in reviews if review.report_id == row.id]
        said = _said(own, [a for a in answers if a.report_id == row.id], names)
        newest = max((entries[head] for head in heads[row.id]), key=lambda e: (e.received_at, e.id))
        sent.append(
            Sent(
                id=row.id,
                unit_id=row.unit_id,
                period=Period(row.period, row.first_on, row.last_on, row.campaign_id),
                heads=heads[row.id],
                state=_state(heads[row.id], own, answers),
                rows=sent_rows(orjson.loads(row.rows)),
                nothing_held=row.nothing_held,
                plan_document=row.plan_document,
                plan_valid_from=row.plan_valid_from,
                counted_at=from_stamp(row.counted_at),
                sent_at=newest.received_at,
                author=names.get(newest.author_id, "–"),
                said=said,
            )
        )
    return sent


def _state(heads: tuple[str, ...], reviews: Iterable[Any], answers: Iterable[Any]) -> str:
    judged = [
        Review(r.id, r.judged_id, r.verdict, r.settles.split(",") if r.settles else ()) for r in reviews
    ]
    return report_state(heads, judged, {answer.review_id for answer in answers})


def _said(reviews: list[Any], answers: list[Any], names: dict[str, str]) -> tuple[Said, ...]:
    given: dict[str, list[Said]] = {}
    for a in sorted(answers, key=lambda row: (row.said_at, row.id)):
        author, at = names.get(a.author_id, "–"), from_stamp(a.said_at)
        given.setdefault(a.review_id, []).append(Said(a.id, "answer", None, a.text, author, at, a.review_id))
    return tuple(
        Said(
            r.id, r.verdict, r.cell, r.text, names.get(r.author_id, "–"), from_stamp(r.said_at), r.judged_id,
            tuple(r.settles.split(",")) if r.settles else (), tuple(given.get(r.id, ())),
        )
        for r in sorted(reviews, key=lambda row: (row.said_at, row.id))
    )  # fmt: skip

"""Brings the report tables to what the folds say."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table

from server.database import insert_rows
from server.ledger.projecting import Arrived
from server.reports.models import (
    PeriodClose,
    Reconciliation,
    Report,
    ReportAnswer,
    ReportLayout,
    ReportReview,
    Restatement,
    Signature,
)
from shared.projections import reports, signing

_REPORT: Table = Report.__table__  # type: ignore[assignment]
_REVIEW: Table = ReportReview.__table__  # type: ignore[assignment]
_ANSWER: Table = ReportAnswer.__table__  # type: ignore[assignment]
_CLOSE: Table = PeriodClose.__table__  # type: ignore[assignment]
_RESTATEMENT: Table = Restatement.__table__  # type: ignore[assignment]
_RECONCILIATION: Table = Reconciliation.__table__  # type: ignore[assignment]
_LAYOUT: Table = ReportLayout.__table__  # type: ignore[assignment]
_SIGNATURE: Table = Signature.__table__  # type: ignore[assignment]

#: The tables this room projects.
TABLES = (_REPORT, _REVIEW, _ANSWER, _CLOSE, _RESTATEMENT, _RECONCILIATION, _LAYOUT, _SIGNATURE)

_REGISTERS = (
    ("report", _REPORT, reports.report_row),
    ("reconciliation", _RECONCILIATION, reports.reconciliation_row),
    ("report_layout", _LAYOUT, reports.layout_row),
)
_EVENTS = (
    ("report_review", _REVIEW, reports.review_row),
    ("report_answer", _ANSWER, reports.answer_row),
    ("period_close", _CLOSE, reports.close_row),
    ("restatement", _RESTATEMENT, reports.restatement_row),
    ("signature", _SIGNATURE, signing.signature_row),
)


def project(connection: Connection, arrived: Arrived) -> None:
    """Project what arrived."""
    for kind, table, register_row in _REGISTERS:
        _write(connection, table, (register_row(folded) for folded in arrived.folded(kind)))
    for kind, table, event_row in _EVENTS:
        _write(connection, table, (event_row(entry, by) for entry, by in arrived.events(kind)))


def _write(connection: Connection, table: Table, rows: Iterable[dict[str, Any] | None]) -> None:
    insert_rows(connection, table, [row for row in rows if row is not None], replace=("id",))

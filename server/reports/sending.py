"""Sending a report that a unit filled in on a page."""

from __future__ import annotations

from datetime import datetime

from server.ledger.author import ServerAuthor
from server.plans.versions import PlanVersion
from server.reports.standing import Sent
from server.reports.units import Unit
from shared.reporting.drafts import Draft, body_of, report_id
from shared.reporting.layouts import Layout
from shared.rules.periods import Period


def send(
    author: ServerAuthor,
    layout: Layout,
    unit: Unit,
    period: Period,
    draft: Draft,
    sent: Sent | None,
    plan: PlanVersion | None,
    counted_at: datetime,
) -> str:
    """Write the report, or the edit that replaces what was sent before; its id. The caller commits."""
    body = body_of(draft, layout, period, plan.key if plan else None, counted_at)
    subject = report_id(layout.code, unit.id, period)
    author.write("report", place=unit.id, subject=subject, body=body, based_on=sent.heads if sent else ())
    author.flush()
    return subject

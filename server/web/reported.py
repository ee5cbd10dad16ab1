"""The reports of a place's units that somebody waits for, or that came lately, for the page of the place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from flask import url_for
from sqlalchemy import select

from server.accounts.session import reader
from server.database import select_among
from server.reports.models import Report
from server.reports.standing import STATES, Sent, sent_by_id
from server.web.area import connection
from server.web.choices import Choice
from server.web.reports_frame import period_words
from shared.permissions import may_see

#: Reports of periods that ended within these days are looked at, and so many of them shown.
LATELY_DAYS = 62
SHOWN = 8

#: States in which somebody waits for somebody.
WAITING = ("queried", "answered", "submitted")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report: its unit, period in words, state, the open query in words if there is one, and its page."""

    unit: str
    period: str
    state: str
    query: str | None
    href: str


def reported(chosen: Choice, units: Collection[str], *, waiting: bool) -> list[Reported] | None:
    """Reports of these units: with `waiting` those not settled, the most urgent first; else the newest first.

    None when the reader's role may not see reports.
    """
    if not may_see(reader().role, "reports"):
        return None
    query = select(Report.id, Report.form).where(
        Report.last_on >= chosen.today - timedelta(days=LATELY_DAYS), Report.period != "campaign"
    )
    forms = {row.id: row.form for row in select_among(connection(), query, Report.unit_id, sorted(units))}
    found = [
        sent for sent in sent_by_id(connection(), forms).values() if not waiting or sent.state in WAITING
    ]
    found.sort(key=lambda sent: (-sent.period.last.toordinal(), sent.unit_id))
    found.sort(key=lambda sent: STATES.index(sent.state) if waiting else 0)
    return [_line(chosen, sent, forms[sent.id]) for sent in found[:SHOWN]]


def _line(chosen: Choice, sent: Sent, form: str) -> Reported:
    return Reported(
        chosen.seen.tree.name(sent.unit_id),
        period_words(sent.period),
        sent.state,
        next((said.text for said in sent.open_queries), None),
        url_for("web.report", form=form, kind=sent.period.kind, key=sent.period.key, unit_id=sent.unit_id),
    )

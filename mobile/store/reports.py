"""Reports of this phone's unit: what is counted now, what was sent, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mobile.store.report_counts import campaigns_of, counted
from shared.entries import Entry
from shared.projections.reports import Review, open_queries, report_state
from shared.reporting.counting import RowKey, campaign_on
from shared.reporting.drafts import (
    Draft,
    SentRow,
    as_sent,
    body_of,
    draft,
    refuse_unfinished,
    report_id,
    sent_rows,
)
from shared.reporting.layouts import USUAL_FORM, Layout, own_layout, shipped_layouts
from shared.rules.periods import Period, period_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mobile.store.store import Store

#: A day without a report, and one whose report lies on this phone yet.
MISSING, UNSENT = "missing", "unsent"


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report as it stands here: `state` is UNSENT, or what its reviews and answers make of it. `queries` are ids of
    reviews that wait for an answer.
    """

    id: str
    heads: tuple[str, ...]
    state: str
    rows: tuple[SentRow, ...]
    nothing_held: bool
    queries: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class DayState:
    """A day and the state of its report: MISSING, UNSENT, submitted, queried, answered or accepted."""

    day: date
    state: str


def layout_of(store: Store, code: str = USUAL_FORM) -> Layout:
    """A form: the province's own of this code, else the one that ships."""
    row = store.database.row("SELECT * FROM report_layout WHERE code = ? ORDER BY id DESC LIMIT 1", (code,))
    return own_layout(row) if row else shipped_layouts()[code]


def sent_report(store: Store, layout: Layout, unit: str, period: Period) -> SentReport | None:
    """What was sent for a period, with the state that its reviews and answers give it; None when nothing was."""
    subject = report_id(layout.code, unit, period)
    row = store.database.row("SELECT * FROM report WHERE id = ?", (subject,))
    if row is None:
        return None
    heads = tuple(row["heads"].split(","))
    reviews = [
        Review(each["id"], each["judged_id"], each["verdict"], (each["settles"] or "").split(","))
        for each in store.database.rows(
            "SELECT * FROM report_review WHERE report_id = ? AND corrected_by IS NULL ORDER BY said_at, id",
            (subject,),
        )
    ]
    answered = {
        each[0]
        for each in store.database.rows(
            "SELECT review_id FROM report_answer WHERE report_id = ? AND corrected_by IS NULL", (subject,)
        )
    }
    waiting = tuple(query for query in open_queries(heads, reviews) if query not in answered)
    return SentReport(
        subject,
        heads,
        UNSENT if _unsent(store, heads) else report_state(heads, reviews, answered),
        sent_rows(json.loads(row["rows"])),
        bool(row["nothing_held"]),
        waiting,
    )


def draft_of(
    store: Store,
    layout: Layout,
    unit: str,
    period: Period,
    sent: SentReport | None,
    added: Iterable[RowKey] = (),
) -> Draft:
    """The report as it could be sent now; what was corrected before stays, what was not follows the count."""
    return draft(layout, counted(store, unit, period), sent, added)


def shown_of(store: Store, layout: Layout, unit: str, period: Period, sent: SentReport) -> Draft:
    """The report as it was sent, beside this phone's count of now."""
    return as_sent(layout, counted(store, unit, period), sent)


def send(
    store: Store,
    layout: Layout,
    unit: str,
    period: Period,
    filled: Draft,
    vaccine_names: Mapping[str, str],
    draft_key: str,
) -> Entry | None:
    """Write the report, or the edit that replaces what was sent before; None when that says nothing new.

    Raises Refused with everything that keeps it from being sent: blanks, missing reasons, bad numbers.
    """
    refuse_unfinished(filled, layout, vaccine_names)
    body = body_of(filled, layout, period, _plan(store, period), store.clock.now())
    subject = report_id(layout.code, unit, period)
    if store.database.row("SELECT 1 FROM report WHERE id = ?", (subject,)):
        return store.edit("report", subject, body, draft=draft_key)
    return store.record("report", place=unit, subject=subject, body=body, draft=draft_key)


def days(store: Store, layout: Layout, unit: str, back: int) -> list[DayState]:
    """Today and the days before it, newest first, each with the state of its report."""
    today = store.clock.today()
    found = []
    for ago in range(back):
        day = today - timedelta(days=ago)
        sent = sent_report(store, layout, unit, period_of("day", day))
        found.append(DayState(day, sent.state if sent else MISSING))
    return found


def _unsent(store: Store, heads: tuple[str, ...]) -> bool:
    marks = ",".join("?" * len(heads))
    query = f"SELECT 1 FROM entry WHERE id IN ({marks}) AND origin = 'own' AND outcome IS NULL"
    return store.database.row(query, heads) is not None


def _plan(store: Store, period: Period) -> tuple[date, str] | None:
    """The newest version of the plan valid at the end of the period, as (valid from, document) (R091)."""
    campaign = period.campaign or campaign_on(campaigns_of(store), period.last)
    row = store.database.row(
        "SELECT valid_from, document FROM plan_target WHERE campaign_id = ? AND valid_from <= ?"
        " ORDER BY valid_from DESC, document DESC LIMIT 1",
        (campaign, period.last.isoformat()),
    )
    return (date.fromisoformat(row[0]), row[1]) if row else None

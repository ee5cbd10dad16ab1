"""Rows of reports, reviews, closed periods, restatements and reconciliations, and the state of a report.

Nested parts of a body are kept as JSON text, keys sorted. The state of a report is told by `report_state` from
the rows alone, whenever it is shown: it depends on the set of entries, never on their order.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from shared.entries import Entry
from shared.projections.days import day_of
from shared.projections.register import Folded
from shared.projections.stock import compact

Row = dict[str, Any]


class Review(NamedTuple):
    """A standing review: its id, the entry it judges, its verdict, and the queries it settles."""

    id: str
    report: str
    verdict: str
    settles: Collection[str]


def report_row(folded: Folded) -> Row | None:
    """The report, or None while its first entry has not arrived. `heads`: the entries that stand, joined by commas."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "unit_id": folded.origin,
        "form": values["form"],
        **_period(values),
        "rows": compact(values["rows"]),
        "nothing_held": bool(values.get("nothing_held")),
        "plan_document": values.get("plan_document"),
        "plan_valid_from": day_of(values.get("plan_valid_from")),
        "counted_at": values["counted_at"],
        "heads": ",".join(sorted(folded.heads)),
    }


def review_row(entry: Entry, corrected_by: str | None) -> Row:
    """The review."""
    body = entry.body
    return {
        "id": entry.id,
        "report_id": entry.subject,
        "unit_id": entry.place,
        "judged_id": body["report"],
        "verdict": body["verdict"],
        "cell": body.get("cell"),
        "about": body.get("about"),
        "text": body.get("text"),
        "settles": ",".join(sorted(set(body.get("settles") or ()))),
        "author_id": entry.author,
        "said_at": entry.recorded_at,
        "corrected_by": corrected_by,
    }


def answer_row(entry: Entry, corrected_by: str | None) -> Row:
    """The answer."""
    return {
        "id": entry.id,
        "report_id": entry.subject,
        "review_id": entry.body["review"],
        "text": entry.body["text"],
        "author_id": entry.author,
        "said_at": entry.recorded_at,
        "corrected_by": corrected_by,
    }


def open_queries(heads: Collection[str], reviews: Iterable[Review]) -> list[str]:
    """Ids of the standing queries about what stands now, in the order of `reviews`, answered or not.

    A query about an entry that was replaced since is settled by that; an acceptance of what stands may name others
    it settles.
    """
    current = [review for review in reviews if review.report in heads]
    settled = {query for review in current if review.verdict == "accepted" for query in review.settles}
    return [r.id for r in current if r.verdict == "queried" and r.id not in settled]


def report_state(heads: Collection[str], reviews: Iterable[Review], answered: Collection[str]) -> str:
    """submitted, queried, answered or accepted, from the standing reviews and the ids of queries answered.

    Whatever is still open counts before any acceptance. Two versions sent unseen of each other (two heads) are
    accepted when both are.
    """
    reviews = list(reviews)
    standing = open_queries(heads, reviews)
    if any(query not in answered for query in standing):
        return "queried"
    if standing:
        return "answered"
    if heads and {review.report for review in reviews if review.verdict == "accepted"} >= set(heads):
        return "accepted"
    return "submitted"


def close_row(entry: Entry, corrected_by: str | None) -> Row:
    """The closed period; `units` is the frozen snapshot."""
    body = entry.body
    return {
        "id": entry.id,
        "period_id": entry.subject,
        "place_id": entry.place,
        "form": body["form"],
        **_period(body),
        "plan_document": body.get("plan_document"),
        "plan_valid_from": day_of(body.get("plan_valid_from")),
        "as_of": body["as_of"],
        "reason": body.get("reason"),
        "units": compact(body["units"]),
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }


def restatement_row(entry: Entry, corrected_by: str | None) -> Row:
    """The restatement."""
    body = entry.body
    return {
        "id": entry.id,
        "period_id": entry.subject,
        "close_id": body["close"],
        "place_id": entry.place,
        "counted_at": body["counted_at"],
        "cells": compact(body["cells"]),
        "late": compact(body["late"]),
        "late_count": body["late_count"],
        "why": body["why"],
        "author_id": entry.author,
        "corrected_by": corrected_by,
    }


def reconciliation_row(folded: Folded) -> Row | None:
    """The reconciliation, or None as above."""
    if not folded.known:
        return None
    values = folded.values
    kept = ("vaccine", "unit_value", "cdc_value", "cdc_source", "reason", "agreed_value")
    return {
        "id": folded.subject,
        "unit_id": folded.origin,
        "indicator": values["indicator"],
        **_period(values),
        **{name: values.get(name) for name in kept},
        "state": values["state"],
    }


def layout_row(folded: Folded) -> Row | None:
    """The layout, or None as above."""
    if not folded.known:
        return None
    values = folded.values
    return {
        "id": folded.subject,
        "province_id": folded.origin,
        **{name: values[name] for name in ("code", "name", "document", "status")},
        "columns": compact(values["columns"]),
    }


def _period(values: dict[str, Any]) -> Row:
    return {
        "period": values["period"],
        "first_on": date.fromisoformat(values["first_on"]),
        "last_on": date.fromisoformat(values["last_on"]),
        "campaign_id": values.get("campaign"),
    }

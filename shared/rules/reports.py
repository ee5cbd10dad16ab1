"""Rules of a report by itself: its period, its cells, its reasons."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from shared.faults import Fault, fault
from shared.rules.periods import Period, is_whole

if TYPE_CHECKING:
    from shared.entries import Entry


def period_is_whole(entry: "Entry") -> Iterator[Fault]:
    """The days are those of the period named; an edit that leaves the period alone says nothing of it."""
    body = entry.body
    if {"period", "first_on", "last_on"} <= body.keys() and not is_whole(period_in(body)):
        yield fault("report.bad_period", "first_on")


def each_cell_once(entry: "Entry") -> Iterator[Fault]:
    """No row stands twice, no cell twice in a row."""
    rows = entry.body.get("rows") or []
    named = [(row.get("campaign"), row.get("vaccine")) for row in rows]
    told = [(at, cell["indicator"]) for at, row in enumerate(rows) for cell in row["cells"]]
    if len(set(named)) < len(named) or len(set(told)) < len(told):
        yield fault("report.cell_twice", "rows")


def correction_has_reason(entry: "Entry") -> Iterator[Fault]:
    """A value that is not what was counted says why."""
    for row in entry.body.get("rows") or []:
        for cell in row["cells"]:
            counted = cell.get("counted")
            if counted is not None and counted != cell["value"] and not cell.get("reason"):
                yield fault("report.reason_missing", cell["indicator"], counted=counted, value=cell["value"])


def query_has_words(entry: "Entry") -> Iterator[Fault]:
    """A query says what is asked."""
    if entry.body["verdict"] == "queried" and not entry.body.get("text"):
        yield fault("field.missing", "text")


def agreement_has_value(entry: "Entry") -> Iterator[Fault]:
    """Figures are agreed on a value, and a difference between them with its reason."""
    body = entry.body
    if body.get("state") != "agreed":
        return
    if body.get("agreed_value") is None:
        yield fault("field.missing", "agreed_value")
    unit, cdc = body.get("unit_value"), body.get("cdc_value")
    if unit is not None and cdc is not None and unit != cdc and not body.get("reason"):
        yield fault("field.missing", "reason")


def period_in(body: dict[str, Any]) -> Period:
    """The period a body names."""
    return Period(
        body["period"],
        date.fromisoformat(body["first_on"]),
        date.fromisoformat(body["last_on"]),
        body.get("campaign"),
    )

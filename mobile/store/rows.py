"""From the set of a subject's entries to the rows of its tables, by the folds in `shared.projections`.

Only what the phone adds of its own is decided here: search texts over more fields, and each person's next
dose, so that due lists are one indexed query.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.entries import Entry
from shared.projections import affairs, events, identity, people, programme, reports, safety, stock, transfers
from shared.projections.corrections import correctors
from shared.projections.register import Folded, fold_register
from shared.records.transfer import TRANSFER_KINDS
from shared.rules.matching import block_key
from shared.rules.openings import Openings
from shared.rules.schedule import next_dose
from shared.text.folding import search_key, sort_key

Row = dict[str, Any]
Tables = dict[str, list[Row]]

#: Kinds projected together with another kind of the same subject: a dose or a screening changes the person's due
#: day.
UNIT_OF = {
    "dose": "person",
    "screening": "person",
    "reaction": "person",
    "observation": "person",
    **dict.fromkeys(affairs.MATTER_KINDS, "matter"),
    **dict.fromkeys(TRANSFER_KINDS, "transfer"),
    "report_answer": "report_review",
}
KINDS_OF = {
    "person": ("person", "dose", "screening", "reaction", "observation"),
    "matter": affairs.MATTER_KINDS,
    "transfer": TRANSFER_KINDS,
    "report_review": ("report_review", "report_answer"),
}

#: Tables of a unit, with the column that holds its subject: rows there are replaced by what a fold gives.
OWNED: dict[str, tuple[tuple[str, str], ...]] = {
    "same_person": (("same_person", "pair_id"),),
    "household": (("household", "id"),),
    "person": (
        ("person", "id"),
        ("dose", "person_id"),
        ("screening", "person_id"),
        ("reaction", "person_id"),
        ("observation", "person_id"),
        ("immunisation", "person_id"),
    ),
    "visit": (("visit", "household_id"),),
    "session": (("session", "id"),),
    "stock_movement": (("stock_movement", "unit_id"),),
    "count_explanation": (("stock_movement", "unit_id"),),
    "transfer": transfers.TABLES,
    "allocation": (("allocation", "id"),),
    "recall": (("recall", "id"),),
    "stock_level": (("stock_level", "id"),),
    "equipment": (("equipment", "id"),),
    "stock_count": (("stock_count", "site_id"),),
    "population_return": (("population", "commune_id"),),
    "place": (
        ("place", "id"),
        ("place_version", "place_id"),
        ("place_serves", "place_id"),
        ("place_succession", "new_id"),
    ),
    "item": (("item", "id"),),
    "lot": (("lot", "id"),),
    "campaign": (("campaign", "id"),),
    "dose_opening": (("dose_opening", "id"),),
    "plan_target": (("plan_target", "id"),),
    "matter": (("matter", "place_id"),),
    "response": (("answer", "matter_id"),),
    "report_review": (("report_review", "report_id"), ("report_answer", "report_id")),
    "report": (("report", "id"),),
    "report_layout": (("report_layout", "id"),),
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a fold needs besides the entries: what corrects what, which own entries are unsent (they are
    shown before others in a conflict, L15), the day that next doses are judged on, and what is opened.

    `kept`: a merged record (and the one kept) -> the one kept; `joined`: the one kept -> entries of the others.
    """

    corrected_by: Mapping[str, str]
    unsent: Collection[str]
    today: date
    openings: Openings
    kept: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, Sequence[Entry]] = field(default_factory=dict)


def rows_of(unit: str, subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    """The rows of one subject by table. Depends on the set of entries, not on their order."""
    return _FOLDS[unit](subject, entries, context)


def judge(
    person: Row, immunisation: Row | None, today: date, openings: Openings
) -> tuple[str | None, date | None, str | None]:
    """(next dose type, day it falls due, why there is none) of a person row, judged on a day; the day None when
    it is due already.
    """
    found = next_dose(person, immunisation, today, openings)
    return found.dose_type, found.due_on, found.reason


def _household(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    folded = fold_register(entries, context.unsent)
    row = people.household_row(folded)
    if row is not None:
        row["search"] = search_key(row["head_name"], row["lane"], row["address"], _typed(row["phone"]))
        row["sort_name"] = sort_key(row["head_name"])
    return {"household": [row] if row else [], "conflict": _conflicts("household", folded)}


def _person(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    own = _events(entries, context)
    joined = _events(context.joined.get(subject, ()), context)
    kept = context.kept.get(subject, subject)
    doses, screenings = (own[kind] + joined[kind] for kind in ("dose", "screening"))
    had = None
    if kept == subject and (doses or screenings):
        had = events.immunisation_row(subject, doses, screenings)
    tables: Tables = {**own, "immunisation": [had] if had else []}
    written = [entry for entry in entries if entry.kind == "person"]
    if not written:
        return tables
    folded = fold_register(written, context.unsent)
    row = people.person_row(folded)
    if row is not None:
        row["search"] = search_key(row["full_name"], row["id_number"], _typed(row["phone"]))
        row["match_key"] = block_key(row["full_name"], row["birth_date"])
        row["merged_into"] = None if kept == subject else kept
        judged = judge(row, had, context.today, context.openings) if kept == subject else (None, None, None)
        row["next_dose"], row["due_on"], row["no_dose"] = judged
        tables["person"] = [row]
    tables["conflict"] = _conflicts("person", folded)
    return tables


def _events(entries: Sequence[Entry], context: Context) -> dict[str, list[Row]]:
    """Rows of what was done to a person, by kind."""
    found: dict[str, list[Row]] = {kind: [] for kind in _PERSON_EVENTS}
    for entry in _each_once(entries):
        if entry.kind in found:
            found[entry.kind].append(_PERSON_EVENTS[entry.kind](entry, context.corrected_by.get(entry.id)))
    return found


def _same_person(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    rows = [
        identity.same_person_row(entry, context.corrected_by.get(entry.id)) for entry in _each_once(entries)
    ]
    return {"same_person": rows}


def _visit(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    visits, outcomes = [], []
    for entry in _each_once(entries):
        visit, lines = events.visit_rows(entry, context.corrected_by.get(entry.id))
        visits.append(visit)
        outcomes += lines
    return {"visit": visits, "visit_outcome": outcomes}


def _session(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    folded = fold_register(entries, context.unsent)
    firsts = [entry.occurred_on for entry in entries if not entry.is_edit]
    row = stock.session_row(folded, min(firsts)) if firsts else None
    return {"session": [row] if row else [], "conflict": _conflicts("session", folded)}


def _movement(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    rows = [row for entry in _each_once(entries) for row in stock.movement_rows(entry)]
    return {"stock_movement": stock.settled(rows)}


def _explanation(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    return {"stock_movement": stock.explanation_rows(entries, correctors(entries))}


def _transfer(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    return transfers.transfer_rows(entries, correctors(entries))


def _count(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    counts, lines = [], []
    for entry in _each_once(entries):
        count, counted = stock.count_rows(entry, context.corrected_by.get(entry.id))
        counts.append(count)
        lines += counted
    return {"stock_count": counts, "stock_count_line": lines}


def _population(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    rows = [
        row
        for entry in _each_once(entries)
        for row in events.population_rows(entry, context.corrected_by.get(entry.id))
    ]
    return {"population": rows}


def _matter(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    rows = [affairs.matter_row(entry, context.corrected_by.get(entry.id)) for entry in _each_once(entries)]
    # The subject of a matter is the place it is told of; one told of elsewhere is that place's.
    return {"matter": [row for row in rows if row["place_id"] == subject]}


def _response(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    answers = [affairs.answer_row(entry, context.corrected_by.get(entry.id)) for entry in _each_once(entries)]
    return {"answer": answers}


def _review(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    tables: Tables = {"report_review": [], "report_answer": []}
    for entry in _each_once(entries):
        row_of = reports.review_row if entry.kind == "report_review" else reports.answer_row
        tables[entry.kind].append(row_of(entry, context.corrected_by.get(entry.id)))
    return tables


def _place(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
    folded = fold_register(entries, context.unsent)
    return programme.place_rows(folded) | {"conflict": _conflicts("place", folded)}


def _reference(
    table: str, row_of: Callable[[Folded], Row | None]
) -> Callable[[str, Sequence[Entry], Context], Tables]:
    def project(subject: str, entries: Sequence[Entry], context: Context) -> Tables:
        folded = fold_register(entries, context.unsent)
        row = row_of(folded)
        return {table: [row] if row else [], "conflict": _conflicts(table, folded)}

    return project


def _typed(number: str | None) -> str | None:
    """A phone number as people type it: 0912… for the +84912… that is stored."""
    return "0" + number.removeprefix("+84") if number and number.startswith("+84") else number


def _conflicts(kind: str, folded: Folded) -> list[Row]:
    return [
        {
            "subject_id": folded.subject,
            "kind": kind,
            "field": conflict.field,
            "winner_id": conflict.winner,
            "loser_id": conflict.loser,
        }
        for conflict in folded.conflicts
    ]


def _each_once(entries: Sequence[Entry]) -> list[Entry]:
    by_id = {entry.id: entry for entry in entries}
    return [by_id[each] for each in sorted(by_id)]


_PERSON_EVENTS: dict[str, Callable[[Entry, str | None], Row]] = {
    "dose": events.dose_row,
    "screening": safety.screening_row,
    "reaction": safety.reaction_row,
    "observation": safety.observation_row,
}

_FOLDS: dict[str, Callable[[str, Sequence[Entry], Context], Tables]] = {
    "household": _household,
    "person": _person,
    "same_person": _same_person,
    "visit": _visit,
    "session": _session,
    "stock_movement": _movement,
    "count_explanation": _explanation,
    "transfer": _transfer,
    "allocation": _reference("allocation", stock.allocation_row),
    "recall": _reference("recall", stock.recall_row),
    "stock_level": _reference("stock_level", stock.level_row),
    "equipment": _reference("equipment", stock.equipment_row),
    "stock_count": _count,
    "population_return": _population,
    "place": _place,
    "item": _reference("item", stock.item_row),
    "lot": _reference("lot", stock.lot_row),
    "campaign": _reference("campaign", programme.campaign_row),
    "dose_opening": _reference("dose_opening", safety.opening_row),
    "plan_target": _reference("plan_target", programme.plan_target_row),
    "matter": _matter,
    "response": _response,
    "report_review": _review,
    "report": _reference("report", reports.report_row),
    "report_layout": _reference("report_layout", reports.layout_row),
}

"""Nghi vấn số liệu (R044): records in doubt or not readable, by sort, place and period, each opening its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.places.order import place_key
from server.places.tree import Node
from server.registers.questionable import DOUBTS, Asked, count_by_place, count_doubts
from server.registers.questionable_lines import Line, doubts
from server.reports.workbook import Column, Sheet, Source
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, person_name, require, seen_place
from server.web.downloads import send_sheet
from server.web.listing import PAGE_ROWS, Paging
from server.web.person import fault_words
from server.web.texts import kind_label, moment, number, t
from shared.faults import Refused, catalogue, fault
from shared.kinds import KINDS
from shared.permissions import may_see

FORMATS = ("xlsx", "csv")

#: Lines of a file at most; a district's doubts of a season are fewer.
MOST = 20_000

#: Places listed beside the doubts.
PLACES = 12

COLUMNS = ("day", "place", "record", "about", "author", "why", "fixer")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the address asks for."""

    code: str
    node: Node | None
    asked: Asked
    counts: Mapping[str, int]


@blueprint.get("/doubts")
@login_required
def doubts_list() -> ResponseReturnValue:
    """The doubts of one sort, and how many there are of each."""
    require("entries")
    wanted = _wanted()
    paging = Paging.from_address(wanted.counts[wanted.code])
    by_place = count_by_place(connection(), wanted.code, wanted.asked)
    return render_template(
        "doubts.html",
        lines=doubts(connection(), wanted.code, wanted.asked, offset=paging.offset, limit=PAGE_ROWS),
        code=wanted.code,
        counts=wanted.counts,
        place=wanted.node,
        since=wanted.asked.since,
        until=wanted.asked.until,
        by_place=by_place[:PLACES],
        places_more=max(0, len(by_place) - PLACES),
        places=_pickable(),
        formats=FORMATS,
        place_name=area().tree.name,
        where=area().where,
        visible=area().visible.__contains__,
        about=about,
        record_words=record_words,
        why_words=why_words,
        fixer=fixer,
        href=href,
        kind_label=kind_label,
        **paging.words(),
    )


@blueprint.post("/doubts/<sort>")
@login_required
def doubts_file(sort: str) -> ResponseReturnValue:
    """The list as a file; people by their first letters for readers who may not see names (R078)."""
    require("entries")
    if sort not in FORMATS:
        raise Refused(fault("scope.hidden"))
    wanted = _wanted()
    if wanted.counts[wanted.code] > MOST:
        raise Refused(fault("export.too_large", most=number(MOST)))
    lines = doubts(connection(), wanted.code, wanted.asked, offset=0, limit=MOST)
    now = current_settings().clock.now()
    sheet = Sheet(
        t("doubts.sheet"),
        [t(f"doubt.{wanted.code}"), t("doubts.made", moment=moment(now))],
        [Column(t(f"doubts.column.{name}"), "day" if name == "day" else "text") for name in COLUMNS],
        [_row(wanted.code, line) for line in lines],
        numbered=True,
    )
    source = Source(t("doubts.source"), [(t(f"doubt.{wanted.code}"), t("doubts.lead"))])
    return send_sheet("doubts", wanted.node, sheet, source, sort)


def about(line: Line) -> str:
    """Whom or what a doubt is about; somebody of another area is not named."""
    if line.full_name and line.village_id in area().visible:
        return person_name(line.full_name)
    if line.person_id:
        return t("doubts.other_area")
    return ""


def record_words(line: Line) -> str:
    """What sort of record it is, with a lot's number, a field's name or a version."""
    label = kind_label(line.kind) if line.kind else t("doubts.unreadable")
    declared = KINDS[line.kind].schema.record_fields() if line.kind in KINDS else {}
    detail = declared[line.what].label(language()) if line.what in declared else line.what
    return f"{label} · {detail}" if detail else label


def why_words(code: str, line: Line) -> list[str]:
    """What is wrong, as many sentences as there are faults."""
    return [fault_words(found) for found in line.why] or [t(f"doubt.why.{code}")]


def fixer(code: str, line: Line) -> str:
    """Who can put it right."""
    if line.why and line.why[0].code in catalogue():
        return t(f"fault.fixer.{line.why[0].fixer}")
    return t(f"fault.fixer.{'administrator' if code == 'held' else 'worker'}")


def href(code: str, line: Line) -> str | None:
    """Where the record opens, for readers who may go there."""
    if code == "conflict" and line.village_id in area().visible and line.person_id:
        return url_for("web.person", person_id=line.person_id)
    if code == "conflict" and line.household_id and line.place_id in area().visible:
        return url_for("web.household", household_id=line.household_id)
    if line.entry_id and may_see(reader().role, "entries"):
        return url_for("web.entry", entry_id=line.entry_id)
    return None


def _row(code: str, line: Line) -> list[Any]:
    return [
        line.day,
        area().tree.name(line.place_id),
        record_words(line),
        about(line),
        line.author,
        " ".join(why_words(code, line)),
        fixer(code, line),
    ]


def _wanted() -> _Wanted:
    values, seen = request.values, area()
    node = seen_place(values["place"]) if values.get("place") else None
    places = seen.visible if node is None else _within(node)
    asked = Asked(places, _asked_day("since"), _asked_day("until"))
    counts = count_doubts(connection(), asked)
    first = next((name for name in DOUBTS if counts[name]), DOUBTS[0])
    code = values.get("doubt", first)
    if code not in DOUBTS:
        raise Refused(fault("scope.hidden"))
    return _Wanted(code, node, asked, counts)


def _within(node: Node) -> frozenset[str]:
    seen = area()
    inside = {node.id, *(place.id for place in seen.tree.below(node.id))}
    return seen.visible & (inside | set(seen.tree.serves.get(node.id, ())))


def _asked_day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.values.get(name, ""))
    except ValueError:
        return None


def _pickable() -> list[tuple[str, str]]:
    """(id, name with what lies above it) of districts, communes and stations, in their order."""
    seen = area()
    levels = ("district", "commune", "station", "team")
    nodes = [node for level in levels for node in seen.at_level(level)]
    return [
        (node.id, ", ".join(filter(None, (node.name, seen.where(node.id)))))
        for node in sorted(nodes, key=lambda n: (levels.index(n.level), place_key(n.name)))
    ]

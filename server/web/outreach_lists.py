"""Whom to go back to: households that asked for another visit, people by outcome, the mobile team's route."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.indicators.outreach import Outreach, outreach_by
from server.registers.follow_up import FOLLOW_UPS, count_follow_ups, count_revisits, follow_ups, revisits
from server.registers.mobile_route import Stop, route
from server.registers.openings import openings_in
from server.reports.workbook import Column, Sheet, Source
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_communication import national
from server.web.area import area, connection, names_shown, person_name, require
from server.web.downloads import send_sheet
from server.web.entries import TELLS_OF_INFECTION
from server.web.listing import PAGE_ROWS, Paging
from server.web.outreach_area import (
    Reached,
    asked_place,
    lane_rank,
    pickable,
    reason_of,
    screens,
    village_rank,
    villages_of,
)
from server.web.person import birth
from server.web.texts import day, dose_type, moment, option, t
from shared.faults import Refused, fault
from shared.text.folding import sort_key

FORMATS = ("xlsx", "csv")

#: A route up to so many people stands on one page, to be printed whole.
PRINTED_WHOLE = 300

COLUMNS = (
    "commune", "village", "lane", "address", "head", "person", "birth", "phone", "why", "due", "appointment",
    "newest",
)  # fmt: skip


@blueprint.get("/outreach/revisits")
@login_required
def outreach_revisits() -> ResponseReturnValue:
    """Households whose newest visit asks for another, the longest ago first."""
    asked = asked_place()
    if not asked.listed:
        return _by_place(asked, "revisits")
    today = current_settings().clock.today()
    every, overdue = count_revisits(connection(), asked.villages, today)
    only = request.args.get("state") == "overdue"
    paging = Paging.from_address(overdue if only else every)
    return render_template(
        "outreach_revisits.html",
        households=revisits(
            connection(),
            asked.villages,
            before=today if only else None,
            offset=paging.offset,
            limit=PAGE_ROWS,
        ),
        every=every,
        overdue=overdue,
        only=only,
        today=today,
        **_words(asked),
        **paging.words(),
    )


@blueprint.get("/outreach/people")
@login_required
def outreach_people() -> ResponseReturnValue:
    """People of one commune or village by what is to be done about them."""
    asked = asked_place()
    if asked.node.level in ("province", "district") or not asked.listed:
        return _by_place(asked, "people")
    listed = request.args.get("list", "refused")
    if listed not in FOLLOW_UPS:
        raise Refused(fault("scope.hidden"))
    counts = count_follow_ups(connection(), asked.villages)
    reason = request.args.get("reason")
    if reason in TELLS_OF_INFECTION and not screens():
        raise Refused(fault("permission.denied"))
    paging = Paging.from_address(counts[listed])
    total, people = follow_ups(
        connection(), asked.villages, listed, reason=reason, offset=paging.offset, limit=PAGE_ROWS
    )
    return render_template(
        "outreach_people.html",
        people=people,
        counts=counts,
        lists=FOLLOW_UPS,
        listed=listed,
        reason=reason,
        today=current_settings().clock.today(),
        **_words(asked),
        **Paging.from_address(total).words(),
    )


@blueprint.get("/outreach/route")
@login_required
def outreach_route() -> ResponseReturnValue:
    """People the mobile team has to go to, village by village, lane by lane (R023)."""
    asked = asked_place()
    if not asked.listed:
        return _by_place(asked, "cannot_come")
    stops = _route(asked)
    paging = Paging.from_address(len(stops))
    shown, words = paging.of(stops), paging.words()
    if len(stops) <= PRINTED_WHOLE:
        shown, words = stops, {"page": 1, "pages": 1, "total": len(stops), "first": 1, "last": len(stops)}
    return render_template(
        "outreach_route.html", groups=_groups(shown), formats=FORMATS, **_words(asked), **words
    )


@blueprint.post("/outreach/route/<sort>")
@login_required
def outreach_route_file(sort: str) -> ResponseReturnValue:
    """The route as a file to take along, with names: for roles that see them, and written down (R078)."""
    require("names")
    asked = asked_place()
    if sort not in FORMATS or not asked.listed:
        raise Refused(fault("scope.hidden"))
    stops = _route(asked)
    now = current_settings().clock.now()
    sheet = Sheet(
        t("route.sheet"),
        [t("route.title"), asked.node.name, t("route.made", moment=moment(now))],
        [Column(t(f"route.column.{name}")) for name in COLUMNS],
        [_line(stop) for stop in stops],
        numbered=True,
    )
    source = Source(t("route.source"), [(t("route.title"), t("route.rule"))])
    return send_sheet("route", asked.node if asked.node.id else None, sheet, source, sort)


def _by_place(asked: Reached, what: str) -> str:
    """A province (or all of a reader's places) is read part by part: the parts, with how many there are in each."""
    below = asked.below()
    areas = {village: place.id for place in below for village in villages_of(place)}
    found = outreach_by(connection(), areas)
    return render_template(
        "outreach_choose.html",
        what=what,
        rows=[(place, _number(found.get(place.id, Outreach()), what)) for place in below],
        **_words(asked),
    )


def _number(reach: Outreach, what: str) -> int:
    return reach.people if what == "people" else int(getattr(reach, what))


def _route(asked: Reached) -> list[Stop]:
    openings = openings_in(connection(), asked.node.province)
    stops = route(connection(), asked.villages, openings, current_settings().clock.today())
    ranks = {village: village_rank(village) for village in asked.villages}
    return sorted(
        stops,
        key=lambda s: (
            ranks[s.village_id],
            lane_rank(s.lane),
            sort_key(s.head_name or ""),
            s.birth_date,
            s.id,
        ),
    )


def _groups(stops: Sequence[Stop]) -> list[tuple[str, list[Stop]]]:
    """Village -> the stops there, one after the other."""
    return [(village, list(inside)) for village, inside in groupby(stops, key=lambda s: s.village_id)]


def _line(stop: Stop) -> list[Any]:
    tree = area().tree
    commune = tree.up(stop.village_id, "commune")
    return [
        commune.name if commune else "",
        tree.name(stop.village_id),
        stop.lane,
        stop.address,
        stop.head_name,
        stop.full_name,
        birth(stop),
        national(stop.phone or stop.guardian_phone or ""),
        why(stop),
        ", ".join(dose_type(dose.dose_type) for dose in stop.due),
        day(stop.appointment_on) if stop.appointment_on else "",
        option("visit", "outcome", stop.outcome) if stop.outcome else t("outcome.never"),
    ]


def why(stop: Stop) -> str:
    """Why somebody has to be gone to."""
    if stop.cannot_come:
        return option("person", "cannot_come", stop.cannot_come)
    return t("route.transport")


def _words(asked: Reached) -> dict[str, Any]:
    tree = area().tree
    return {
        "place": asked.node,
        "path": area().path(asked.node.id) if asked.node.id else [],
        "places": pickable(),
        "place_name": tree.name,
        "commune_name": lambda village: node.name if (node := tree.up(village, "commune")) else "",
        "person_name": person_name,
        "names_shown": names_shown(),
        "national": national,
        "birth": birth,
        "why": why,
        "reason_words": reason_of,
    }

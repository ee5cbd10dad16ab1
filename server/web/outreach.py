"""Rà soát: how far house-to-house review has come at a place, the places below it, and a village's households."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language
from server.indicators.catalogue import indicator_title
from server.indicators.outreach import Outreach, outreach_by, refusals_by
from server.indicators.punctuality import Punctuality, punctuality_by
from server.indicators.refreshing import stale_villages
from server.places.order import place_key
from server.registers.follow_up import parents_answers
from server.registers.houses import STATES, House, houses_of, lanes_of
from server.web import blueprint
from server.web.area import area, connection, names_shown
from server.web.entries import TELLS_OF_INFECTION
from server.web.listing import Paging, Sorting
from server.web.outreach_area import Reached, reached, screens, villages_of
from server.web.texts import in_language, t
from shared.reference import reasons, schedule_limits
from shared.text.folding import search_key

#: What a place's row shows of its people, in the order of the table.
OUTCOMES = ("reviewed", "absent", "hesitant", "refused", "deferred", "contraindicated", "left", "never")


@dataclass(frozen=True, slots=True)
class Row:
    """A place of the table."""

    place_id: str
    name: str
    reach: Outreach
    punctuality: Punctuality


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason with the people who refuse or hesitate because of it."""

    code: str
    words: str
    refused: int
    hesitant: int

    @property
    def people(self) -> int:
        """Both together."""
        return self.refused + self.hesitant


@blueprint.get("/outreach")
@login_required
def outreach() -> ResponseReturnValue:
    """The reader's own area."""
    return _page(reached(None))


@blueprint.get("/outreach/<place_id>")
@login_required
def outreach_place(place_id: str) -> ResponseReturnValue:
    """A place of the reader's area."""
    return _page(reached(place_id))


def _page(asked: Reached) -> str:
    if asked.node.level == "village":
        return _village_page(asked)
    below = asked.below()
    areas = {village: place.id for place in below for village in villages_of(place)}
    reach, punctual = outreach_by(connection(), areas), punctuality_by(connection(), areas)
    rows = [Row(p.id, p.name, reach.get(p.id, Outreach()), punctual.get(p.id, Punctuality())) for p in below]
    keys = _sort_keys()
    sorting = Sorting.from_address(keys, "name")
    return render_template(
        "outreach.html",
        rows=sorting.apply(rows, keys),
        total=Row("", "", sum(reach.values(), Outreach()), sum(punctual.values(), Punctuality())),
        sorting=sorting,
        outcomes=OUTCOMES,
        **_words(asked),
    )


def _village_page(asked: Reached) -> str:
    village = asked.node.id
    houses = houses_of(connection(), village)
    state, lane = request.args.get("state", ""), request.args.get("lane", "")
    wanted = search_key(request.args.get("q", "")).split()
    shown = [
        house
        for house in houses
        if (state not in STATES or house.is_(state))
        and (not lane or not names_shown() or house.lane_key == lane)
        and (not wanted or not names_shown() or all(word in house.search for word in wanted))
    ]
    keys = _house_keys()
    sorting = Sorting.from_address(keys, "lane")
    ordered = shown if sorting.key == "lane" and not sorting.descending else sorting.apply(shown, keys)
    paging = Paging.from_address(len(shown))
    return render_template(
        "outreach_village.html",
        houses=paging.of(ordered),
        lanes=lanes_of(houses),
        counts={name: sum(house.is_(name) for house in houses) for name in STATES},
        every=len(houses),
        state=state if state in STATES else "",
        lane=lane,
        q=request.args.get("q", ""),
        reach=outreach_by(connection(), {village: village}).get(village, Outreach()),
        punctual=punctuality_by(connection(), {village: village}).get(village, Punctuality()),
        sorting=sorting,
        **_words(asked),
        **paging.words(),
    )


def _words(asked: Reached) -> dict[str, Any]:
    """What the page of any place says."""
    villages = dict.fromkeys(asked.villages, "all")
    return {
        "place": asked.node,
        "path": area().path(asked.node.id) if asked.node.id else [],
        "listed": asked.listed,
        "reasons": reason_rows(refusals_by(connection(), villages).get("all", {})),
        "parents": parents_answers(connection(), asked.villages) if asked.listed else None,
        "stale": len(stale_villages(connection(), asked.villages)),
        "title_of": lambda code: indicator_title(code, language()),
        "limit": schedule_limits()["on_schedule_days"],
        "names_shown": names_shown(),
        "told": lambda code: code not in TELLS_OF_INFECTION or screens(),
    }


def reason_rows(counted: Mapping[tuple[str, str], int]) -> list[ReasonRow]:
    """Refusals by reason, the most frequent first; people whose reason was not given have ""."""
    codes = {code for _, code in counted}
    rows = [
        ReasonRow(
            code,
            reason_words(code),
            counted.get(("refused", code), 0),
            counted.get(("hesitant", code), 0),
        )
        for code in codes
    ]
    return sorted(rows, key=lambda row: (-row.people, row.words))


def reason_words(code: str) -> str:
    """A reason of refusal in words. In sums every reason is told: no one of them is a person's."""
    known = reasons("refusal").get(code)
    return in_language(known, "label") if known else code or t("outreach.no_reason")


def _sort_keys() -> dict[str, Callable[[Row], Any]]:
    keys: dict[str, Callable[[Row], Any]] = {"name": lambda row: place_key(row.name)}
    for name in ("households", "never_knocked", "complete", "revisits", "people", "cannot_come", *OUTCOMES):
        keys[name] = _figure(name)
    keys["knocked"] = lambda row: _share(row.reach.knocked, row.reach.households)
    keys["fallen"] = lambda row: _share(row.punctuality.complete, row.punctuality.fallen_due)
    keys["on_schedule"] = lambda row: _share(row.punctuality.on_schedule, row.punctuality.followed)
    return keys


def _figure(name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row.reach, name)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _house_keys() -> dict[str, Callable[[House], Any]]:
    return {
        "lane": lambda house: (not house.lane, house.lane_key),
        "people": lambda house: house.people,
        "unasked": lambda house: house.unasked,
        "visited": lambda house: house.visited_on,
        "revisit": lambda house: house.revisit_on,
    }

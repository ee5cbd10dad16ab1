"""Reminders (đôn đốc): who is late with what, the words prepared, what was sent, and whether it was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.fleet import fleet
from server.accounts.session import reader
from server.affairs.matters import Told, matters
from server.database import db
from server.indicators.standings import standings
from server.places.order import place_key
from server.plans.goals import goals_of
from server.reports.late_units import (
    LATE_WITH,
    Late,
    late_with_report,
    late_with_sync,
    late_with_target,
    unit_of,
)
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs import BUCKETS, bucket_of, matter_words
from server.web.affairs_places import commune_of, district_options, risky_communes
from server.web.affairs_writing import write
from server.web.area import area, connection
from server.web.listing import Paging, Sorting
from server.web.texts import age_group, day, dose_type, number, t
from shared.faults import Refused, fault
from shared.records import may_author

#: Days a unit gets to answer a reminder made here.
DAYS_TO_ANSWER = 2

#: A reminder not older than this is still the one that counts.
RECENT_DAYS = 14


@dataclass(frozen=True, slots=True)
class Line:
    """A unit late with something, the words a reminder would say, and the last reminder about it."""

    late: Late
    name: str
    where: str
    detail: str
    text: str
    last: Told | None

    @property
    def key(self) -> str:
        """The line in a form."""
        return f"{self.late.about}.{self.late.place_id}"


_KEYS: dict[str, Callable[[Line], Any]] = {
    "place": lambda line: (place_key(line.where), place_key(line.name)),
    "about": lambda line: LATE_WITH.index(line.late.about),
    "count": lambda line: line.late.count,
    "reminded": lambda line: line.last.told_at if line.last else None,
}


@blueprint.get("/affairs/reminders")
@login_required
def reminders() -> ResponseReturnValue:
    """Units that are late, or (`list=sent`) the reminders made and how they were answered."""
    return _sent() if request.args.get("list") == "sent" else _late()


@blueprint.post("/affairs/reminders")
@login_required
def remind() -> ResponseReturnValue:
    """Send the prepared words to the units chosen; who is no longer late is left out."""
    if not may_author(reader().role, "reminder"):
        raise Refused(fault("permission.denied"))
    chosen = set(request.form.getlist("unit"))
    due_on = current_settings().clock.today() + timedelta(days=DAYS_TO_ANSWER)
    lines = [line for line in _lines() if line.key in chosen]
    for line in lines:
        body = {"about": line.late.about, "text": line.text, "due_on": due_on.isoformat()}
        if request.form.get("urgent"):
            body |= {"urgent": True}  # type: ignore[dict-item]
        write("reminder", place=line.late.place_id, subject=line.late.place_id, body=body)
    db.session.commit()
    flash(t("reminders.sent", count=number(len(lines))), "good" if lines else "warn")
    return redirect(url_for("web.reminders"))


def _late() -> str:
    every = _narrowed(_lines())
    about = request.args.get("about", "")
    shown = [line for line in every if not about or line.late.about == about]
    sorting, paging = Sorting.from_address(_KEYS, "about"), Paging.from_address(len(shown))
    counted = Counter(line.late.about for line in every)
    return render_template(
        "affairs_reminders.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        counts={name: counted[name] for name in LATE_WITH},
        about=about,
        district=request.args.get("district", ""),
        districts=district_options(),
        risk=request.args.get("risk", ""),
        days_to_answer=DAYS_TO_ANSWER,
        sorting=sorting,
        **matter_words(),
        **paging.words(),
    )


_SENT_KEYS: dict[str, Callable[[Told], Any]] = {
    "state": lambda told: (BUCKETS.index(bucket_of(told)), not told.urgent, -told.told_at.timestamp()),
    "place": lambda told: place_key(area().tree.name(told.place_id)),
    "told": lambda told: told.told_at,
    "due": lambda told: told.due_on,
}


def _sent() -> str:
    every = matters(connection(), "reminder", area().visible)
    state = request.args.get("state", "")
    shown = [told for told in every if not state or bucket_of(told) == state]
    sorting, paging = (
        Sorting.from_address(_SENT_KEYS, "told", descending=True),
        Paging.from_address(len(shown)),
    )
    counted = Counter(bucket_of(told) for told in every)
    return render_template(
        "affairs_reminders_sent.html",
        rows=paging.of(sorting.apply(shown, _SENT_KEYS)),
        counts={name: counted[name] for name in BUCKETS},
        state=state,
        sorting=sorting,
        **matter_words(),
        **paging.words(),
    )


def _lines() -> list[Line]:
    seen, clock = area(), current_settings().clock
    today, tree = clock.today(), area().tree
    found = late_with_sync(tree, fleet(connection(), seen.visible, clock.now()))
    communes = {node.id: (node.name, tree.villages(node.id)) for node in seen.at_level("commune")}
    found += late_with_report(connection(), list(communes), today)
    for province in sorted({tree.nodes[commune].province for commune in communes}):
        goals = goals_of(connection(), province, today)
        inside = {id_: place for id_, place in communes.items() if tree.nodes[id_].province == province}
        found += late_with_target(standings(connection(), goals, inside, today).rows, goals)
    last = _last_reminders()
    return [
        Line(
            late,
            tree.name(late.place_id),
            seen.where(late.place_id),
            *_words(late),
            last.get((late.place_id, late.about)),
        )
        for late in found
        if late.place_id in seen.visible
    ]


def _last_reminders() -> dict[tuple[str, str], Told]:
    """(unit, about) -> the newest reminder of the last days; of a place under a unit it counts for the unit."""
    since = current_settings().clock.now() - timedelta(days=RECENT_DAYS)
    found: dict[tuple[str, str], Told] = {}
    for told in sorted(matters(connection(), "reminder", area().visible), key=lambda told: told.told_at):
        unit = unit_of(area().tree, told.place_id)
        if unit is not None and told.topic and told.told_at >= since:
            found[unit.id, told.topic] = told
    return found


def _words(late: Late) -> tuple[str, str]:
    """What the page says of a unit that is late, and what a reminder would say to it."""
    params: dict[str, Any] = {"count": number(late.count), "days": number(abs(late.days))}
    if late.goal is not None:
        params |= {
            "dose": dose_type(late.goal.dose_type),
            "group": age_group(late.goal.age_group),
            "day": day(late.goal.due_on),
        }
    return t(f"reminders.detail.{late.about}", **params), t(f"reminders.text.{late.about}", **params)


def _narrowed(lines: Sequence[Line]) -> list[Line]:
    district, tree = request.args.get("district", ""), area().tree
    if district:
        lines = [line for line in lines if any(n.id == district for n in tree.path(line.late.place_id))]
    if request.args.get("risk"):
        risky = risky_communes()
        lines = [line for line in lines if commune_of(line.late.place_id) in risky]
    return list(lines)

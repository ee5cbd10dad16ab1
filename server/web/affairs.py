"""What units tell each other: shortages, proposals and remarks as lists, and one matter with its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import language, reader
from server.affairs.matters import Told, matter, matters
from server.database import db
from server.places.order import place_key
from server.settings import current_settings
from server.web import blueprint
from server.web.affairs_places import above, commune_of, district_options, risky_communes
from server.web.affairs_writing import write
from server.web.area import area, connection, seen_place
from server.web.listing import Paging, Sorting
from server.web.record_forms import asked, given, said
from server.web.texts import kind_label, option, t
from shared.faults import Refused, fault
from shared.records import may_author
from shared.rules.affairs import CLOSED, actions_for
from shared.text import formats

#: How lists of matters are narrowed: nobody answered, somebody did, ended.
BUCKETS = ("open", "in_hand", "closed")

_ANSWER_FIELDS = ("text", "support")


@blueprint.get("/affairs/shortages")
@login_required
def shortages() -> ResponseReturnValue:
    """Where people are lacking: the open ones first, with the time since they were reported (R026, R027)."""
    return render_template("affairs_shortages.html", **_listed("staff_shortage"))


@blueprint.get("/affairs/proposals")
@login_required
def proposals() -> ResponseReturnValue:
    """Difficulties and proposals, with what was answered (R020)."""
    return render_template("affairs_proposals.html", **_listed("proposal"))


@blueprint.get("/affairs/remarks")
@login_required
def remarks() -> ResponseReturnValue:
    """What inspections found, by place, and whether it was put right (R018)."""
    return render_template("affairs_remarks.html", **_listed("inspection_remark"))


@blueprint.get("/affairs/matters/<matter_id>")
@login_required
def matter_page(matter_id: str) -> ResponseReturnValue:
    """One matter, its answers, and what the reader may answer."""
    return _matter(_seen(matter_id))


@blueprint.post("/affairs/matters/<matter_id>")
@login_required
def matter_answer(matter_id: str) -> ResponseReturnValue:
    """Answer: one of the actions offered to the reader."""
    told = _seen(matter_id)
    action = request.form.get("action", "")
    if action not in _actions(told):
        raise Refused(fault("permission.denied"))
    body = {"of": told.kind, "action": action, **given("response", _ANSWER_FIELDS, request.form)}
    try:
        write("response", place=told.place_id, subject=told.id, body=body)
    except Refused as refused:
        db.session.rollback()
        faults = said(refused.faults, "response")
        return _matter(told, faults=faults, action=action, values=body), 422
    db.session.commit()
    flash(t("matter.answered"), "good")
    return redirect(url_for("web.matter_page", matter_id=told.id))


def topic_words(told: Told) -> str:
    """What a matter is about, in a few words."""
    field = {"staff_shortage": "role", "proposal": "topic", "reminder": "about"}.get(told.kind)
    return option(told.kind, field, told.topic) if field else kind_label(told.kind)


def elapsed(told: Told) -> str:
    """The time from the telling to its end, or to now: “2 giờ 15 phút”."""
    return formats.elapsed(told.minutes(current_settings().clock.now()), language())


def answered_after(told: Told) -> str:
    """The time from the telling to the first answer; empty without one."""
    minutes = told.minutes_to_answer()
    return "" if minutes is None else formats.elapsed(minutes, language())


def bucket_of(told: Told) -> str:
    """Which of BUCKETS a matter falls into."""
    return "closed" if told.state in CLOSED else "open" if told.state == "open" else "in_hand"


def matter_words() -> dict[str, Any]:
    """What every page of matters can say."""
    return {
        "topic_words": topic_words,
        "elapsed": elapsed,
        "answered_after": answered_after,
        "place_name": area().tree.name,
        "where": area().where,
        "today": current_settings().clock.today(),
        "may_tell": lambda kind: may_author(reader().role, kind),
    }


_KEYS: dict[str, Callable[[Told], Any]] = {
    "state": lambda told: (BUCKETS.index(bucket_of(told)), not told.urgent, -told.told_at.timestamp()),
    "place": lambda told: place_key(area().tree.name(told.place_id)),
    "told": lambda told: told.told_at,
    "elapsed": lambda told: told.minutes(current_settings().clock.now()),
    "people": lambda told: told.people,
    "due": lambda told: told.due_on,
}


def _listed(kind: str) -> dict[str, Any]:
    every = _narrowed(matters(connection(), kind, area().visible))
    state = request.args.get("state", "")
    shown = [told for told in every if not state or bucket_of(told) == state]
    sorting, paging = Sorting.from_address(_KEYS, "state"), Paging.from_address(len(shown))
    counted = Counter(bucket_of(told) for told in every)
    return {
        "kind": kind,
        "rows": paging.of(sorting.apply(shown, _KEYS)),
        "counts": {name: counted[name] for name in BUCKETS},
        "state": state,
        "district": request.args.get("district", ""),
        "districts": district_options(),
        "risk": request.args.get("risk", ""),
        "sorting": sorting,
        **matter_words(),
        **paging.words(),
    }


def _narrowed(found: Sequence[Told]) -> list[Told]:
    """Those of the district, and of the high-risk areas, that the address asks for (R046)."""
    tree, district = area().tree, request.args.get("district", "")
    if district:
        found = [told for told in found if any(node.id == district for node in tree.path(told.place_id))]
    if request.args.get("risk"):
        risky = risky_communes()
        found = [told for told in found if commune_of(told.place_id) in risky]
    return list(found)


def _seen(matter_id: str) -> Told:
    told = matter(connection(), matter_id)
    if told is None:
        raise Refused(fault("scope.hidden"))
    seen_place(told.place_id)
    return told


def _actions(told: Told) -> tuple[str, ...]:
    if not may_author(reader().role, "response"):
        return ()
    return actions_for(told.kind, told.state, above=above(told.place_id))


def _matter(told: Told, *, faults: Any = (), action: str = "", values: Any = None) -> str:
    offered = _actions(told)
    return render_template(
        "affairs_matter.html",
        told=told,
        path=area().path(told.place_id),
        actions=offered,
        fields=asked("response", _ANSWER_FIELDS, values or {}, {}),
        needs_support="assigned" in offered,
        faults=faults,
        action=action,
        back=_BACK[told.kind],
        **matter_words(),
    )


_BACK = {
    "staff_shortage": "web.shortages",
    "proposal": "web.proposals",
    "inspection_remark": "web.remarks",
    "reminder": "web.reminders",
}

"""Counts beside the book: what is open, what late papers changed, and the form that explains a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.datastructures import MultiDict

from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.settings import current_settings
from server.stock.count_reviews import (
    OVERDUE_DAYS,
    STATES,
    CountSheet,
    count_sheet,
    count_sheets,
    explanations,
    late_movements,
    left_out,
    overdue_counts,
    wanted,
)
from server.stock.counts import Counted
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.record_forms import said
from server.web.stock_keeping import keeps, seen_site
from server.web.texts import t
from server.web.writing import write
from shared.entries import Entry
from shared.faults import Fault, Refused, fault
from shared.records.count_explanation import EXPLANATIONS
from shared.rules.explanations import HoldingKey, holding_key, not_adding_up
from shared.rules.movements import sign_fits

#: Counts listed are as of so many days back; older ones are reached from the cards.
SINCE_DAYS = 180

#: Lines offered for one holding: what explains it may be of several kinds.
LINES_EACH = 3

_KEYS = {
    "place": lambda sheet: place_key(area().tree.name(sheet.site_id)),
    "as_of": lambda sheet: sheet.as_of,
    "lines": lambda sheet: len(sheet.counted),
    "difference": lambda sheet: sheet.more + sheet.fewer,
    "state": lambda sheet: STATES.index(sheet.state),
}


@blueprint.get("/stock/counts")
@login_required
def stock_counts() -> ResponseReturnValue:
    """Counts of the visible sites by what there is to do, and the sites that count late."""
    require("stock")
    today = current_settings().clock.today()
    sheets, late = kept_stock("counts", lambda: _read(today))
    state, district = request.args.get("state", ""), request.args.get("district", "")
    tree = area().tree

    def inside(site: str) -> bool:
        above = tree.up(site, "district")
        return not district or (above is not None and above.id == district)

    here = [sheet for sheet in sheets if inside(sheet.site_id)]
    shown = [sheet for sheet in here if not state or sheet.state == state]
    sorting, paging = Sorting.from_address(_KEYS, "as_of", descending=True), Paging.from_address(len(shown))
    above = {found.id: found.name for sheet in sheets if (found := tree.up(sheet.site_id, "district"))}
    return render_template(
        "stock_counts.html",
        rows=paging.of(sorting.apply(shown, _KEYS)),
        states={name: sum(1 for sheet in here if sheet.state == name) for name in STATES},
        everything=len(here),
        state=state,
        district=district,
        districts=sorted(above.items(), key=lambda pair: place_key(pair[1])),
        overdue=[each for each in late if inside(each.site_id)],
        overdue_days=OVERDUE_DAYS,
        since_days=SINCE_DAYS,
        place_name=tree.name,
        where=area().where,
        today=today,
        sorting=sorting,
        **paging.words(),
    )


@blueprint.route("/stock/counts/<count_id>", methods=["GET", "POST"])
@login_required
def stock_count(count_id: str) -> ResponseReturnValue:
    """One count; what is sent explains its differences and takes the place of the newest explanation."""
    require("stock")
    sheet = count_sheet(connection(), count_id)
    if sheet is None:
        raise Refused(fault("scope.hidden"))
    site = seen_site(sheet.site_id)
    if request.method == "GET":
        return _page(sheet, request.form, ())
    if not keeps(site):
        raise Refused(fault("permission.denied"))
    try:
        write(lambda author: _explain(author, sheet))
    except Refused as refused:
        return _page(sheet, request.form, said(refused.faults, "count_explanation")), 422
    flash(t("counts.explained"), "good")
    return redirect(url_for("web.stock_count", count_id=sheet.id))


def _read(today: date) -> tuple[list[CountSheet], list[Any]]:
    sites = area().sites()
    return (
        count_sheets(connection(), sites, today - timedelta(days=SINCE_DAYS)),
        overdue_counts(connection(), sites, today),
    )


def _explain(author: ServerAuthor, sheet: CountSheet) -> None:
    stands = explanations(connection(), sheet.id)
    replaced = stands[-1] if stands else None
    due = wanted(sheet, stands, replaced)
    lines = _lines_sent(sheet) if "nothing" not in request.form else _cancelling(replaced)
    missing = not_adding_up(lines, due)
    if missing:
        raise Refused([_sum_fault(sheet, key, due) for key, _ in missing])
    if not lines:
        raise Refused(fault("field.missing", t("counts.lines")))
    body = {"lines": lines, "signed_by": request.form.get("signed_by", "").strip() or None}
    author.write(
        "count_explanation",
        place=sheet.site_id,
        subject=sheet.id,
        body=body,
        occurred_on=sheet.as_of,
        recorded_on=current_settings().clock.today(),
        corrects=replaced.id if replaced else None,
    )


def _cancelling(replaced: Entry | None) -> list[dict[str, Any]]:
    """Nothing differs any more: an explanation is replaced by one that adds and takes the same, so that no vial it
    called broken stays broken.
    """
    if replaced is None:
        return []
    line = replaced.body["lines"][0]
    where = {name: line[name] for name in ("lot", "state", "thawed_on", "opened_on") if line.get(name)}
    amounts = {name: abs(line[name]) for name in ("vials", "doses") if line.get(name)} or {"vials": 1}
    plus = {"vials": 0, **amounts}
    return [
        {**where, **plus, "reason": "data_entry"},
        {**where, **{name: -amount for name, amount in plus.items()}, "reason": "data_entry"},
    ]


def _lines_sent(sheet: CountSheet) -> list[dict[str, Any]]:
    """The lines of the form that say something, their amounts signed as typed."""
    found = []
    for place, line in enumerate(sheet.lines):
        for number in range(LINES_EACH):
            name = f"l{place}-{number}"
            vials, doses = (_whole(request.form.get(f"{name}-{part}", "")) for part in ("vials", "doses"))
            if not (vials or doses):
                continue
            found.append(
                {key: value for key, value in {
                    "lot": line.lot_id,
                    "state": line.state,
                    "thawed_on": line.thawed_on.isoformat() if line.thawed_on else None,
                    "opened_on": line.opened_on.isoformat() if line.opened_on else None,
                    "vials": vials,
                    "doses": doses or None,
                    "reason": request.form.get(f"{name}-reason") or None,
                    "note": request.form.get(f"{name}-note", "").strip() or None,
                }.items() if value is not None}
            )  # fmt: skip
    return found


def _sum_fault(sheet: CountSheet, key: HoldingKey, due: Mapping[HoldingKey, tuple[int, int]]) -> Fault:
    vials, doses = due.get(key, (0, 0))
    lot = next((line.lot_number for line in sheet.lines if line.lot_id == key[0]), "–")
    return fault("stock.explanation_sum", "lines", lot=lot, wanted=vials, wanted_doses=doses)


def _page(sheet: CountSheet, form: MultiDict[str, str], faults: Sequence[Fault]) -> str:
    stands = explanations(connection(), sheet.id)
    replaced = stands[-1] if stands else None
    due = wanted(sheet, stands, replaced)
    site = seen_site(sheet.site_id)
    late = late_movements(connection(), sheet.id)
    return render_template(
        "stock_count.html",
        sheet=sheet,
        site=site,
        stands=stands,
        asked=_asked(sheet, due, replaced, form),
        reasons=EXPLANATIONS,
        more_reasons=[code for code in EXPLANATIONS if sign_fits(code, 1)],
        signed_by=form.get("signed_by") or (replaced.body.get("signed_by") if replaced else None) or "",
        late=late,
        lots={line.holding_id: line.lot_number for line in sheet.lines},
        lot_names={line.lot_id: line.lot_number for line in sheet.lines},
        due_any=bool(due),
        left_out=left_out(connection(), sheet),
        may_keep=keeps(site),
        still_open=bool(sheet.open),
        faults=faults,
        path=area().path(site.id)[:-1],
    )


def _asked(
    sheet: CountSheet,
    due: Mapping[HoldingKey, tuple[int, int]],
    replaced: Entry | None,
    form: MultiDict[str, str],
) -> list[tuple[int, Counted, tuple[int, int], list[dict[str, Any]]]]:
    """(place, line, what its lines must sum to, the lines offered) of every holding to be explained."""
    told: dict[HoldingKey, list[Mapping[str, Any]]] = {}
    for line in replaced.body["lines"] if replaced else ():
        told.setdefault(holding_key(line), []).append(line)
    found = []
    for place, line in enumerate(sheet.lines):
        key = (
            line.lot_id, line.state, line.thawed_on.isoformat() if line.thawed_on else None,
            line.opened_on.isoformat() if line.opened_on else None,
        )  # fmt: skip
        if key not in due and key not in told:
            continue
        offered = [
            _offered(form, place, number, told.get(key, ()), due.get(key)) for number in range(LINES_EACH)
        ]
        found.append((place, line, due.get(key, (0, 0)), offered))
    return found


def _offered(
    form: MultiDict[str, str],
    place: int,
    number: int,
    told: Sequence[Mapping[str, Any]],
    due: tuple[int, int] | None,
) -> dict[str, Any]:
    name = f"l{place}-{number}"
    if form:
        return {
            "name": name,
            **{part: form.get(f"{name}-{part}", "") for part in ("vials", "doses", "reason", "note")},
        }
    if number < len(told):
        line = told[number]
        return {"name": name, **{part: line.get(part) or "" for part in ("vials", "doses", "reason", "note")}}
    first = number == 0 and not told
    vials, doses = (f"{amount:+d}" if amount else "" for amount in (due if first and due else (0, 0)))
    return {"name": name, "vials": vials, "doses": doses, "reason": "", "note": ""}


def _whole(text: str) -> int:
    """A signed whole number as people type it; what is none counts as nothing, and the sum then shows it."""
    plain = text.strip().replace("−", "-").replace(".", "")
    unsigned = plain.lstrip("+-")
    return int(plain) if unsigned.isascii() and unsigned.isdigit() and len(unsigned) < 8 else 0

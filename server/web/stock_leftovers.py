"""The review of leftovers on pages (R052): what is left of supplies and equipment, decisions, the review as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.session import reader
from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.reports.workbook import Column, Sheet, Source
from server.settings import current_settings
from server.stock.leftovers import Leftover, leftovers
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.downloads import send_sheet
from server.web.kept import kept_stock
from server.web.listing import Paging, Sorting
from server.web.record_forms import given, said
from server.web.stock_wastage import district_of
from server.web.texts import in_language, moment, number, option, t
from server.web.writing import write
from shared.faults import Fault, Refused, fault
from shared.identifiers import named_id
from shared.records import may_author
from shared.records.equipment import SOLUTIONS
from shared.records.item import ITEM_CLASSES
from shared.text.folding import sort_key

_ASKED = ("decision", "until", "document", "reason")

#: What the address may narrow the review by.
_NARROWS = ("class", "district", "unused", "open")


@blueprint.get("/stock/leftovers")
@login_required
def leftover_list() -> ResponseReturnValue:
    """The review, narrowed by class, district, whether it was ever used and whether it is decided."""
    return _page(())


@blueprint.post("/stock/leftovers/decide")
@login_required
def leftovers_decide() -> ResponseReturnValue:
    """One decision for the ticked lines. Refused: `permission.denied`, `scope.hidden`."""
    require("stock")
    if not may_author(reader().role, "leftover_decision"):
        raise Refused(fault("permission.denied"))
    known = {one.key: one for one in _every()}
    ticked = request.form.getlist("line")
    body = given("leftover_decision", _ASKED, request.form)
    try:
        if not ticked:
            raise Refused(fault("field.missing", t("leftovers.lines")))
        if not body["decision"]:
            raise Refused(fault("field.missing", t("leftovers.decision")))
        if any(key not in known for key in ticked):
            raise Refused(fault("scope.hidden"))

        def work(author: ServerAuthor) -> None:
            for key in dict.fromkeys(ticked):
                _decide(author, known[key], body)

        write(work)
    except Refused as refused:
        return _page(said(refused.faults, "leftover_decision")), 422
    flash(t("leftovers.decided_now", count=number(len(set(ticked)))), "good")
    return redirect(url_for("web.leftover_list"))


@blueprint.get("/stock/leftovers.<ending>")
@login_required
def leftovers_file(ending: str) -> Response:
    """What the page shows, as XLSX or CSV."""
    require("stock")
    columns = [
        Column(t("leftovers.column.site")),
        Column(t("column.district")),
        Column(t("leftovers.column.class")),
        Column(t("leftovers.column.item")),
        Column(t("leftovers.column.lot")),
        Column(t("leftovers.column.unit")),
        *(
            Column(t(f"leftovers.column.{name}"), "number")
            for name in ("bought", "used", "passed_on", "discarded", "left")
        ),
        Column(t("column.expiry"), "day"),
        *(
            Column(t(f"leftovers.column.{name}"))
            for name in ("condition", "proposed", "plan_after", "decided")
        ),
        Column(t("leftovers.column.until"), "day"),
        Column(t("leftovers.column.document")),
    ]
    rows = [
        [
            area().tree.name(one.site_id), area().tree.name(district_of(one.site_id)), class_words(one.item_class),
            in_language(one, "item_name"), one.lot_number, in_language(one, "unit"), one.bought, one.used,
            one.passed_on, one.discarded, one.left, one.expiry, condition_words(one.condition),
            solution_words(one.proposed), one.plan_after, solution_words(one.decided), one.until, one.document,
        ]
        for one in _shown(_every())
    ]  # fmt: skip
    now = current_settings().clock.now()
    sheet = Sheet(
        t("leftovers.title"), (t("leftovers.title"), t("leftovers.made", moment=moment(now))), columns, rows,
        numbered=True,
    )  # fmt: skip
    source = Source(t("doubts.source"), [(t("leftovers.title"), t("leftovers.lead"))])
    return send_sheet("leftovers", None, sheet, source, ending)


def class_words(item_class: str) -> str:
    """A class of items as people read it."""
    return option("item", "item_class", item_class)


def condition_words(condition: str | None) -> str | None:
    """A condition as people read it; None while nobody said."""
    return option("equipment", "condition", condition) if condition else None


def solution_words(solution: str | None) -> str | None:
    """A solution as people read it; None while there is none."""
    return option("equipment", "solution", solution) if solution else None


def _decide(author: ServerAuthor, one: Leftover, body: dict[str, Any]) -> None:
    if one.lot_id is None:
        subject = one.key.partition(".")[2]
        heads = author.heads("equipment", subject)
        changed = {"decided": body["decision"], "document": body["document"]}
        author.write("equipment", place=one.site_id, subject=subject, body=changed, based_on=heads)
        return
    subject = named_id("leftover", one.site_id, one.lot_id)
    heads = author.heads("leftover_decision", subject)
    whole = body if heads else {"lot": one.lot_id, **body}
    author.write("leftover_decision", place=one.site_id, subject=subject, body=whole, based_on=heads)


def _every() -> Sequence[Leftover]:
    today = current_settings().clock.today()
    return kept_stock("leftovers", lambda: leftovers(connection(), area().sites(), today))


def _shown(every: Sequence[Leftover]) -> list[Leftover]:
    asked = request.args
    return [
        one
        for one in every
        if asked.get("class", "") in ("", one.item_class)
        and asked.get("district", "") in ("", district_of(one.site_id))
        and (asked.get("unused", "") != "1" or one.unused)
        and (asked.get("open", "") != "1" or one.decided is None)
    ]


def _page(faults: Sequence[Fault]) -> str:
    require("stock")
    every = _every()
    shown = _shown(every)
    sorting, paging = Sorting.from_address(_KEYS, "rank"), Paging.from_address(len(shown))
    classes = Counter(one.item_class for one in every)
    return render_template(
        "stock_leftovers.html",
        faults=faults,
        rows=paging.of(sorting.apply(shown, _KEYS)),
        every=len(every),
        unused=sum(one.unused for one in shown),
        undecided=sum(one.decided is None for one in shown),
        classes={name: classes[name] for name in ITEM_CLASSES if classes[name]},
        solutions=list(SOLUTIONS),
        asked={name: request.args.get(name, "") for name in _NARROWS},
        narrowed={name: request.args[name] for name in _NARROWS if request.args.get(name)},
        given=request.form,
        districts=sorted(area().at_level("district"), key=lambda node: place_key(node.name)),
        may_decide=may_author(reader().role, "leftover_decision"),
        may_send=may_author(reader().role, "transfer_order"),
        class_words=class_words,
        condition_words=condition_words,
        solution_words=solution_words,
        place_name=area().tree.name,
        where=area().where,
        sorting=sorting,
        **paging.words(),
    )


_KEYS: dict[str, Callable[[Leftover], Any]] = {
    "rank": lambda one: one.rank,
    "item": lambda one: (sort_key(in_language(one, "item_name")), one.lot_number or ""),
    "site": lambda one: place_key(area().tree.name(one.site_id)),
    "bought": lambda one: one.bought,
    "used": lambda one: one.used,
    "left": lambda one: one.left,
    "expiry": lambda one: one.expiry,
    "decided": lambda one: one.decided,
}

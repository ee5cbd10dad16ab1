"""Ký số: what is to be signed, given out to the signing tool, and what it brings back (R012)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.exports import log_export
from server.accounts.session import language, reader
from server.database import db
from server.interop.tables import read_table
from server.ledger.author import ServerAuthor
from server.places.order import place_key
from server.reports.signing import Document, Standing, standing_of, withdraw
from server.reports.signing_exchange import COLUMNS, MOST_DOCUMENTS, Taken, package, take_back
from server.reports.signing_lists import (
    Listed,
    Signable,
    listed,
    signable_doses,
    signable_reports,
    signable_sessions,
    standing_in_order,
)
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, require
from server.web.listing import Paging, Sorting
from server.web.reports import asked_words
from server.web.reports_frame import (
    Asked,
    asked_in_address,
    districts_of,
    lately,
    own_units,
    period_words,
    require_author,
    today,
)
from server.web.texts import day, dose_type, moment, number, option, t, vaccine
from server.web.writing import write
from shared import wire
from shared.faults import Fault, Refused, fault
from shared.records import may_author
from shared.records.signature import SIGNED_KINDS
from shared.rules.periods import Period, period_of
from shared.rules.signing import SIGNING_STATES

#: Periods to choose from, the usual one first. Doses are too many to list a month of them.
PERIODS_OF = {
    "report": ("day", "week", "month", "campaign"),
    "session": ("month", "week", "day"),
    "dose": ("day", "week"),
}

#: What of the address says which list it is.
KEPT = ("of", "form", "kind", "on", "district", "state", "sort", "order", "page")

#: Periods listed for a reader of one unit.
PERIODS_SHOWN = 31


@dataclass(frozen=True, slots=True)
class _List:
    """What the address asks for: kind of thing, form and period, district, state."""

    of: str
    asked: Asked
    district: str
    state: str


@blueprint.route("/reports/signing", methods=["GET", "POST"])
@login_required
def signing() -> ResponseReturnValue:
    """What there is to sign in the reader's area and how it stands. A list that came back from the signing tool is
    sent here: all of it is right, or nothing is written.
    """
    require("reports")
    if request.method == "GET":
        return _page()
    require_author("signature")
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Refused(fault("import.empty"))
        table = read_table(upload.filename, upload.read())
        lines = list(enumerate(table.rows, table.first_row))

        def work(author: ServerAuthor) -> Taken:
            return take_back(author, table.header, lines, _own)

        taken = write(work)
    except Refused as refused:
        return _page(refused.faults), max(found.explanation.status for found in refused.faults)
    told = {"written": taken.written, "known": taken.known, "blank": taken.blank}
    flash(t("signing.taken", **{name: number(count) for name, count in told.items()}), "good")
    return _back()


@blueprint.post("/reports/signing/package")
@login_required
def signing_package() -> ResponseReturnValue:
    """The documents ticked, or all of the list, as a package for the signing tool; written down (R078)."""
    require("reports")
    require_author("signature")
    asked = _asked()
    things = _ordered(_listed(asked).things)
    if "all" not in request.form:
        ticked = set(request.form.getlist("id"))
        things = [thing for thing in things if thing.id in ticked]
    try:
        if len(things) > MOST_DOCUMENTS:
            raise Refused(fault("signing.too_many", most=number(MOST_DOCUMENTS)))
        documents = [one.document for one in standing_in_order(connection(), asked.of, things)]
        data = package(documents, lambda document: (_place(document), _period(document)))
    except Refused as refused:
        return _back(refused)
    root = area().roots[0].id if len(area().roots) == 1 else None
    log_export(connection(), reader().id, "signing", root, len(documents), data, current_settings().clock)
    db.session.commit()
    name = f"tungnha-ky-so-{asked.of}-{today():%Y%m%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, content_type="application/zip", headers=headers)


@blueprint.post("/reports/signing/<subject>/withdraw")
@login_required
def signing_withdraw(subject: str) -> ResponseReturnValue:
    """Withdraw the signatures of one thing."""
    require("reports")
    require_author("signature")
    reason = request.form.get("reason", "")

    def work(author: ServerAuthor) -> None:
        found = [s for kind in SIGNED_KINDS for s in standing_of(connection(), kind, [subject]).values()]
        if not found or not _own(found[0].document):
            raise Refused(fault("scope.hidden"))
        withdraw(author, found[0], reason)

    try:
        write(work)
    except Refused as refused:
        if any(found.code == "scope.hidden" for found in refused.faults):
            raise
        return _back(refused)
    flash(t("signing.withdrawn_done"), "good")
    return _back()


def signature_words(found: Standing) -> str:
    """Who signed (or withdrew) and when, in a line; "" while nobody did."""
    shown = found.shown
    if shown is None:
        return ""
    if shown.action == "withdrawn":
        return t("signing.by_withdrawal", moment=moment(shown.recorded_at), reason=shown.reason or "–")
    return t("signing.by", signer=shown.signer or "–", moment=moment(shown.signed_at))


def _back(refused: Refused | None = None) -> ResponseReturnValue:
    """The list again, saying what was refused."""
    for found in refused.faults if refused else ():
        flash(found.message(language()), "late")
    return redirect(url_for("web.signing", **_kept()))


def _kept() -> dict[str, Any]:
    """The list's own words of the address."""
    return {name: request.args[name] for name in KEPT if name in request.args}


def _page(faults: tuple[Fault, ...] = ()) -> str:
    asked = _asked()
    found = _listed(asked)
    sorting = Sorting.from_address(_KEYS, "day", descending=True)
    paging = Paging.from_address(len(found.things))
    shown = paging.of(sorting.apply(_ordered(found.things), _KEYS))
    return render_template(
        "reports_signing.html",
        rows=standing_in_order(connection(), asked.of, list(shown)),
        counts=found.counts,
        of=asked.of,
        things=SIGNED_KINDS,
        state=asked.state,
        states=SIGNING_STATES,
        district=asked.district,
        districts=districts_of(own_units()),
        kinds_shown=PERIODS_OF[asked.of],
        single=_single(),
        place_words=_place,
        period_of=_period,
        about=_about,
        report_address=_address,
        signature_words=signature_words,
        may_sign=may_author(reader().role, "signature"),
        columns=", ".join(COLUMNS),
        most=MOST_DOCUMENTS,
        faults=faults,
        kept=_kept(),
        sorting=sorting,
        **asked_words(asked.asked),
        **paging.words(),
    )


def _asked() -> _List:
    of = request.args.get("of", "report")
    of = of if of in SIGNED_KINDS else "report"
    asked = asked_in_address()
    if request.args.get("kind") not in PERIODS_OF[of]:
        asked = Asked(asked.layout, period_of(PERIODS_OF[of][0], asked.period.last))
    state = request.args.get("state", "")
    return _List(of, asked, request.args.get("district", ""), state if state in SIGNING_STATES else "")


def _listed(asked: _List) -> Listed:
    units = [unit for unit in own_units() if not asked.district or unit.district_id == asked.district]
    if asked.district and not units:
        raise Refused(fault("scope.hidden"))
    period = asked.asked.period
    things: list[Signable]
    if asked.of == "report":
        periods = lately(period.kind, PERIODS_SHOWN) if _single() else [period]
        things = signable_reports(connection(), units, asked.asked.layout.code, periods)
    else:
        sites = set().union(*(unit.sites for unit in units)) & area().visible
        list_of = signable_sessions if asked.of == "session" else signable_doses
        things = list_of(connection(), sites, period)
    return listed(connection(), asked.of, things, asked.state)


def _single() -> bool:
    return len(own_units()) == 1


def _own(document: Document) -> bool:
    """Whether a document is of the reader's area."""
    if document.kind == "report":
        return any(unit.id == document.place_id for unit in own_units())
    return document.place_id in area().visible


def _ordered(things: list[Signable]) -> list[Signable]:
    return sorted(things, key=lambda thing: (_name_key(thing), thing.id))


def _name_key(thing: Signable) -> str:
    return place_key(area().tree.name(thing.place_id))


_KEYS: dict[str, Callable[[Signable], Any]] = {"day": lambda thing: thing.day, "place": _name_key}


def _place(document: Document) -> str:
    return area().tree.name(document.place_id)


def _period(document: Document) -> str:
    if document.kind != "report":
        return day(document.first_on)
    return period_words(_report_period(document, wire.decode(document.payload)))


def _address(document: Document) -> str:
    """The page of a report; "" for what has no page of its own."""
    if document.kind != "report":
        return ""
    told = wire.decode(document.payload)
    period = _report_period(document, told)
    return url_for(
        "web.report", form=told["form"], kind=period.kind, key=period.key, unit_id=document.place_id
    )


def _report_period(document: Document, told: dict[str, Any]) -> Period:
    return Period(told["period"], document.first_on, document.last_on, told.get("campaign_id"))


def _about(document: Document) -> str:
    """What a document is of, in words: the form, the session's point and doses, the dose."""
    told = wire.decode(document.payload)
    if document.kind == "report":
        return t("signing.report_of", rows=number(len(told["rows"])))
    if document.kind == "session":
        point = told.get("point_name") or option("session", "session_type", told["session_type"])
        return t("signing.session_of", point=point, doses=number(len(told["doses"])))
    return f"{dose_type(told['dose_type'])} · {vaccine(told['vaccine'])}"

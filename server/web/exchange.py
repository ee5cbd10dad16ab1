"""Exchange of people's data by files: the population database, dose histories, numbers from the police.

Each file goes out logged; each answer is checked, shown, and only then written as entries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from server.accounts.exports import exports_of
from server.accounts.session import language, reader
from server.interop import histories, imports, matching, personal_codes
from server.interop.imports import Importer, Known, Preview
from server.interop.tables import Table, read_table
from server.places.order import place_key
from server.places.scope import site_of
from server.places.tree import Node
from server.registers.papers import Share, matched_share
from server.settings import current_settings
from server.web import blueprint
from server.web.area import area, connection, names_shown, require, seen_place
from server.web.downloads import send_file
from server.web.texts import number, on_both_sides, t
from server.web.writing import write
from shared.faults import Refused, fault
from shared.records import may_author
from shared.rules.identity import Doubt

SHOWN_ROWS = 500
SHOWN_EXPORTS = 20
_ORDER = ("fault", "new", "changed", "same")

#: Files that come in, and the page each belongs to.
IMPORTERS: dict[str, tuple[Callable[[], Importer], str]] = {
    "personal_codes": (personal_codes.PersonalCodes, "web.papers"),
    "matching": (matching.MatchAnswers, "web.exchange"),
    "doses": (
        lambda: histories.DoseHistories(
            site_of(connection(), reader(), area().tree), current_settings().clock.today()
        ),
        "web.exchange",
    ),
}

#: What leaves: the key of each file's name in the log.
EXPORTS = ("papers", "matching", "doses", "messages", "entries", "route", "doubts", "returnees", "signing")


@blueprint.get("/exchange")
@login_required
def exchange() -> ResponseReturnValue:
    """What can be taken and brought, how far the register matches, and who took what lately."""
    require("identity")
    seen = area()
    layouts = {name: make().layout for name, (make, _) in IMPORTERS.items()}
    place = seen.roots[0]
    shares = _shares(place)
    return render_template(
        "identity_exchange.html",
        places=_places(),
        layouts=layouts,
        may_bring={name: may_author(reader().role, found.record_kind) for name, found in layouts.items()},
        columns={"matching": matching.COLUMNS, "doses": histories.COLUMNS},
        shares=shares,
        whole=sum((share for _, _, share in shares), Share()),
        place=place,
        exports=exports_of(connection(), seen.visible, SHOWN_EXPORTS),
        known_exports=EXPORTS,
        names_shown=names_shown(),
        place_name=seen.tree.name,
        faults=(),
    )


@blueprint.post("/exchange/<what>/file")
@login_required
def exchange_file(what: str) -> ResponseReturnValue:
    """A file of a place for others; names stand in it for readers who see them."""
    require("identity")
    place = seen_place(request.form.get("place", ""))
    villages = [v for v in area().tree.villages(place.id) if v in area().visible]
    columns: Sequence[tuple[str, str, str]]
    if what == "matching":
        columns = matching.COLUMNS
        rows = matching.to_match(connection(), villages, area().tree, names=names_shown())
    elif what == "doses":
        columns = histories.COLUMNS
        rows = histories.history(connection(), villages, area().tree, names=names_shown())
    else:
        raise Refused(fault("scope.hidden"))
    header = [en if language() == "en" else vi for _, vi, en in columns]
    return send_file(what, place, header, rows, request.form.get("ending", ""))


@blueprint.post("/exchange/<name>")
@login_required
def exchange_check(name: str) -> ResponseReturnValue:
    """Check a file and show what it would change."""
    importer, _ = _importer(name)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refused(fault("import.empty"))
    table = read_table(upload.filename, upload.read())
    return _preview(name, imports.check(importer, _known(), table), table, upload.filename)


@blueprint.post("/exchange/<name>/write")
@login_required
def exchange_write(name: str) -> ResponseReturnValue:
    """Check the file again as it was shown, and write what is sound."""
    importer, back = _importer(name)
    preview = imports.check(importer, _known(), _carried(request.form.get("table", "")))
    written = write(lambda author: imports.write(preview, author))
    flash(t("exchange.written", count=number(written), filename=request.form.get("filename", "")), "good")
    return redirect(url_for(back))


def _importer(name: str) -> tuple[Importer, str]:
    require("identity")
    if name not in IMPORTERS:
        raise Refused(fault("scope.hidden"))
    make, back = IMPORTERS[name]
    importer = make()
    if not may_author(reader().role, importer.layout.record_kind):
        raise Refused(fault("permission.denied"))
    return importer, back


def _known() -> Known:
    return Known(connection(), area().tree, area().visible)


def _preview(name: str, preview: Preview, table: Table, filename: str) -> str:
    rows = sorted(preview.rows, key=lambda row: (_ORDER.index(row.action), row.number))
    return render_template(
        "identity_preview.html",
        name=name,
        back=IMPORTERS[name][1],
        layout=preview.layout,
        rows=rows[:SHOWN_ROWS],
        total=len(rows),
        counts=preview.counts(),
        doubtful=sum(bool(row.values.get("doubts")) for row in rows),
        doubt_words=_doubt_words,
        filename=filename,
        carried=json.dumps([table.first_row, table.header, table.rows], ensure_ascii=False),
    )


def _doubt_words(doubt: Doubt) -> str:
    return on_both_sides(doubt.code, **doubt.params)


def _carried(text: str) -> Table:
    """The table the preview carried along. Nothing in it is trusted: it is checked as if just uploaded."""
    try:
        first_row, header, rows = json.loads(text)
        table = Table(
            tuple(str(cell) for cell in header),
            tuple(tuple(str(cell) for cell in row) for row in rows),
            int(first_row),
        )
    except (ValueError, TypeError) as error:
        raise Refused(fault("request.malformed")) from error
    if any(row and len(row) != len(table.header) for row in table.rows):
        raise Refused(fault("request.malformed"))
    return table


def _places() -> list[tuple[str, str]]:
    """Places a file can be made of: the reader's own, districts and communes."""
    seen = area()
    nodes: list[Node] = [*seen.roots, *seen.at_level("district"), *seen.at_level("commune")]
    named = {node.id: f"{node.name} · {seen.where(node.id)}".rstrip(" ·") for node in nodes}
    first = [node.id for node in seen.roots]
    rest = sorted((id_ for id_ in named if id_ not in first), key=lambda id_: place_key(named[id_]))
    return [(id_, named[id_]) for id_ in (*first, *rest)]


def _shares(place: Node) -> list[tuple[str, str, Share]]:
    """How good the denominators are, by the units right under a place, in the order of their names."""
    tree, level = area().tree, {"province": "district", "district": "commune"}.get(place.level, "village")
    villages = [node.id for node in area().at_level("village")]
    summed: dict[str, Share] = {}
    for village, share in matched_share(connection(), villages).items():
        if (unit := tree.up(village, level)) is not None:
            summed[unit.id] = summed.get(unit.id, Share()) + share
    rows = [(id_, tree.name(id_), share) for id_, share in summed.items()]
    return sorted(rows, key=lambda row: place_key(row[1]))
